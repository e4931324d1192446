"""What a file is, from whom and of which day: guessed, then said by people."""
