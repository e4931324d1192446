"""Files opened in a process of their own: little memory, little time, none of our secrets. Plain Python."""
