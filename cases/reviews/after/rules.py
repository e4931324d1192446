"""Until when a call's outcome can be saved, and what goes together. Pure."""

import datetime as dt

from django.utils.translation import gettext as _

OPEN, CALL, SUMMARY, MESSAGE = "open", "call", "summary", "message"
PLACES = (OPEN, CALL, SUMMARY, MESSAGE)
DID_NOT = "did_not"


def why_not_save(*, state: str, has_begun: bool, was_saved: bool, is_complete: bool) -> str:
    """Why nothing can be saved of a call now; "" when it can. A complete summary closes what was saved before it."""
    if state == "cancelled":
        return _("This call was canceled.")
    if not has_begun:
        return _("This call has not started yet.")
    if was_saved and is_complete:
        return _("The summary is complete, so this stays as it is. To change it, take the summary back first.")
    return ""


def why_not_said(*, went: str, places: set[str], due_on: dt.date | None, today: dt.date) -> str:
    """What does not go together; "" when all does."""
    if went == DID_NOT and CALL in places:
        return _("The call did not take place, so no question was answered in it.")
    if due_on is not None and due_on < today:
        return _("Choose today or a later day.")
    return ""
