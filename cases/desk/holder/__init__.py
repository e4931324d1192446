"""What the page of an office that has records asks for, and its answers."""
