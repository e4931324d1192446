"""When a note to the primary doctor may be written. Pure."""

from datetime import timedelta

from django.utils.translation import gettext as _

LONGEST = 4000
USEFUL = timedelta(days=14)  # how long "there is something to read" is worth saying


def why_not_write(call_state: str, *, has_begun: bool, is_sent: bool) -> str:
    """Why not, in a sentence; empty when it may be."""
    if call_state in {"cancelled", "no_show"}:
        return _("The call did not take place.")
    if not has_begun:
        return _("The call has not begun yet.")
    if is_sent:
        return _("It has gone to the doctor already.")
    return ""


def why_not_words(words: str) -> str:
    if not words.strip():
        return _("Write the note.")
    return _("This is too long for one page.") if len(words) > LONGEST else ""
