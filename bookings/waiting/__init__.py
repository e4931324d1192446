"""Hearing of earlier times: who asked, what got free, who was told."""
