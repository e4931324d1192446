"""What the second doctor's office takes and says on its page: the records, what came, the visit, its report."""
