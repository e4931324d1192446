"""Letters that are the request: one page each, with an answer strip at the foot."""
