"""Who of us is proposed to a patient whose consultant has left, and the page on which she chooses."""
