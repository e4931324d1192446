"""What a file is, from whom and of which day: guessed after each check, said by people; what they said stays."""

import datetime as dt
import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.case.people import role_in
from cases.documents import names, ready, reminders, rules, subjects
from cases.documents.describing import guessing
from cases.documents.models import PLAN, Document, Guess, Version
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def guess(version: Version, made_on: str = "", made_from: str = "") -> None:
    """Guess anew from a version that can be read; again, without the file's own day, once a machine has read it.

    An older version has nothing to say any more.
    """
    document, case = version.document, version.case
    text, last = words_of(version)
    guessed = Guess.objects.select_for_update().filter(document=document).first()
    guessed = guessed or Guess(document=document, version_number=version.number)
    if guessed.version_number > version.number:
        return
    today = clock.today(case.patient.zone)
    on = guessing.written_on(text, today=today, born=case.patient.birth_date)
    made = dt.date.fromisoformat(made_on) if made_on else None
    if made == today + dt.timedelta(days=1):
        made = today  # by a clock further east
    if on:
        guessed.date(on, Guess.From.TEXT)
    elif made and made <= today:
        guessed.date(made, made_from)
    elif made_on or guessed.version_number != version.number or guessed.dated_from == Guess.From.TEXT:
        guessed.date(None, "")
    guessed.version_number, guessed.guessed_at = version.number, clock.now()
    guessed.kind = guessing.kind(version.name, text, version.kind)
    guessed.author = guessing.author(version.name, f"{text}\n{last}", *authors_of(case))
    guessed.save()


def words_of(version: Version) -> tuple[str, str]:
    """The words of the first page, and of the last when that is another one."""
    pages = {page.number: page for page in version.page_images.filter(number__in={1, version.pages})}
    first, last = pages.get(1), pages.get(version.pages) if version.pages > 1 else None
    return _text(first), _text(last)


def _text(page: Any) -> str:
    return "\n".join(line[4] for line in json.loads(page.text or "[]")) if page else ""


def authors_of(case: Case) -> tuple[list[str], list[str]]:
    """The doctors of a case and their offices, by name."""
    doctors = [link.clinician for link in case.clinicians.select_related("clinician__office").order_by("pk")]
    offices = [doctor.office.name for doctor in doctors if doctor.office]
    return [doctor.name for doctor in doctors], list(dict.fromkeys(offices))


@transaction.atomic
def say_kind(document: Document, kind: str, *, by: Actor) -> Document:
    """Say what a file is: a yes to a guess, or a no. Only then does it count as that record. Raises Refused."""
    document = _for_change(document, by)
    _set_kind(document, kind, by)
    _told(document, by)
    return document


@transaction.atomic
def describe(
    document: Document, *, title: str, kind: str, author: str, dated_on: dt.date | None, by: Actor
) -> Document:
    """Say all of it at once, and what to call it; what is left empty is said, too. Raises Refused."""
    document = _for_change(document, by)
    if dated_on and not guessing.EARLIEST <= dated_on <= clock.today(document.case.patient.zone):
        raise Refused(_("Enter the day that is written on it. It cannot be after today."), code="day")
    document.title, document.author = names.clean_line(title), names.clean_line(author)
    document.dated_on = dated_on
    document.author_said_by = document.dated_said_by = by.user
    document.save(update_fields=["title", "author", "author_said_by", "dated_on", "dated_said_by"])
    _set_kind(document, kind, by)
    _told(document, by)
    return document


def _for_change(document: Document, by: Actor) -> Document:
    document = (
        Document.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case__key", "case__patient")
        .get(pk=document.pk)
    )
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
