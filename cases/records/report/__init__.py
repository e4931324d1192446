"""The second office's report on its way to the primary doctor."""
