"""The house as its administrators set it up: its facts, the days on which it is closed, and whether all is well."""
