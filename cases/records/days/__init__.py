"""How long records take: kinds, lead times, closed days, the law's clock, and the verdict that follows."""
