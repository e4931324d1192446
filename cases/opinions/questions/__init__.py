"""What she wants to ask, of whom, and what became of each question."""
