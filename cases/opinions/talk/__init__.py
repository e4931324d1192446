"""Going over it with the primary doctor, or the specialist of choice: when, with whom, what to go over."""
