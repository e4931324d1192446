"""A second reader: a colleague who reads along with the consultant of a case, for some days."""
