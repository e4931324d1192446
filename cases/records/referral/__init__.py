"""The referral that a visit needs, and the letters that ask for it."""
