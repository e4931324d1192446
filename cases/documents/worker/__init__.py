"""The worker's part of a file's life: checks, scanner, joined photos, small pictures, machine-read words."""
