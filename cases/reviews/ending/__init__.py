"""A consultant's place in a case ends some weeks after the last call, when none is booked."""
