"""A copy of everything for the patient: pages to read, files to open, data for machines, dates for a calendar."""
