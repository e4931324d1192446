"""What a file is, from whom and of which day, as people say it. What they said stays."""

import datetime as dt
import hashlib
import json

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.people import role_in
from cases.documents import names, ready, reminders, rules, subjects, words
from cases.documents.describing import guessing
from cases.documents.joining import actions as joining
from cases.documents.models import PLAN, Document
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def say_kind(document: Document, kind: str, *, by: Actor) -> Document:
    """Say what a file is. Only then does it count as that record. Raises Refused."""
    document = _for_change(document, by)
    _set_kind(document, kind, by)
    _told(document, by)
    return document


@transaction.atomic
def answer(document: Document, kind: str, *, asked: str, by: Actor) -> Document:
    """A yes or a no to "We think this is …", about the kind `asked`. Raises Refused once the question is another.

    It is asked while nobody has said what the file is: an answer from an older page undoes nobody's word.
    """
    document = _for_change(document, by)
    guess = words.guess_of(document)
    if (document.kind_said_by_id and document.kind != kind) or (asked and guess and guess.kind != asked):
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="changed")
    return say_kind(document, kind, by=by)


@transaction.atomic
def describe(
    document: Document, *, title: str, kind: str, author: str, dated_on: dt.date | None, seen: str = "", by: Actor
) -> Document:
    """Say all of it at once, and what to call it. Who said it is kept for what was changed, and for each guess that
    stood there and was kept, or emptied.

    Raises Refused: also where another said something since `seen`, a mark of what stood there (`as_seen`).
    """
    document = _for_change(document, by)
    if seen and seen != as_seen(document):
        raise Refused(_("Somebody saved this page after you opened it."), code="changed")
    if dated_on and not guessing.EARLIEST <= dated_on <= clock.today(document.case.patient.zone):
        raise Refused(_("Enter the day that is written on it. It cannot be after today."), code="day")
    author, guessed = names.clean_line(author), words.guessed_of(document)
    if author != document.author or "author" in guessed:
        document.author, document.author_said_by = author, by.user
    if dated_on != document.dated_on or "dated_on" in guessed:
        document.dated_on, document.dated_said_by = dated_on, by.user
    document.title = names.clean_line(title)
    document.save(update_fields=["title", "author", "author_said_by", "dated_on", "dated_said_by"])
    if kind != document.kind or "kind" in guessed:
        _set_kind(document, kind, by)
    _told(document, by)
    return document


def as_seen(document: Document) -> str:
    """A mark of what people said of a file, for a form: saved later, it must not undo another's words unseen."""
    said = [document.title, document.kind, document.author, str(document.dated_on)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def _for_change(document: Document, by: Actor) -> Document:
    document = joining.held(document)
    if refused := rules.why_not_describe(role_in(document.case, by), document.put_in_by_id == by.id):
        raise Refused(refused, code="role")
    if document.withdrawn_at:
        raise Refused(_("This file was taken back. Put it back first."), code="state")
    return document


def _set_kind(document: Document, kind: str, by: Actor) -> None:
    if kind not in {subject.code for subject in subjects.choices()}:
        raise Refused(_("Choose what it is."), code="kind")
    former, now = document.kind, clock.now()
    document.kind, document.kind_said_by, document.changed_at = kind, by.user, now
    document.save(update_fields=["kind", "kind_said_by", "changed_at"])
    if kind == former:
        return
    ready.kind_changed(document, former)
    if kind == PLAN and (version := document.versions.ready().order_by("number").last()):
        reminders.tell_consultants(version, now)


def _told(document: Document, by: Actor) -> None:
    record(by, "document.described", document, patient=document.case.patient_id, case=document.case_id)
