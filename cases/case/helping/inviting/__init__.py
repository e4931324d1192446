"""Asking somebody by email or phone to come to a case."""
