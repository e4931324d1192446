"""A consultant who is away, who stands in, and which cases went from one to the other and back."""
