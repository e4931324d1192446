"""The ways back to the times, with what was chosen before: the kind of call, with whom, how, and what anyone should be.

A bare address leads to the call that is booked; these never do.
"""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from bookings import anyone
from bookings.models import AskedHold, Consultation, Hold

AGAIN = "again"  # in an address: the call whose kind, consultant and way of talking are wished for once more
CHOSEN = ("service", "with", "speaks", "knows", "how")


def of(chosen: Consultation | AskedHold) -> str:
    """Another time for the same: with the same consultant; anyone, where that one works here no more."""
    wish = {"service": chosen.service.code, "with": str(chosen.consultant_id), "how": chosen.how}
    return f"{reverse('bookings:pick', args=[chosen.case_id])}?{urlencode(wish)}"


def of_kept(request: HttpRequest, kept: Hold) -> str:
    """From the page of a kept time, whose address says what was asked of anyone."""
    whom = {"with": str(kept.consultant_id)}
    if request.GET.get("with") == anyone.ANYONE:
        whom = anyone.Fit(speaks=request.GET.get("speaks", ""), knows=request.GET.get("knows", "")).wish()
    if kept.moving_id:
        return f"{reverse('bookings:move', args=[kept.moving_id])}?{urlencode(whom | {'how': kept.how})}"
    wish = {"service": kept.service.code, **whom, "how": kept.how}
    return f"{reverse('bookings:pick', args=[kept.case_id])}?{urlencode(wish)}"


def to_kept(kept: Hold, fit: anyone.Fit, *, is_anyone: bool) -> str:
    """The page of a time that was just chosen; what was asked of anyone goes along, to lead back to it."""
    return f"{kept.get_absolute_url()}?{urlencode(fit.wish())}" if is_anyone else kept.get_absolute_url()


def again(case: UUID, call: UUID | str) -> str:
    """For a message, or the board: to the times for such a call. The address says nothing of the kind of call."""
    return f"{reverse('bookings:pick', args=[case])}?{AGAIN}={call}"


def asked_again(request: HttpRequest, case: UUID) -> str:
    """Where `again` leads whoever sees that call; empty where the address asks for none, or for none of this case."""
    wanted = request.GET.get(AGAIN, "")
    if not wanted or request.method == "POST":
        return ""
    calls = Consultation.objects.visible_to(request.user).filter(case=case).select_related("service")
    call = next((one for one in calls if str(one.pk) == wanted), None)
    return of(call) if call else ""


def of_page(request: HttpRequest, case: UUID) -> str:
    """From a page that was opened beside the times: as they were asked for there."""
    wish = {name: word for name in CHOSEN if (word := request.GET.get(name))}
    return f"{reverse('bookings:pick', args=[case])}?{urlencode(wish or {'another': '1'})}"
