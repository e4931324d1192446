"""Somebody has died: what we know of it, who said so, and what was decided about those who acted for them in law."""
