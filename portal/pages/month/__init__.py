"""The month in eight numbers: counted once when it is over, kept as counts, shown without the small ones."""
