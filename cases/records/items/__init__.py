"""One record on its way: who has it, what was said of it, its hops, whether it opens."""
