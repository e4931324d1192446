"""A mark of its own in everything sealed, in each name and in a file of each case: what is found elsewhere has leaked.

Whoever sees a mark in a log, a mail, an address, the cache or the database's own files looks it up and knows the field.
"""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from cases.case.models import Case
from cases.documents import actions as documents
from cases.documents.worker import checking
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.vault.fields import SealedText

MARK = re.compile(r"mark[0-9a-f]{6}zq")
ENDING = re.compile(r"\.\w{2,5}$")
DRAWN = "iVBOR"  # a drawing in base64, which would not be one any more
GOES_OUT = {("reminders.delivery", "body")}  # the message itself: a mark in it would be sent
FORMS = {  # JSON: an empty one stays empty
    ("records.release", "details"), ("records.release", "said"), ("records.recorditem", "former"),
    ("reviews.summary", "body"), ("case.case", "answers"), ("desk.letter", "said"), ("desk.incoming", "calls"),
    ("desk.incomingpage", "text"), ("documents.pageimage", "text"), ("accounts.draft", "body"),
}  # fmt: skip
NAMES = ("name", "called")


def sealed_fields() -> Iterator[tuple[Any, SealedText]]:
    """(model, field) of all that is sealed."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SealedText) and (model._meta.label_lower, field.attname) not in GOES_OUT:
                yield model, field


def mark_everything(first: int = 1) -> dict[str, str]:
    """Mark each text where it stands, from number `first` on, and put a marked file into each case.

    Where each mark is, by the mark.
    """
    numbers, marks = itertools.count(first), {}

    def new(where: str) -> str:
        mark = f"mark{next(numbers):06x}zq"
        marks[mark] = where
        return mark

    for case in Case.objects.order_by("pk").exclude(patient=None):
        _add_file(case, new(f"name of a file of case {case.pk}"), new(f"words in a file of case {case.pk}"))
    for model, field in sealed_fields():
        for row in model._base_manager.order_by("pk").iterator():
            text = getattr(row, field.attname)
            mark = f"mark{next(numbers):06x}zq"
            is_form = (model._meta.label_lower, field.attname) in FORMS
            marked = with_mark(text, mark) if text or is_form else mark
            if marked != text and _has_key(row) and _put(row, field, marked):
                marks[mark] = f"{model._meta.label_lower}.{field.attname} {row.pk}"
    for person in User.objects.order_by("pk"):
        for name in NAMES:
            if text := getattr(person, name):
                setattr(person, name, f"{text} {new(f'accounts.user.{name} {person.pk}')}")
        person.save(update_fields=list(NAMES))
    return marks


def with_mark(text: str, mark: str) -> str:
    """The text with a mark in it, still what it was: a file keeps its ending, a form stays a form."""
    if not text or text.startswith(DRAWN):
        return text
    try:
        form = json.loads(text)
    except ValueError:
        ending = ENDING.search(text)
        return f"{text[: ending.start()]} {mark}{ending[0]}" if ending else f"{text} {mark}"
    if isinstance(form, dict):
        return json.dumps({**form, "marked": mark})
    if isinstance(form, list) and form and isinstance(form[0], list) and isinstance(form[0][-1], str):
        form[0][-1] += f" {mark}"  # a line of a page
        return json.dumps(form)
    return text if isinstance(form, list) else f"{text} {mark}"


def _has_key(row: Any) -> bool:
    """Whether words can still be sealed in it: some rows get their key with their first words."""
    key = getattr(row, "sealing_key", None)
    return key is not None and key.destroyed_at is None


def _put(row: Any, field: SealedText, text: str) -> bool:
    """Whether it stands there now: the database refuses words where nothing may have been said."""
    setattr(row, field.attname, text)
    there = type(row)._base_manager.filter(pk=row.pk)
    try:
        with transaction.atomic():
            there.update(**{field.attname: field.pre_save(row, add=False)})
    except IntegrityError:
        return False
    return True


def _add_file(case: Case, name: str, words: str) -> None:
    file = SimpleUploadedFile(f"{name}.txt", f"The finding says {words}.".encode(), "text/plain")
    try:
        version = documents.add_file(case, file, by=Actor.person(case.patient))
    except Refused:  # closed: nothing is added any more
        return
    checking.check(version.pk)
