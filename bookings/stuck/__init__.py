"""One of the two cannot get into a call: the other side hears it at once, and one of us rings."""
