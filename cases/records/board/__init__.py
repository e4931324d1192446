"""What the coordinator works from: the order of the board, calls handed over, the table to take away."""
