"""The patient lets an office send records: signed, printed, ended."""
