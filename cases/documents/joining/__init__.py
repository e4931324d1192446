"""Photos that become the pages of one document."""
