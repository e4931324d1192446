"""Files that came with a private message: for the patient and the team, not for helpers without her private words."""

from collections.abc import Iterable

from django.db import transaction

from cases.documents.models import Document
from portal.actors import Actor
from portal.history.actions import record


@transaction.atomic
def keep_private(documents: Iterable[Document], is_private: bool = True, *, by: Actor) -> None:
    """Keep these from helpers, or let them read them again; a letter with all its pages. Twice is once."""
    for document in documents:
        joined = Document.objects.filter(joined_pages__photo=document).first() or document
        _mark(joined, is_private, by)


@transaction.atomic
def cover(joined: Document, *, by: Actor) -> None:
    """A letter of which one page is private is private, with all its pages."""
    if joined.is_private or Document.objects.filter(page_of__joined=joined, is_private=True).exists():
        _mark(joined, True, by)


def _mark(joined: Document, is_private: bool, by: Actor) -> None:
    both = Document.objects.filter(page_of__joined=joined) | Document.objects.filter(pk=joined.pk)
    pks = set(both.exclude(is_private=is_private).values_list("pk", flat=True))
    verb = "document.kept_private" if is_private else "document.private_no_more"
    for document in Document.objects.select_for_update().filter(pk__in=pks).order_by("pk"):
        document.is_private = is_private
        document.save(update_fields=["is_private"])
        record(by, verb, document, patient=joined.case.patient_id, case=joined.case_id)
