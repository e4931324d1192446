"""The zone that a consultant's hours are in: it follows hers when she says so, never by itself."""
