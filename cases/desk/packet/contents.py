"""Which documents go to the office of a visit: judged anew each time, and then taken as one list."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONArray
from django.utils.translation import gettext as _

from cases.case.models import Case, Helper
from cases.case.people import may, role_in
from cases.desk.packet import rules
from cases.documents import kinds, names, words
from cases.documents.models import PLAN, Document, Guess, Version
from cases.records.items.linking import links_of
from cases.records.items.telling import PLAN_KIND
from cases.records.models import ItemDocument, RecordItem, RecordKind, Release, Visit
from cases.records.release import form as release_form
from cases.records.release import keeping
from cases.records.release.states import ReleaseState, Why
from cases.records.states import ItemState, Route
from portal import when
from portal.accounts.models import User
from portal.errors import Refused
from portal.once import once
from portal.vault.models import StoredFile


@dataclass(frozen=True)
class Part:
    """One document as it goes: its newest version that can be read, and what it is."""

    number: int
    version: Version
    item: RecordItem | None
    place: int
    heading: str  # the kind of record
    title: str
    author: str
    dated: str

    @property
    def is_imaging(self) -> bool:
        """Pictures of a scan: for a doctor's program, so as they were sent, and no pages of the PDF."""
        return self.version.kind in rules.IMAGING and self.version.original is not None

    @property
    def stored(self) -> StoredFile:
        stored = self.version.original if self.is_imaging else self.version.file
        assert stored is not None  # "ready can be read", says the database
        return stored

    @property
    def kind(self) -> kinds.Kind:
        return self.version.own_kind if self.is_imaging else kinds.KINDS[self.version.file_kind]

    @property
    def file_name(self) -> str:
        return rules.file_name(self.number, self.heading, self.title, self.kind.endings[0])

    @property
    def about(self) -> str:
        """ "PDF, 3 pages", "ZIP, 84.0 MB"."""
        size = words.size_in_words(self.stored.size) if self.is_imaging else words.pages_in_words(self.version.pages)
        return _("%(kind)s, %(size)s") % {"kind": self.kind.short, "size": size}


@dataclass(frozen=True)
class LeftOut:
    """A document that is here and may not be passed on, and why."""

    heading: str
    why: Why | rules.Unvouched


