"""What the primary doctor's office says on its page: whether the report is there; and the copy it takes from us."""
