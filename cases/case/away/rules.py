"""What may be said about being away. No queries, no clock."""

import datetime as dt

from django.utils.translation import gettext as _

LONGEST = dt.timedelta(days=366)


def why_not_days(from_on: dt.date, until_on: dt.date, today: dt.date) -> str:
    """Why these cannot be the days; "" when they can."""
    if until_on < from_on:
        return _("The last day must not come before the first day.")
    if until_on < today:
        return _("These days are over. Choose days to come.")
    if until_on - from_on >= LONGEST:
        return _("Choose a year at most.")
    return ""


def why_not_stand_in(*, is_same: bool, reads: bool, is_away: bool, name: str) -> str:
    """Why this person cannot stand in; "" when they can."""
    if is_same:
        return _("Choose somebody else to stand in.")
    if not reads:
        return _("%(name)s is not one of our consultants. Choose somebody else to stand in.") % {"name": name}
    if is_away:
        return _("%(name)s is away on some of these days. Choose somebody else to stand in.") % {"name": name}
    return ""


def why_not_away(*, stands_in_for: str, name: str) -> str:
    """Why this person cannot be away on these days; "" when they can."""
    if stands_in_for:
        said = {"name": name, "other": stands_in_for}
        return _("%(name)s stands in for %(other)s on some of these days. Choose somebody else there first.") % said
    return ""


def why_not_hand_over(*, is_over: bool, is_closed: bool, is_theirs: bool, is_own_case: bool) -> str:
    """Why a case cannot go to the one who stands in; "" when it can."""
    if is_over:
        return _("This time away is over.")
    if is_closed:
        return _("This case is closed.")
    if not is_theirs:
        return _("This case has another consultant by now. Look at the list again.")
    if is_own_case:
        return _("The one who stands in belongs to this case as a patient or helper. Choose somebody else for it.")
    return ""
