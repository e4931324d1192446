"""A consultant's own calendar elsewhere, read as busy: fetched safely, understood in a process of its own."""
