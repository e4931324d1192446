"""The page of a thread: reading it, writing in it, what came meanwhile."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case import hands, plain
from cases.case.away import showing as away_showing
from cases.case.models import Case, ToDo
from cases.case.people import cases_where, in_words, may, who_can_open
from cases.documents import actions as documents
from cases.documents import words as document_words
from cases.documents.finding import base_of
from cases.documents.models import OTHER, Document, Version
from cases.threads import actions, answering, privacy, showing
from cases.threads.forms import AssignForm, MessageForm, NoteForm, WordsForm
from cases.threads.models import Message, ReadMark, Thread
from portal import clock
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import drafts, recheck
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused


def case_of(request: HttpRequest, pk: UUID) -> Case:
    """The case whose messages the person may read, or 404."""
    own = cases_where(request.user, "read_messages").select_related("patient", "key", "thread")
    own = own.annotate(is_covered=away_showing.is_covered())
    case: Case = find_or_404(own, pk=pk)
    return case


@open_to(PERSON)
@require_safe
def thread(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The newest messages; earlier ones by number."""
    return page(request, case_of(request, pk))


def page(
    request: HttpRequest,
    case: Case,
    *,
    form: MessageForm | None = None,
    note_form: NoteForm | None = None,
    assign_form: AssignForm | None = None,
    words_form: WordsForm | None = None,
    also: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    user: Any = request.user
    is_staff = bool(user.role) and may("note_messages", case, user)
    marks = showing.marks_of(case)
    reader = showing.reader_of(user, case, clock.now(), marks, hides_names=recheck.is_needed(request))
    found: Thread | None = getattr(case, "thread", None)
    at, after = (showing.number_of(case, request.GET.get(name)) for name in ("at", "after"))
    before = showing.number_of(case, request.GET.get("before")) or (at and at + 1)
    if request.method != "HEAD" and found:
        _read(request, found, reader, is_staff, before=before, after=after)
    people = who_can_open(case, "read_messages", reader=user)
    may_write = is_staff or may("write_messages", case, user)
    context: dict[str, Any] = {
        "base": base_of(request),
        "case": case,
        "window": showing.window(reader, before=before, after=after),
        "who": in_words(people, user),
        "away": away_showing.lines(case, user),
        "as_of": clock.now().isoformat(),
        "is_staff": is_staff,
        "may_write": may_write,
        "form": next((each for each in (form, note_form, assign_form, words_form) if each and each.is_bound), None),
        "also": also,
    }
    kept = drafts.kept_of(user, [actions.DRAFT, actions.NOTE_DRAFT], case) if may_write else {}
    if may_write:
        context |= _box(request, case, form, kept.get(actions.DRAFT))
    if is_staff:
        context |= _for_staff(request, case, found, people, marks, assign_form)
        context["note_form"] = note_form or NoteForm.fresh(kept.get(actions.NOTE_DRAFT))
        context |= _by_phone(request, case, words_form)
    return render(request, "threads/thread.html", context, status=status)


def _read(
    request: HttpRequest, found: Thread, reader: showing.Reader, is_staff: bool, *, before: int = 0, after: int = 0
) -> None:
    """Before the words are looked up: what stands on this page can no longer be taken back."""
    newest = found.last_number if is_staff else found.last_shared
    upto = newest if showing.ends_at(newest, before=before, after=after) else reader.had_read
    if newest and (upto > reader.had_read or reader.is_another_look):
        actions.note_reading(reader.case, upto, by=Actor.of(request))


def _box(request: HttpRequest, case: Case, form: MessageForm | None, kept: dict[str, Any] | None) -> dict[str, Any]:
    """What stands in the box to write in."""
    user: Any = request.user
    if form is None:
        stays = _named_in(kept, "documents")
        form = MessageForm.fresh(kept, documents=_choices(request, case, stays))  # type: ignore[assignment]
    return {
        "message_form": form,
        "hint": plain.to_patient(case, str(form["text"].value() or ""), user),
        "draft": actions.DRAFT,
        "may_add_files": user.role != User.Role.CONSULTANT and may("add_documents", case, user),
        "limits_in_words": document_words.limits_in_words(),
        "may_be_private": user.pk == case.patient_id,
    }


def _for_staff(
    request: HttpRequest,
    case: Case,
    found: Thread | None,
    people: list[tuple[User, str]],
    marks: list[ReadMark],
    assign_form: AssignForm | None,
) -> dict[str, Any]:
    user: Any = request.user
    todo = answering.open_of(found) if found else None
    staff = [each for each, _words in people if each.role and each.pk != case.patient_id]
    return {
        "todo": todo,
        "note_draft": actions.NOTE_DRAFT,
        "assign_form": assign_form or _assign_form(todo, staff, user),
        "readings": showing.readings(marks, found.last_number if found else 0),
    }


def _by_phone(request: HttpRequest, case: Case, form: WordsForm | None) -> dict[str, Any]:
    """For a patient who signs in nowhere: what waits to be read out, and where her words are written down."""
    user: Any = request.user
    if case.patient.can_sign_in:
        return {}
    found: dict[str, Any] = {"cannot_sign_in": True, "is_by_hand": hands.is_by_hand(case.patient)}
    if not found["is_by_hand"]:
        return found
    found["to_read"] = hands.to_read(case).get(hands.READ_MESSAGE)
    if may("speak_for", case, user):
        kept = drafts.kept(user, actions.WORDS_DRAFT, case)
        found |= {"words_form": form or WordsForm.fresh(kept, name=case.patient.first_name)}
        found |= {"words_draft": actions.WORDS_DRAFT}
    return found


def _assign_form(todo: ToDo | None, staff: list[User], user: User) -> AssignForm:
    today = clock.today(user.zone)
    initial = {"who": str(todo.for_user_id or ""), "due_on": max(todo.due_on, today)} if todo else {"due_on": today}
    return AssignForm(staff=staff, initial=initial)


def _named_in(kept: dict[str, Any] | None, name: str) -> list[str]:
    """A draft keeps one value as it is, and several as a list."""
    value = (kept or {}).get(name, [])
    return value if isinstance(value, list) else [value]


def _choices(request: HttpRequest, case: Case, named: list[str]) -> list[tuple[str, str]]:
    """The files among these that the person has put into the case, as the box lists them."""
    pks = [pk for pk in named if _is_id(pk)]
    if not pks:
        return []
    own = Document.objects.visible_to(request.user).here().filter(case=case, put_in_by=request.user.pk, pk__in=pks)
    versions = Version.objects.visible_to(request.user).live().filter(document__in=own).select_related("document")
    hides = recheck.is_needed(request)
    return [(str(each.document_id), _("A file") if hides else each.document.title or each.name) for each in versions]


def _is_id(value: object) -> bool:
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False


def shown_to(request: HttpRequest, case: Case, name: str) -> int:
    """Up to which number the page that was pressed had shown its reader: what it says, but no more than was shown."""
    named = showing.number_of(case, request.POST.get(name))
    return min(named, showing.read_by(request.user, case))  # type: ignore[arg-type]


@open_to(PERSON)
@require_POST
def send(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send what stands in the box. Files go through their checks as anywhere; one that is refused keeps the words."""
    case = case_of(request, pk)
    if not may("write_messages", case, request.user):
        raise Http404
    by, post = Actor.of(request), request.POST.copy()
    form = _message_form(request, case, post)
    if not form.is_valid():
        return page(request, case, form=form, status=422)
    said = form.cleaned_data
    if not actions.sent_already(case, said["text"], said["send_id"], by=by):
        refused = _take_files_in(request, case, post, said["files"])
        form = _message_form(request, case, post)
        form.is_valid()
        for sentence in refused:
            form.add_error("files", sentence)
        if refused:
            return page(request, case, form=form, status=422)
        said = form.cleaned_data
    try:
        actions.send(
            case,
            said["text"],
            send_id=said["send_id"],
            files=said["documents"],
            is_private=said["is_private"],
            is_answer="more" not in post,
            shown=shown_to(request, case, "upto"),
            by=by,
        )
    except Refused as no:
        form.add_error("text", no.message)
        return page(request, case, form=form, status=422)
    if may("note_messages", case, request.user) and "more" not in post and answering.waits(case):
        messages.warning(request, _("There is a newer message. It still waits for an answer."))
    if hint := plain.too_hard(case, said["text"], _person(request)):
        messages.info(request, hint)
    return sent(request, case, actions.DRAFT)


def _message_form(request: HttpRequest, case: Case, post: Any) -> MessageForm:
    named = _choices(request, case, post.getlist("documents"))
    post.setlist("documents", [pk for pk in post.getlist("documents") if pk in dict(named)])
    return MessageForm(post, request.FILES, documents=named)


def _take_files_in(request: HttpRequest, case: Case, post: Any, sent: list[Any]) -> list[str]:
    """Put files into the case; those that are saved stand in the box from now on. Answers what was refused."""
    if getattr(request, "disk_is_full", False):
        return [document_words.reason("disk")]
    if not sent or not may("add_documents", case, request.user):
        return []
    added = documents.add_files(case, sent, kind=OTHER, by=Actor.of(request))
    for version in added.saved:
        post.appendlist("documents", str(version.document_id))
    return [_("%(name)s: %(sentence)s") % {"name": name, "sentence": sentence} for name, sentence in added.refused]


@open_to(PERSON)
@require_POST
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write a note for the team."""
    case = case_of(request, pk)
    if not may("note_messages", case, request.user):
        raise Http404
    form = NoteForm(request.POST)
    if not form.is_valid():
        return page(request, case, note_form=form, status=422)
    try:
        actions.note(case, form.cleaned_data["text"], send_id=form.cleaned_data["send_id"], by=Actor.of(request))
    except Refused as no:
        form.add_error("text", no.message)
        return page(request, case, note_form=form, status=422)
    return sent(request, case, actions.NOTE_DRAFT)


def sent(request: HttpRequest, case: Case, form: str) -> HttpResponse:
    drafts.drop(request.user, form, case)  # type: ignore[arg-type]
    return redirect(_address(case) + "#newest")


def _address(case: Case) -> str:
    return Thread(case=case).get_absolute_url()


def _person(request: HttpRequest) -> User:
    user: Any = request.user
    return user  # type: ignore[no-any-return]


@open_to(PERSON)
@require_safe
def news(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What came since the page was read, for the page that looks by itself, and what goes from it; 204 for neither."""
    case, user, now = case_of(request, pk), _person(request), clock.now()
    asked = request.GET.get("upto")
    after = showing.number_of(case, asked)
    has_news = bool(showing.news(user, case, after))
    is_helper = not user.role and user.pk != case.patient_id
    asks = has_news or is_helper
    reader = showing.reader_of(user, case, now, hides_names=recheck.is_needed(request)) if asks else None
    gone = showing.hidden_since(reader, _instant(request.GET.get("as_of"))) if reader else []
    if reader is None or not (has_news or gone):
        return HttpResponse(status=204)
    if has_news and request.method != "HEAD":
        _read(request, case.thread, reader, bool(user.role) and may("note_messages", case, user))
    fresh = showing.news(user, case, after)
    context = {
        "case": case,
        "rows": showing.rows_of(fresh, reader),
        "upto": fresh[-1].pk if fresh else asked if after else "",
        "gone": gone,
        "as_of": now.isoformat(),
        "has_shown": "shown" in request.GET,
        "has_heard": "heard" in request.GET,
    }
    return render(request, "threads/_news.html", context)


def _instant(asked: str | None) -> dt.datetime | None:
    """When the page was made, as it says itself; None for anything else."""
    try:
        found = dt.datetime.fromisoformat(asked or "")
    except ValueError:
        return None
    return found if found.tzinfo else None


@open_to(PERSON)
@require_safe
def message(request: HttpRequest, pk: UUID) -> HttpResponse:
    """To the place of one message in its thread."""
    return redirect(find_or_404(Message.objects.visible_to(request.user), pk=pk))


@open_to(PERSON)
@require_POST
def move(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Take a message back, say that it was not for this thread, or who reads it."""
    verbs: dict[str, tuple[Callable[..., Message], str]] = {
        "take-back": (actions.take_back, _("Your message is taken back.")),
        "not-here": (actions.say_misplaced, _("Thank you. One of us looks at it.")),
        "private": (partial(privacy.set_private, is_private=True), _("Private now, with its files.")),
        "share": (partial(privacy.set_private, is_private=False), _("Everybody in this thread can read it again.")),
    }
    message = find_or_404(Message.objects.visible_to(request.user).select_related("case__patient"), pk=pk)
    if verb not in verbs:
        raise Http404
    act, said = verbs[verb]
    try:
        act(message, by=Actor.of(request))
    except Refused as no:
        messages.error(request, no.message)
    else:
        messages.success(request, said)
    return redirect(_address(message.case) + "#newest")
