"""When a consultant's place in a case ends, and when one of us is told that a draft would be left without a reader."""

import datetime as dt

AFTER = dt.timedelta(days=30)  # of elapsed time: no day of anybody's calendar is promised here
SOON = dt.timedelta(days=5)
DRAFT_ENDS = "draft_ends"  # to-do: what was not shared, or not completed, and its reader's place ends soon
