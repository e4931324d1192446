"""A note to the primary doctor after a call: its consultant writes it, the patient says whether it goes."""
