"""Files as the pages list them, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils.functional import SimpleLazyObject

from cases.case.models import Case
from cases.case.people import may, role_in
from cases.documents import rules, subjects, words
from cases.documents.models import OTHER, Document, DocumentQuerySet, Version
from cases.documents.verdicts import ERASED, REFUSED
from portal import clock
from portal.accounts.models import User
from portal.history.models import Event


@dataclass(frozen=True)
class Row:
    """One document in its newest version, with what this reader may do."""

    document: Document
    version: Version
    older: list[Version]
    verbs: list[str]
    kind_names: dict[str, str]
    reader: User
    role: str = ""  # of the reader
    apart: list[Version] = field(default_factory=list)  # versions that were taken back by themselves

    @property
    def name(self) -> str:
        return self.document.title or self.version.name

    @property
    def ending(self) -> str:
        return self.version.own_kind.short

    @property
    def about(self) -> str:
        return words.about(self.version)

    @property
    def tag(self) -> dict[str, str]:
        return words.tag(self.version)

    @property
    def text(self) -> str:
        return words.explanation(self.version)

    @property
    def gone(self) -> str:
        """Of a file that was taken back: by whom, when, and until when it can be put back."""
        if self.document.withdrawn_at is None:
            return ""
        until = self.document.withdrawn_at + rules.KEPT_AFTER_WITHDRAWAL if "restore" in self.verbs else None
        return words.taken_back(self.document, self.reader, until=until)

    @property
    def added(self) -> str:
        return words.version_added(self.version, self.reader)

    @property
    def changed(self) -> str:
        """What is other than in the version before."""
        return words.version_changed(self.version, self.older[0]) if self.older else ""

    @property
    def earlier(self) -> list[dict[str, object]]:
        """The older versions, newest first: each with who added it and what it changed."""
        pairs = zip_longest(self.older, self.older[1:])
        return [
            {
                "version": version,
                "added": words.version_added(version, self.reader),
                "changed": words.version_changed(version, before) if before else "",
                "may_go": self._may_go(version),
            }
            for version, before in pairs
        ]

    @property
    def may_go(self) -> bool:
        """Whether this reader may take the newest version back by itself."""
        return self._may_go(self.version)

    def _may_go(self, version: Version) -> bool:
        others = [each for each in (self.version, *self.older) if each.pk != version.pk and each.state != REFUSED]
        is_own, is_made = version.put_in_by_id == self.reader.pk, bool(version.made_of)
        return not (self.document.withdrawn_at or rules.why_not_take_version(self.role, is_own, is_made, bool(others)))

    @property
    def taken_back(self) -> list[dict[str, object]]:
        """The versions that were taken back by themselves and that this reader may put back, with what is said."""
        told = []
        for version in self.apart:
            is_own, took_it_back = (version.put_in_by_id == self.reader.pk, version.withdrawn_by_id == self.reader.pk)
            at = version.withdrawn_at
            if not rules.why_not_restore(self.role, is_own, took_it_back, at, clock.now()):
                said = words.taken_back(version, self.reader, until=at + rules.KEPT_AFTER_WITHDRAWAL)
                told.append({"version": version, "said": said})
        return told

    @property
    def facts(self) -> list[str]:
        """What it is, from whom, of which day: what is known of it."""
        kind = "" if self.document.kind == OTHER else self.kind_names.get(self.document.kind, "")
        return [fact for fact in (kind, words.written_by(self.document), words.dated(self.document)) if fact]

    @property
    def guessed_kind(self) -> str:
        """The code of what it seems to be, while nobody has said what it is; "" when it is that already."""
        guess = words.guess_of(self.document)
        if guess is None or self.document.kind_said_by_id or guess.kind == self.document.kind:
            return ""
        return guess.kind if guess.kind in self.kind_names else ""

    @property
    def guessed_kind_name(self) -> str:
        return self.kind_names.get(self.guessed_kind, "")

    @property
    def is_page(self) -> bool:
        """Whether it is a photo that is a page of a letter."""
        return hasattr(self.document, "page_of")

    @property
    def is_locked_pdf(self) -> bool:
        return self.version.state == Version.State.LOCKED and self.version.kind == "pdf"


def rows_of(case: Case, user: User, *, kind: str = "") -> list[Row]:
    """The files of a case that this person may see, newest first; taken-back ones last.

    Photos that are pages of a joined document they see are left out.
    """
    documents = with_versions(Document.objects.visible_to(user)).filter(case=case).order_by("-put_in_at", "pk")
    documents = documents.without_pages(user)
    if kind:
        documents = documents.filter(kind=kind)
    return sorted(_rows(documents, case, user), key=lambda row: row.document.withdrawn_at is not None)


def with_versions(documents: DocumentQuerySet, **also: Any) -> DocumentQuerySet:
    """The documents with all that a row of them tells; their versions annotated with more than that."""
    versions = Version.objects.annotate(**also).select_related("put_in_by", "withdrawn_by").order_by("-number")
    related = documents.select_related("guess", "withdrawn_by", "page_of")
    return related.prefetch_related(Prefetch("versions", versions))


def row_of(document: Document, user: User) -> Row | None:
    """One file, from `with_versions`, as this person sees it; None when it was erased just now."""
    return next(iter(_rows([document], document.case, user)), None)


def _rows(documents: Iterable[Document], case: Case, user: User) -> list[Row]:
    role = role_in(case, user)
    kind_names: Any = SimpleLazyObject(_kind_names)  # many a list needs none of them
    rows = []
    for document in documents:
        # None: it was erased just now; emptied ones stay for what a review tells of them, and are no file any more.
        versions_of = [version for version in document.versions.all() if version.reason != ERASED]
        if versions_of:
            live = [version for version in versions_of if version.withdrawn_at is None]
            here = live if live and document.withdrawn_at is None else versions_of
            first, *older = here
            apart = [version for version in versions_of if version not in here and not version.made_of]
            verbs = _verbs(document, role, user)
            if first.state == Version.State.STUCK and role in rules.PEOPLE and document.withdrawn_at is None:
                verbs.append("check")
            rows.append(Row(document, first, older, verbs, kind_names, user, role, apart))
    return rows


def _kind_names() -> dict[str, str]:
    return {subject.code: subject.name for subject in subjects.choices()}


def here(case: Case, user: User, *, kind: str) -> list[Row]:
    """The files of one kind that were not taken back, in the order they were put in."""
    return [row for row in reversed(rows_of(case, user, kind=kind)) if row.document.withdrawn_at is None]


def lately_added(case: Case, user: User) -> list[Row]:
    """What this person put in within the last day, whatever it is, in that order."""
    since = clock.now() - rules.LATELY
    rows = [row for row in rows_of(case, user) if row.document.put_in_by_id == user.pk]
    rows = [row for row in rows if row.version.put_in_by_office is None]
    return [row for row in reversed(rows) if row.document.put_in_at > since and row.document.withdrawn_at is None]


def traces(case: Case, user: User) -> list[str]:
    """Files that this person had added or opened and that were taken back since, out of their sight."""
    if not may("read_documents", case, user):
        return []
    gone = Document.objects.filter(case=case, withdrawn_at__isnull=False, only_me=False)
    if not user.role and not may("see_private_words", case, user):
        gone = gone.filter(is_private=False)
    gone = gone.exclude(pk__in=Document.objects.visible_to(user)).order_by("-withdrawn_at")
    taken_back = list(gone.select_related("withdrawn_by"))
    if not taken_back:
        return []
    versions = dict(Version.objects.filter(document__in=taken_back).values_list("pk", "document_id"))
    looked = Event.objects.filter(patient=case.patient_id, actor_id=user.pk, about_id__in=map(str, versions))
    looked = looked.filter(verb__in=["document.opened", "document.downloaded"]).values_list("about_id", flat=True)
    seen = {versions[UUID(about)] for about in looked}
    return [
        words.trace(document, is_own=_is_of(document, user))
        for document in taken_back
        if document.pk in seen or _is_of(document, user)
    ]


def _is_of(document: Document, user: User) -> bool:
    return document.put_in_by_id == user.pk


def newest(document: Document) -> Version | None:
    """Whatever its state; None of a document that was erased just now."""
    return newest_of(document.versions.all())


def newest_of(versions: Iterable[Version]) -> Version | None:
    """The newest, but one that was taken back only where there is no other."""
    return max(versions, key=lambda version: (version.withdrawn_at is None, version.number), default=None)


def _verbs(document: Document, role: str, user: User) -> list[str]:
    is_own = _is_of(document, user)
    if document.withdrawn_at:
        took_it_back = document.withdrawn_by_id == user.pk
        refused = rules.why_not_restore(role, is_own, took_it_back, document.withdrawn_at, clock.now())
        return [] if refused else ["restore"]
    verbs = [] if rules.why_not_withdraw(role, is_own) else ["withdraw"]
    if not rules.why_not_hide(role):
        verbs.append("share" if document.only_me else "hide")
    if not rules.why_not_describe(role, is_own):
        verbs.append("describe")
    return verbs
