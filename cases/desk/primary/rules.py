"""What the primary doctor's office may say of the report, and how long it may take that back. Pure."""

from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from cases.records.rules import UNDO_FOR
from cases.records.states import Came, KnownBy, ReportState


class Said(TextChoices):
    """One press each."""

    DIRECT = "direct"  # straight from the second office
    THROUGH_US = "from_you"
    NOT_YET = "not_yet"
    PART = "part"


CAME = {Said.DIRECT: Came.DIRECT, Said.THROUGH_US: Came.THROUGH_US}


def can_be_said(state: str, *, is_looked_for: bool, is_in_part: bool, is_copy_known: bool) -> list[Said]:
    """What can be said while the report is open. `is_looked_for`: they have said "not yet", and we ask elsewhere;
    `is_in_part`: they have said that a part is missing; `is_copy_known`: we have a copy, or have passed one on.
    """
    if state == ReportState.CONFIRMED:
        return []
    left_out = {Said.NOT_YET} if is_looked_for else set()
    if is_in_part:
        left_out.add(Said.PART)
    if not is_copy_known:
        left_out.add(Said.THROUGH_US)
    return [said for said in Said if said not in left_out]


def is_said_already(state: str, said: str, *, is_looked_for: bool) -> bool:
    """Whether a press says again what is known: a double click, or a colleague at the same desk."""
    if said == Said.NOT_YET:
        return is_looked_for
    return state == ReportState.CONFIRMED


def why_not(state: str, said: str) -> str:
    """Why it cannot be said, in a sentence; empty when it can."""
    if said not in Said.values:
        return _("Press one of the answers.")
    if state == ReportState.CONFIRMED and said in {Said.NOT_YET, Said.PART}:
        return _("It is noted that you have the report. If that is not right, call us.")
    return ""


def is_own_word(
    state: str, known_by: str, moved_at: datetime | None, *, is_looked_for: bool, is_moved_by_user: bool, now: datetime
) -> bool:
    """Whether the last word was said on this page, less than 10 minutes ago. The second office's page says others."""
    is_of_primary = state == ReportState.CONFIRMED or is_looked_for
    is_by_office = known_by == KnownBy.OFFICE_PAGE and not is_moved_by_user
    return is_of_primary and is_by_office and moved_at is not None and now - moved_at <= UNDO_FOR
