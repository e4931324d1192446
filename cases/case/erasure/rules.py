"""How long somebody can take it back, and can sign in after it is done."""

import datetime as dt

# Long enough for the message about it to be read after a week away, or when somebody else held the phone; well within
# the month that the laws we know give us. To be confirmed by counsel.
WAITS = dt.timedelta(days=14)

# Time to read the last mail and to take along the list of who opened what.
SIGN_IN_KEPT = dt.timedelta(days=30)
