"""Words looked for in the files of one case."""
