"""A consultant works here no more: each patient is told, and says who is to read now, or asks for a call."""
