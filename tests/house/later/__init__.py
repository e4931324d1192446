"""A version to come: the portal with one migration more, of a table that most pages read."""
