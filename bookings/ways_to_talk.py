"""By video or by phone: which of them works with a consultant, and which stands there first."""

from django.utils.translation import gettext as _

from bookings.asked_holds import How
from bookings.practices import Practice
from cases.case.models import Case
from portal.errors import Refused


def usual(case: Case, *, has_video: bool) -> str:
    """Whoever has no email opens no page of ours: the consultant rings."""
    is_online = bool(case.patient.email) or not case.patient.phone
    return How.VIDEO if has_video and is_online else How.PHONE


def first(wished: str, case: Case, *, has_video: bool) -> str:
    """What is marked on a page: what was wished for, where it works."""
    if wished == How.VIDEO and not has_video:
        return How.PHONE
    return wished or usual(case, has_video=has_video)


def check(practice: Practice, how: str) -> None:
    """Raise Refused for a video call with somebody who has no address to meet at."""
    if how == How.VIDEO and not practice.has_video:
        said = {"name": practice.consultant.first_name}
        raise Refused(_("%(name)s has no video calls just now. Choose a phone call.") % said, code="how")
