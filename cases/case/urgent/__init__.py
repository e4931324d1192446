"""An urgent look: a consultant who has no part in a case reads it for an hour, for a reason that the patient reads."""
