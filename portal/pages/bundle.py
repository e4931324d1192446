"""What to post today to someone who has no email: her pages in large print, one bundle, said "posted" once."""

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case import hands
from cases.case.actions import ask_to_do, must, settle_to_do
from cases.case.models import Case, ToDo
from cases.records.items.telling import lock_case
from cases.threads import answering, heard
from portal import clock, onepage, paper, when
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.onepage import in_the_patients_words
from portal.pages import bundle_pages, cards, hand
from portal.reminders import by_hand
from portal.reminders.models import Delivery
from portal.texts.words import organisation

POST_SHEET = "post_sheet"  # the row of the board, one a case


@transaction.atomic
def made_now(case: Case, *, by: Actor) -> tuple[bytes, dt.datetime]:
    """The PDF of everything to post, and when it was made. Nobody adds a message while its words are read.

    Raises Refused where some letters cannot be shown; then nothing counts as printed.
    """
    must("log_calls", case, by)
    lock_case(case)
    answering.lock(case)
    now = clock.now()
    found = bundle_pages.pages(case, by.user, now)
    with in_the_patients_words(case.patient):
        said = {"title": _("Your pages"), "author": organisation().name, "numbered": _("Page {0} of {1}")}
        content = onepage.pdf(found, **said, made_at=now, is_large=True)
    printed(case, at=now, by=by)
    return content, now


@transaction.atomic
def printed(case: Case, *, at: dt.datetime, by: Actor) -> ToDo:
    """The bundle is printed: one row of the board waits until it is posted."""
    must("log_calls", case, by)
    Case.objects.filter(pk=case.pk).update(printed_at=at)
    record(by, "bundle.printed", case, patient=case.patient_id, case=case.pk)
    return ask_to_do(POST_SHEET, case, case=case, due_on=organisation().today(), by=by)


@transaction.atomic
def posted(case: Case, *, seen: dict[UUID, str], by: Actor) -> int:
    """It went out, with the letters that were in it; how many. What has changed since it was looked at waits again.

    Twice is once.
    """
    must("log_calls", case, by)
    Case.objects.select_for_update().get(pk=case.pk)
    todo = ToDo.objects.open().filter(kind=POST_SHEET, about_id=str(case.pk)).first()
    if todo is None:
        return 0
    _is_hers(case, by)
    gone = sum(_gone(each, seen.get(each.pk, ""), by) for each in hand.letters_to(by.user, case.patient, clock.now()))
    settle_to_do(todo, by=by)
    record(by, "bundle.posted", case, patient=case.patient_id, case=case.pk)
    return gone


def _is_hers(case: Case, by: Actor) -> None:
    """What was printed for her is in her hands: messages, the summary, answers, how calls went. What came since waits
    for the next.
    """
    printed_at = Case.objects.values_list("printed_at", flat=True).get(pk=case.pk)
    if printed_at is None:
        return
    heard.posted(case, until=printed_at, by=by)
    for kind in (hands.READ_SUMMARY, hands.READ_ANSWER, hands.READ_OUTCOME):
        hands.was_read(kind, case, until=printed_at, by=by)
    Case.objects.filter(pk=case.pk).update(printed_at=None)


def _gone(letter: Delivery, sign: str, by: Actor) -> bool:
    if not sign:
        return False
    try:
        with transaction.atomic():
            by_hand.posted(letter, as_seen=sign, by=by)
    except Refused:
        return False
    return True


def _case(request: HttpRequest, pk: str) -> Case:
    found: Case = find_or_404(Case.objects.visible_to(request.user).select_related("patient", "starter", "key"), pk=pk)
    return found


def to_post_url(case: Case) -> str:
    return reverse("pages:to_post", args=[case.pk])


@open_to(User.Role.COORDINATOR)
@require_safe
def to_post(request: HttpRequest, pk: str) -> HttpResponse:
    """Her pages in large print and the letters that go with them: print them, then say that they are posted."""
    case = _case(request, pk)
    waiting = bundle_pages.waiting(request.user, case, clock.now())
    printed = ToDo.objects.open().visible_to(request.user).filter(kind=POST_SHEET, case=case)
    page = {
        "case": case,
        "patient": case.patient,
        "file_url": cards.file_url(case),
        "letters": [f"{letter.pk}:{seen}" for letter, seen in waiting],
        "is_printed": printed.exists(),
    }
    return render(request, "pages/to_post.html", page)


@open_to(User.Role.COORDINATOR)
@require_POST
def print_bundle(request: HttpRequest, pk: str) -> HttpResponse:
    """Everything to post to the patient today, as one PDF."""
    case, by = _case(request, pk), Actor.of(request)
    try:
        content, now = made_now(case, by=by)
    except Refused as no:
        messages.warning(request, no.message)
        return redirect(to_post_url(case))
    return paper.download(content, _("Post %(day)s") % {"day": when.as_date(now).isoformat()})


@open_to(User.Role.COORDINATOR)
@require_POST
def post_bundle(request: HttpRequest, pk: str) -> HttpResponse:
    """ "Posted", pressed once for the whole bundle."""
    case = _case(request, pk)
    seen = {}
    for said in request.POST.getlist("letter"):
        key, _colon, sign = said.partition(":")
        if len(key) == 36:
            seen[key] = sign
    held = hand.letters_to(request.user, case.patient, clock.now())
    posted(case, seen={each.pk: seen.get(str(each.pk), "") for each in held}, by=Actor.of(request))
    messages.success(request, _("Posted. It is on record."))
    return redirect(cards.file_url(case))
