"""How long somebody can take it back."""

import datetime as dt

# Long enough for the message about it to be read after a week away, or when somebody else held the phone; well within
# the month that the laws we know give us. To be confirmed by counsel.
WAITS = dt.timedelta(days=14)
