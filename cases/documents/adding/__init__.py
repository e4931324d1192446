"""Files on their way in: the pages, the names, what was begun, a look at each photo."""
