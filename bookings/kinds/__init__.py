"""What can be booked, as administrators set it: how long, and whether at all."""
