"""The second and third doctor's visits: their pages and what passes from one to the next."""
