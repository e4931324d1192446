"""Pages of a message's links, which need no sign-in, and the presses of a signed-in person on their reminders."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import back, clock, paper, tries, when
from portal.access import PERSON, find_or_404, open_to, public
from portal.accounts.models import User
from portal.actors import Actor, client_address
from portal.errors import Refused
from portal.history.actions import record
from portal.reminders import actions, asking, by_hand, emails, kinds, letters, links, resending
from portal.reminders.forms import PauseForm
from portal.reminders.models import Delivery, Pause, Reminder
from portal.reminders.readers import Reader, person_of, reader_of


def _made_up(request: HttpRequest) -> HttpResponse:
    """A made-up or revoked link: 404, and after some from one address 429. A true one always opens."""
    address = client_address(request)
    if tries.are_too_many(address):
        return _told(request, "reminders/too_many.html", {}, status=429)
    raise Http404


def _told(request: HttpRequest, page: str, context: dict, status: int = 200) -> HttpResponse:
    """A page of a message's link: nobody it links to learns its address."""
    response = render(request, page, context, status=status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _by(request: HttpRequest, recipient: tuple[str, str]) -> Actor:
    """Who answers: the person the message went to. The link says so, never a form field."""
    person = person_of(recipient)
    return Actor("answer", UUID(recipient[1]), address=client_address(request), user=person)


# The token in the address is the authority, and mail programs open it without cookies: nothing for CSRF to protect.
@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """One question with three answers. Opening changes nothing; each press is one answer."""
    row, now = links.row_for(token), clock.now()
    reader = reader_of(row.recipient, now) if row else None
    if row is None or reader is None:
        return _made_up(request)
    with translation.override(reader.language), timezone.override(reader.zone):
        refused = ""
        if request.method == "POST":
            if request.POST.get("answer") == Delivery.Reply.NOT_ME and row.delivery:
                actions.not_for_me(row.delivery, by=_by(request, row.recipient))
                return _told(request, "reminders/stopped.html", {})
            try:
                actions.answer(row, request.POST.get("answer", ""), by=_by(request, row.recipient))
                return redirect(request.path)
            except Refused as error:
                refused = str(error.message)
        return _ask(request, row, reader, refused)


def _ask(request: HttpRequest, row: Reminder, reader: Reader, refused: str) -> HttpResponse:
    question = asking.question_for(row, reader, clock.now(), chosen=request.GET.get("answer", ""))
    if question is None:
        return _told(request, "reminders/over.html", {}, status=410)
    can_pause = row.delivery is not None and emails.can_pause(row.delivery)
    page = {
        "question": question,
        "refused": refused,
        "pause_path": links.pause_path(row.delivery) if can_pause else "",
    }
    return _told(request, "reminders/answer.html", page, status=409 if refused else 200)


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a text message: on to the thing, or to a pause. Opening changes nothing."""
    delivery, now = links.delivery_for(token, links.TEXT), clock.now()
    reader = reader_of(delivery.recipient, now) if delivery else None
    if delivery is None or reader is None:
        return _made_up(request)
    with translation.override(reader.language), timezone.override(reader.zone):
        if request.method == "POST" and request.POST.get("answer") == Delivery.Reply.NOT_ME:
            actions.not_for_me(delivery, by=_by(request, delivery.recipient))
            return _told(request, "reminders/stopped.html", {})
        label, path = asking.leads_to(delivery, reader, now)
        page = {"label": label, "path": path, "pause_path": links.pause_path(delivery)}
        return _told(request, "reminders/text.html", page)


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest, token: str) -> HttpResponse:
    """Rest from reminders, from a message's link. A mail program's one-press POST pauses until the person says so."""
    delivery, now = links.delivery_for(token), clock.now()
    person = person_of(delivery.recipient) if delivery else None
    if delivery is None or person is None:
        return _made_up(request)
    with translation.override(person.language), timezone.override(person.zone):
        form = PauseForm(request.POST if request.method == "POST" else None, now=now, zone=person.zone)
        if request.method == "POST" and _take_pause(request, person, form):
            return redirect(request.path)
        running = Pause.objects.visible_to(person).at(now).filter(person=person).first()
        status = 422 if form.is_bound else 200
        return _told(request, "reminders/pause.html", {"form": form, "running": running}, status=status)


def _take_pause(request: HttpRequest, person: User, form: PauseForm) -> bool:
    """Do what was pressed; False when the form is not filled in right."""
    by = _by(request, ("user", str(person.pk)))
    if "resume" in request.POST:
        actions.resume(person, by=by)
    elif request.POST.get("List-Unsubscribe") == "One-Click":
        actions.pause(person, until=None, why=Pause.Why.FROM_MAIL, by=by)
    elif form.is_valid():
        actions.pause(person, until=form.cleaned_data["until"], why=Pause.Why.FROM_MAIL, by=by)
    else:
        return False
    return True


@require_POST
@open_to(PERSON)
def change(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Done, or later, pressed on the ledger."""
    row = find_or_404(Reminder.objects.visible_to(request.user), pk=pk)
    try:
        if verb == "later":
            row = actions.put_off(row, by=Actor.of(request))
            messages.success(request, _("Put off. You see the new day in the list."))
        else:
            actions.answer(row, kinds.DONE, by=Actor.of(request))
            messages.success(request, _("Done. We stop asking."))
    except Refused as error:
        messages.error(request, error.message)
    return redirect(_back(request))


@require_POST
@open_to(PERSON)
def rest(request: Any) -> HttpResponse:
    """Pause one's own reminders."""
    form = PauseForm(request.POST, now=clock.now(), zone=request.user.zone)
    if form.is_valid():
        actions.pause(request.user, until=form.cleaned_data["until"], by=Actor.of(request))
        messages.success(request, _("Reminders are paused."))
    else:
        messages.error(request, _("Choose how long."))
    return redirect(_back(request))


@require_POST
@open_to(PERSON)
def resume(request: Any) -> HttpResponse:
    """End one's own pause."""
    actions.resume(request.user, by=Actor.of(request))
    messages.success(request, _("Reminders go on. What still helps comes at 9 am."))
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The page the press came from, if it is ours; else the person's place."""
    return back.own_path(request, request.POST.get("next", "")) or reverse("pages:home")


@open_to("coordinator")
@require_safe
def letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The message as a letter to print and post; made of what is due at this moment."""
    delivery, now = find_or_404(Delivery.objects.visible_to(request.user), pk=pk), clock.now()
    person = person_of(delivery.recipient)
    if person is not None and not person.role and not person.postal:
        messages.warning(request, _("There is no postal address yet. Enter it here, then print the letter."))
        return redirect("pages:fix_address", person.pk)
    try:
        content = letters.pdf(delivery, now)
    except Refused as error:
        messages.error(request, error.message)
        return redirect("pages:reminder_log")
    if content is None:
        messages.info(request, _("This one has gone out by now, or is no longer needed."))
        return redirect("pages:reminder_log")
    record(Actor.of(request), "reminder.letter_made", delivery, case=delivery.case_id)
    return paper.download(content, _("Letter %(day)s") % {"day": when.as_date(now).isoformat()})


@require_POST
@open_to("coordinator")
def move(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Try a failed message again, send one once more, or say that it was said by phone or posted, or was not."""
    delivery = find_or_404(Delivery.objects.visible_to(request.user), pk=pk)
    try:
        if verb == "called":
            by_hand.said_by_phone(delivery, by=Actor.of(request))
            messages.success(request, _("Noted: said by phone."))
        elif verb == "again":
            resending.send_again(delivery, by=Actor.of(request))
            messages.success(request, _("It goes once more within a minute."))
        elif verb == "posted":
            by_hand.posted(delivery, as_seen=request.POST.get("seen", ""), by=Actor.of(request))
            messages.success(request, _("Noted: posted as a letter. The log of reminders can take it back."))
        elif verb == "not-posted":
            by_hand.not_posted(delivery, by=Actor.of(request))
            messages.success(request, _("It waits to be posted again."))
        else:
            actions.try_again(delivery, by=Actor.of(request))
            messages.success(request, _("We try again within a minute."))
    except Refused as error:
        messages.error(request, error.message)
    return redirect(_back(request))
