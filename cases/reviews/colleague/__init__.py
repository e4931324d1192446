"""What a second reader sees and writes: the plan beside the draft, notes and an answer of her own."""
