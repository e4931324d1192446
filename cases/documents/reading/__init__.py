"""Files read and given out, who may, and the line that each look leaves."""
