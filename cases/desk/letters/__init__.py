"""Letters that are the request: one page each, with a strip to answer on, and what became of them."""
