"""One of the two is late for a call, and the other hears it at once."""
