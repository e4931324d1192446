"""Each look at a file, each copy taken and each refusal is a line that the patient reads, with its reason.

A look is one person, one version and half an hour: pages turned, thumbnails and words read within it belong to
it, and so do refusals of the same file. A copy that leaves is a line each time.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from cases.case.models import Case
from cases.case.people import role_in
from cases.documents import lists, rules
from cases.documents.models import PageImage, Version
from portal import clock, looks
from portal.actors import Actor
from portal.history.actions import record, record_once
from portal.history.models import Event

KINDS = ("version", "document")
WHY = {
    "patient": "own",
    "helper": "helping",
    "consultant": "preparing",
    "second_reader": "reading_along",
    "urgent_reader": "urgent",
    "coordinator": "care",
}


def _why(version: Version, by: Actor) -> str:
    role = role_in(version.case, by)
    return "put_in" if role == "helper" and version.put_in_by_id == by.id else WHY.get(role, "")


def note_opening(version: Version, *, by: Actor) -> None:
    """The version was read, or a part of it: a page, a thumbnail, its words."""
    looks.told(version.case.pk)
    if (is_noted := getattr(version, "is_look_noted", None)) is None:  # else a query has told already, by `noted_of`
        is_noted = _was_noted("document.opened", version, by)
    if not is_noted:
        _note_once("document.opened", version, _why(version, by), by)


def noted_by(by: Actor) -> Exists:
    """Annotates a version, as `is_look_noted`, with whether this person's look at it stands on record."""
    return noted_of("pk", "case", by.id)


def noted_of(version: str, case: str, person: UUID | None) -> Exists:
    """Whether a person's look stands on record, as a part of a query; with the paths to the version and its case."""
    noted = Event.objects.filter(patient=OuterRef(f"{case}__patient"), at__gte=clock.now() - rules.ONE_LOOK)
    about = Cast(OuterRef(version), CharField())
    return Exists(noted.filter(verb="document.opened", about_id=about, actor_id=person))


def note_copy(version: Version, *, is_original: bool = False, by: Actor) -> None:
    """A copy left for the person's own device."""
    why = "original" if is_original else _why(version, by)
    _note("document.downloaded", version, why, by)


def note_search(case: Case, *, by: Actor) -> None:
    """Words were looked for in the files of a case; which ones is nobody's to know."""
    noted = Event.objects.filter(patient=case.patient_id, at__gte=clock.now() - rules.ONE_LOOK, actor_id=by.id)
    looks.told(case.pk)
    if not noted.filter(verb="document.searched", about_id=str(case.pk)).exists():
        why = WHY.get(role_in(case, by), "") if by.id != case.patient_id else ""
        record(by, "document.searched", case, patient=case.patient_id, case=case.pk, why=why)


def may_know(model: Any, pk: UUID, user: Any) -> bool:
    """Whether it is there for this person, in whatever state. `model` as for `note_denial`."""
    if model is PageImage:
        return Version.objects.visible_to(user).filter(page_images=pk).exists()
    return bool(model.objects.visible_to(user).filter(pk=pk).exists())


def note_denial(model: Any, pk: UUID, *, by: Actor) -> None:
    """Someone asked for a file that is not theirs: on record, though they are told that nothing is there.

    `model` is Document, Version or PageImage.
    """
    path = "version__case" if model is PageImage else "case"
    thing = model.objects.filter(pk=pk).select_related(path).first()
    if thing is None:
        return
    _note_once("document.denied", thing.version if model is PageImage else thing, "", by)


def note_case_denial(pk: UUID, *, by: Actor) -> None:
    """The same at the pages about all files of a case: its list, search, adding, joining."""
    case = Case.objects.filter(pk=pk).first()
    if case is None:
        return
    since = clock.now() - rules.ONE_LOOK
    record_once(by, "document.denied", case, since=since, patient=case.patient_id, case=case.pk)


def names_of(events: Iterable[Event], reader: Any) -> dict[str, str]:
    """What the files are called that these lines are about, by id, where the reader may know them; one query.

    A line itself holds no name.
    """
    told = list(events)
    return names_in(told, files_of(told, reader))


def files_of(events: Iterable[Event], reader: Any) -> QuerySet[Version]:
    """The files that these lines are about, where the reader may know them."""
    ids = _ids_of(events)
    if not any(ids.values()):
        return Version.objects.none()
    asked = Q(pk__in=ids["version"]) | Q(document__in=ids["document"])
    return Version.objects.visible_to(reader).filter(asked).select_related("document")


def _ids_of(events: Iterable[Event]) -> dict[str, list[str]]:
    told = list(events)
    return {kind: [event.about_id for event in told if event.about_type == f"documents.{kind}"] for kind in KINDS}


def names_in(events: Iterable[Event], files: Iterable[Version]) -> dict[str, str]:
    """`names_of`, from what `files_of` found."""
    of_document: dict[UUID, list[Version]] = {}
    names = {}
    for version in files:
        of_document.setdefault(version.document_id, []).append(version)
        names[str(version.pk)] = version.document.title or version.name
    for pk in _ids_of(events)["document"]:
        newest = lists.newest_of(of_document.get(UUID(pk), ()))
        names[pk] = newest.document.title or newest.name if newest else ""
    return names


def _note_once(verb: str, about: Any, why: str, by: Actor) -> None:
    """One line in half an hour, though a browser asks for many pages at once."""
    since = clock.now() - rules.ONE_LOOK
    record_once(by, verb, about, since=since, patient=about.case.patient_id, case=about.case_id, why=why)


def _was_noted(verb: str, about: Any, by: Actor) -> bool:
    return Event.objects.filter(
        patient=about.case.patient_id,
        at__gte=clock.now() - rules.ONE_LOOK,
        verb=verb,
        about_id=str(about.pk),
        actor_id=by.id,
    ).exists()


def _note(verb: str, about: Any, why: str, by: Actor) -> None:
    record(by, verb, about, patient=about.case.patient_id, case=about.case_id, why=why)
