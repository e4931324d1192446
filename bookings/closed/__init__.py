"""Days on which a region is closed besides its public holidays: added and taken away by those who run the house."""
