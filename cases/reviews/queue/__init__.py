"""What waits to be read: the list by date, taking and handing over, the brief before the text."""
