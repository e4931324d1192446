"""One link for one office and one visit: on paper by a code, by mail as an address. No account."""