@dataclass(frozen=True)
class Packet:
    """What goes to the office of a visit, in its order; `left_out` is here and stays here."""

    visit: Visit
    parts: tuple[Part, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def case(self) -> Case:
        return self.visit.case

    @cached_property
    def in_pdf(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if not part.is_imaging)

    @property
    def pages(self) -> int:
        return sum(part.version.pages for part in self.in_pdf)

    @property
    def size(self) -> int:
        return sum(part.stored.size for part in self.parts)

    @property
    def fits_one_pdf(self) -> bool:
        return sum(part.stored.size for part in self.in_pdf) <= rules.MOST

    def part_of(self, version: UUID) -> Part | None:
        return next((part for part in self.parts if part.version.pk == version), None)


def why_not(visit: Visit) -> str:
    """Why nothing of this case may be passed on to the visit's office today; empty where it may."""
    if not keeping.may_ask(visit.case):
        return _("The patient has not signed, or took back, that we may pass records on.")
    return ""


def for_office(visit: Visit, today: date, *, with_private: bool = True, only: UUID | None = None) -> Packet:
    """What its office may have today, of one document where `only` names it. Raises Refused while the patient allows us
    to pass on nothing.
    """
    if refusal := why_not(visit):
        raise Refused(refusal, code="unsigned")
    releases, links = keeping.signed_in(visit.case), links_of(visit.case_id)
    records = _records(links)
    parts: list[Part] = []
    left_out: list[LeftOut] = []
    for part in _here(visit, links, with_private, only):
        if not _is_vouched_for(part.version, visit.case):
            left_out.append(LeftOut(part.heading, rules.Unvouched.NOT_AGREED))
            continue
        by_release = _by_release(part, records.get(part.version.document_id, set()), visit, releases, today)
        reason = rules.why_not_passed_on(is_own=_is_own(part.version, visit.case), by_release=by_release)
        if reason is None:
            parts.append(part)
        else:
            left_out.append(LeftOut(part.heading, reason))
    return Packet(visit, _numbered(parts), tuple(left_out))


def for_reader(visit: Visit, reader: User, today: date) -> Packet:
    """The same for the people of the case: the patient's own has all that is here, whatever she signed."""
    if role_in(visit.case, reader) == "patient":
        return Packet(visit, _numbered(_here(visit, links_of(visit.case_id))))
    return for_office(visit, today, with_private=reads_private(visit, reader))


def reads_private(visit: Visit, reader: User) -> bool:
    """Whether what came with a private message is this reader's to read: a helper's only by her switch."""
    return bool(reader.role) or may("see_private_words", visit.case, reader)


def _numbered(parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(replace(part, number=number) for number, part in enumerate(parts, 1))


def _is_own(version: Version, case: Case) -> bool:
    """Whether it was put in by the patient, or by the one who began for the patient: it came by no office's form."""
    return version.put_in_by_office is None and version.put_in_by_id in (case.patient_id, case.starter_id)


def _is_vouched_for(version: Any, case: Case) -> bool:
    """By the patient, who also stands behind what she herself said what it is; our team and offices put in what they
    got.
    """
    document = version.document
    is_ours = version.put_in_by_office is not None or bool(version.put_in_by.role)
    if is_ours or case.patient_id in (document.kind_said_by_id, document.put_in_by_id):
        return True
    helps = [rules.Help(version.put_in_by_id, *map(_moment, each)) for each in version.helps]
    return rules.is_vouched_for(version.put_in_by_id, version.put_in_at, case.patient_id, helps)


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _records(links: Iterable[ItemDocument]) -> dict[UUID, set[UUID]]:
    """Of each document the records that it is or was: forms named them one by one."""
    records: dict[UUID, set[UUID]] = {}
    for link in links:
        records.setdefault(link.document_id, set()).add(link.item_id)
    return records


def _by_release(part: Part, records: Set[UUID], visit: Visit, releases: Sequence[Release], today: date) -> Why | None:
    """Why the forms signed in the case do not let it go there; as if it went straight from its holder to that office.

    What a form once named, in whatever visit and whoever has the record by now, goes only by a form that stands today
    and names this office: one that named it, else a newer one of the same holder, see `_by_newer`. What no form named
    is judged by this visit's forms of its holder.
    """
    naming = [release for release in releases if release.held.items & records]
    if naming:
        reasons = [_why_not_by(release, visit, today) for release in naming]
        return None if None in reasons else _by_newer(part, naming, visit, releases, today)
    if part.item is None:
        return Why.NONE
    asked = replace(release_form.asked(part.item, visit), route=Route.DIRECT)
    own = [each for each in releases if each.visit_id == visit.pk and each.holder_id == part.item.holder_id]
    reasons = [release_form.release_rules.why_not_sent(release.held, asked, today) for release in own]
    if None in reasons:
        return None
    return reasons[0] if reasons else Why.NONE


def _by_newer(
    part: Part, naming: Sequence[Release], visit: Visit, releases: Sequence[Release], today: date
) -> Why | None:
    """Why no form that was signed after one that named it lets it go.

    A newer form of the same holder cannot name what is here already. So it speaks for that as well, if the file came
    while the older one stood; but never once one of all these was taken back: then only a form that names it does.
    """
    newer = [each for each in releases if any(_follows(each, former, part, visit) for former in naming)]
    if any(release.state == ReleaseState.TAKEN_BACK for release in (*naming, *newer)):
        return Why.TAKEN_BACK
    reasons = [_why_not_by(release, visit, today) for release in newer]
    if None in reasons:
        return None
    return reasons[0] if reasons else _why_not_by(naming[0], visit, today)


def _follows(release: Release, former: Release, part: Part, visit: Visit) -> bool:
    """Whether a form was signed after another of its holder, and the file had come while that one stood."""
    came_at, until_on = part.version.document.put_in_at, former.until_on
    in_time = until_on is not None and came_at.astimezone(visit.zone).date() <= until_on
    stood = in_time and came_at <= (former.ended_at or came_at)
    is_newer = bool(release.signed_at and former.signed_at and release.signed_at > former.signed_at)
    return stood and is_newer and release.holder_id == former.holder_id


def _why_not_by(release: Release, visit: Visit, today: date) -> Why | None:
    """Why a form does not let go to this office what it speaks for."""
    held = replace(release.held, items=frozenset({visit.pk}))  # one thing, whichever: what it names was looked at
    doctor = visit.clinician.name if visit.clinician else ""
    asked = release_form.Asked(visit.pk, held.holder, Route.DIRECT, visit.office_id, doctor, visit.on_date)
    return release_form.release_rules.why_not_sent(held, asked, today)


def _here(
    visit: Visit, links: Iterable[ItemDocument], with_private: bool = True, only: UUID | None = None
) -> list[Part]:
    """Each document that can be read and is a record of this visit, or the plan; none that is hidden or gone."""
    items = _items_by_document(visit, links)
    among = Q(document__in=sorted(items)) | Q(document__kind=PLAN)
    parts = [
        _part(version, items.get(version.document_id), version.place_of_plan)
        for version in _ready(visit.case_id, Q(document=only) if only else among, with_private)
        if version.document_id in items or _is_plan(version, visit)
    ]
    return sorted(
        parts, key=lambda part: (part.place, _day(part.version.document), part.version.document.put_in_at, part.title)
    )


def _ready(case: UUID, among: Q, with_private: bool) -> list[Any]:
    """The newest versions of documents that can be read, with all that decides where they go; once a page for the same.
    One query.
    """
    found = Version.objects.ready().on_their_own().newest_ready()
    found = found.filter(among, case=case, document__only_me=False, document__withdrawn_at=None)
    if not with_private:
        found = found.filter(document__is_private=False)
    unwanted = RecordItem.objects.filter(visit__case=OuterRef("case"), state=ItemState.NOT_WANTED, kind=PLAN_KIND)
    helps = Helper.objects.filter(case=OuterRef("case"), person=OuterRef("put_in_by"), agreed_at__isnull=False)
    found = found.annotate(
        place_of_plan=Subquery(RecordKind.objects.filter(pk=PLAN_KIND).values("place")),
        no_plan_for=ArraySubquery(unwanted.values("visit")),
        helps=ArraySubquery(helps.values(ended=JSONArray("ended_at", "over_at"))),
    )
    together = ("document__guess", "document__case__key", "case__key", "file__key", "original__key", "put_in_by")
    asked = found.select_related(*together)
    return once(("ready", case, among, with_private), lambda: list(asked))


def _is_plan(version: Any, visit: Visit) -> bool:
    """Whether it is the plan, which goes along unless the visit's office does not want one."""
    return bool(version.document.kind == PLAN and visit.pk not in version.no_plan_for)


def _items_by_document(visit: Visit, links: Iterable[ItemDocument]) -> dict[UUID, RecordItem]:
    """Of what goes through us, and of what is core: the record that a document is."""
    items: dict[UUID, RecordItem] = {}
    for link in links:
        item = link.item
        goes = item.route == Route.THROUGH_US or item.is_core
        if goes and item.visit_id == visit.pk and item.state != ItemState.NOT_WANTED:
            item.visit = visit  # so that its sealed words open without another look
            items[link.document_id] = item
    return items


def _part(version: Version, item: RecordItem | None, place_of_plan: int) -> Part:
    document = version.document
    heading = names.clean_line(item.kind.called if item else _("Treatment plan"))
    called = document.title or (item.which if item else "") or version.name
    ending = kinds.ending_of(called)
    if any(ending in kind.endings for kind in kinds.KINDS.values()):
        called = called[: -len(ending)]
    return Part(
        number=0,
        version=version,
        item=item,
        place=item.kind.place if item else place_of_plan,
        heading=heading,
        title=names.clean_line(called) or heading,
        author=names.clean_line(_author(document, item)),
        dated=_dated(document),
    )


def _author(document: Document, item: RecordItem | None) -> str:
    if document.author_said_by_id and document.author:
        return document.author
    return item.holder.name if item and item.holder else ""


def _day(document: Document) -> date:
    return document.dated_on or _guessed(document) or when.as_date(document.put_in_at)


def _guessed(document: Document) -> date | None:
    """The day that is written on it, where nobody has said another."""
    guess = words.guess_of(document)
    is_written = guess is not None and guess.dated_from == Guess.From.TEXT and document.dated_said_by_id is None
    return guess.dated_on if guess and is_written else None


def _dated(document: Document) -> str:
    """Its day as somebody said it or as we read it; else the day it came to us, named as such."""
    if document.dated_on:
        return when.month_day(document.dated_on, year=True)
    if guessed := _guessed(document):
        return _("%(day)s, as we read it") % {"day": when.month_day(guessed, year=True)}
    return _("Came to us %(day)s") % {"day": when.month_day(document.put_in_at, year=True)}
