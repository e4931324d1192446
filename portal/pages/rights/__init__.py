"""The administrators' search over the rows of rights: who gave what to whom, when, until when, ended by whom."""
