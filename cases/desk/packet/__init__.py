"""The documents of a visit as one bookmarked PDF, and as a ZIP."""
