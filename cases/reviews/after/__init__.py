"""After a call: how it went, what follows, and what became of each of the patient's questions."""
