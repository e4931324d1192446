"""The guess after each check: made by the worker, by nobody's word, and so no action."""

import datetime as dt
import json
from typing import Any

from django.db import transaction

from cases.case.models import Case
from cases.documents.describing import guessing
from cases.documents.models import Guess, Version
from portal import clock


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
