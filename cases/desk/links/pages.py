"""The pages that every part of the desk shows to an office: its page, and why one does not open."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.desk.links import birth_dates, gate, parts, rules
from cases.desk.links.forms import ProofForm
from cases.desk.links.gate import Opened, Shut, Wanting
from cases.desk.links.rules import Ended, Standing
from portal import clock

PATH, SECRET = "/o/", "desk:mailed"
# why → title, what to do, status
WORDS = {
    Standing.ASLEEP: (
        _("This link is asleep"),
        _("It was not used for 14 days. A fresh code wakes it. It goes to the fax or address that we have on file."),
        403,
    ),
    Standing.LOCKED: (
        _("This link is locked"),
        _("There were 5 wrong tries. We call your office. You can also call us, and we open it again."),
        403,
    ),
    Standing.OVER: (
        _("This link has closed"),
        _("The request is over, or it was ended. If you still need something, call us."),
        410,
    ),
    Ended.NOT_OURS: (
        _("This link is closed"),
        _("Your office told us that this is not its patient. We look into it. You need not do anything."),
        410,
    ),
    gate.RENEWED: (
        _("There is a newer code"),
        _("What you have does not open it any more. Use our latest letter, fax or mail, or call us for a new code."),
        403,
    ),
    gate.NO_BIRTH_DATE: (
        _("This page cannot be opened yet"),
        _("It opens with the patient’s birth date, and we have none on file so far. Answer by fax or phone for now."),
        403,
    ),
    gate.OWN: (
        _("This page is for the office"),
        _("You are signed in here, and what is pressed on it counts as the office’s own word. Use your own pages."),
        403,
    ),
    gate.TIMED_OUT: (
        _("Open it once more"),
        _("This page was open for 12 hours. Open it again, with the code on our letter or by the link in our mail."),
        403,
    ),
}
NOT_SAVED = _(
    "Nothing was saved. This needs the code and the birth date, and a page that was left for 30 minutes asks for the"
    " birth date once more. Enter what is missing, then send it again."
)


class OfficePagesMiddleware:
    """Under `/o/` nobody whom a page links to learns its address, and a page that is shut says why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(PATH):
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Wanting):
            return _ask_for_more(request, exception.opened)
        return shut(request, exception.why) if isinstance(exception, Shut) else None


def _ask_for_more(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The page with the form for what is missing. What was sent is lost, often a whole report: then it says so."""
    if request.method != "POST":
        return redirect("desk:page", opened.link.pk)
    return show(request, opened, status=409, also=[str(NOT_SAVED)])


def answer(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page on the way. Where its address opens something, its document tells nobody where it was."""
    is_secret = request.resolver_match is not None and request.resolver_match.view_name == SECRET
    return render(request, template, {"referrer": "no-referrer" if is_secret else "", **(context or {})}, status=status)


def shut(request: HttpRequest, why: str, **more: Any) -> HttpResponse:
    """Why it does not open, and what to do. `more` names what a fresh code is asked for by."""
    title, text, status = WORDS[why]
    wakes = why == Standing.ASLEEP and bool(more)
    return answer(request, "desk/shut.html", {"title": title, "text": text, "wakes": wakes, **more}, status)


def show(
    request: HttpRequest,
    opened: Opened,
    *,
    status: int = 200,
    form: Form | None = None,
    also: list[str] | None = None,
    **more: dict[str, Any],
) -> HttpResponse:
    """The office's page with all its parts. `more` adds to the context of the part of that name; the errors of `form`,
    and the sentences of `also`, stand in the summary on top.
    """
    with timezone.override(ZoneInfo(opened.office.time_zone)):
        shown = [(part, context | more.get(part.name, {})) for part, context in parts.of(opened, clock.now())]
        needs_more = not opened.has_both
        context = {
            "opened": opened,
            "parts": [{"name": part.name, "template": part.template, "part": found} for part, found in shown],
            "title": shown[0][1].get("title", "") if len(shown) == 1 else "",
            "lead": shown[0][1].get("lead", "") if len(shown) == 1 else "",
            # Printed for those only who have shown that they know it: it is one of the two that open records.
            "born_on": birth_dates.of_patient(opened.visit) if opened.has_birth_date else None,
            "until": rules.open_until(opened.visit.on_date),
            "proof_form": more.get("proof", {}).get("form") or (ProofForm(opened=opened) if needs_more else None),
            "proof_apart": needs_more and _proof_stands_apart(opened, {part.name: found for part, found in shown}),
            "said": gate.take_said(request, opened.link),
            "form": form,
            "also": also,
        }
        return render(request, "desk/office.html", context, status=status)


def _proof_stands_apart(opened: Opened, parts: dict[str, dict[str, Any]]) -> bool:
    """Whether something waits for the code or the birth date, and no part has the form for it."""
    if "receiving" in parts or parts.get("primary", {}).get("copies"):
        return False
    return not opened.has_birth_date or bool(parts.get("talk", {}).get("shows_page"))
