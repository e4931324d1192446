"""What the reader needs from the patient before reading on: one clear request, and a clock that rests meanwhile."""
