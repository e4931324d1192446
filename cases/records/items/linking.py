"""Files of the case that are records: linked, they are with us; gone from view, the record is to be had again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.actions import must
from cases.documents.models import PLAN, Document
from cases.documents.ready import can_be_read
from cases.documents.subjects import Subject
from cases.records import rules
from cases.records.items.telling import PLAN_KIND, REFERRAL_KIND, VISIT_PARTS, fresh, lock_case, say
from cases.records.models import ItemDocument, RecordItem, RecordKind, Visit
from cases.records.planning import replan
from cases.records.states import ItemState, KnownBy
from cases.records.undoing import pass_on
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.once import once

NO_FILES = {PLAN_KIND, "genomic_running"}  # the plan is a kind of the documents' own; what still runs is no file yet


def file_subjects() -> list[Subject]:
    """The kinds of record that a file can be. What is lent is a thing, never a file."""
    found = RecordKind.objects.filter(is_lent=False).exclude(pk__in=NO_FILES).order_by("place")
    kinds = once("kinds of files", lambda: list(found))
    return [Subject(kind.pk, _(kind.name), _(kind.what), kind.place) for kind in kinds]


def links_of(case: UUID) -> list[ItemDocument]:
    """Which documents are or were which records, in all visits of a case; once a page. What comes last goes first in
    lists of records.
    """
    links = ItemDocument.objects.filter(item__visit__case=case).order_by("-item__kind__place", "-pk")
    related = links.select_related("item__kind", "item__holder", "item__visit__clinician", "item__visit__office")
    return list(once(("links", case), lambda: list(related)))


def link_what_is_here(visit: Visit, before: dict[str, RecordItem]) -> None:
    """Each file of the case that can be read is the record of its kind, or the one it was for the visit before."""
    earlier_letter = before.get(REFERRAL_KIND)
    is_other_round = earlier_letter is not None and earlier_letter.visit.round != visit.round
    linked = set(ItemDocument.objects.filter(item__visit=visit).values_list("document_id", flat=True))
    was = dict(ItemDocument.objects.filter(item__in=before.values()).values_list("document_id", "item__kind_id"))
    for document in Document.objects.here().filter(case=visit.case).exclude(pk__in=linked).order_by("put_in_at"):
        kind = was.get(document.pk, "")
        if kind == REFERRAL_KIND and is_other_round:
            continue  # each round has a referral of its own
        if can_be_read(document):
            _link(visit, document, now=clock.now(), kind=kind)


@transaction.atomic
def link_document(item: RecordItem, document: Document, *, by: Actor) -> RecordItem:
    """Say that a file of the case is this record: it is with us from now on. Raises Refused for another case's."""
    visit = item.visit
    if document.case_id != visit.case_id or not can_be_read(document):
        raise Refused(_("This file cannot be used here. Choose one that can be opened."))
    must("say_where_records_are", visit.case, by)
    lock_case(visit.case)
    _link(visit, document, now=clock.now(), kind=item.kind_id)
    record(by, "item.document_linked", item, patient=visit.case.patient_id, case=visit.case_id)
    replan(visit, now=clock.now())
    return fresh(item)


@transaction.atomic
def follow_document(document: Document) -> None:
    """A file of the case can be read, or no longer: the record it is, is with us, or to be asked for again.

    Safe to call twice. Documents call it, in their own transaction, through `cases.documents.ready`.
    """
    now = clock.now()
    for visit in Visit.objects.live().filter(case=document.case_id).select_related(*VISIT_PARTS):
        lock_case(visit.case)
        has_moved = _link(visit, document, now=now) if can_be_read(document) else _unlink(visit, document)
        if has_moved:
            replan(visit, now=now)


@transaction.atomic
def follow_kind(document: Document, former: str) -> None:
    """A person says that a file is something else: the record it was, is to be had again. Documents call it before
    `follow_document`, which links what it is now.
    """
    now = clock.now()
    for visit in Visit.objects.live().filter(case=document.case_id).select_related(*VISIT_PARTS):
        lock_case(visit.case)
        if _unlink(visit, document, kind=_code_of(former)):
            replan(visit, now=now)


def _code_of(kind: str) -> str:
    return PLAN_KIND if kind == PLAN else kind


def _link(visit: Visit, document: Document, *, now: datetime, kind: str = "") -> bool:
    """Link a file to the item of its kind; answers whether the item moved."""
    code = kind or _code_of(document.kind)
    item = RecordItem.objects.filter(visit=visit, kind=code).first()
    if item is None or (code == REFERRAL_KIND and visit.case.visits.live().filter(round__gt=visit.round).exists()):
        return False
    if item.put_in_by_id != document.put_in_by_id:
        pass_on(item, visit.case.patient_id)
    ItemDocument.objects.get_or_create(item=item, document=document, defaults={"linked_at": now})
    # What the patient carries stays in her hands, and slides stay slides: the file here is a copy.
    if item.is_lent or item.state not in rules.ITEM_MOVES["held"].sources:
        return False
    say(item, "held", now=now, by=SYSTEM)
    return True


def _unlink(visit: Visit, document: Document, *, kind: str = "") -> bool:
    """The file is gone from view, or not of this kind. An item that was with us only through it is to be had again."""
    items = RecordItem.objects.filter(visit=visit, documents__document=document)
    item = (items.filter(kind=kind) if kind else items).first()
    if item is None:
        return False
    item.documents.filter(document=document).delete()
    if item.state != ItemState.HELD or item.known_by != KnownBy.DOCUMENT or item.documents.exists():
        return False
    say(item, "taken_back", now=clock.now(), by=SYSTEM)
    return True
