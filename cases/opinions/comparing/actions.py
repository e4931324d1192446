"""Writing lines of the comparison, changing them, taking them away and putting them back."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.actions import must
from cases.case.models import Case, Clinician
from cases.case.people import role_for
from cases.opinions.comparing import lengths, rules
from cases.opinions.comparing.models import ROLES, Point, Source
from cases.opinions.comparing.rules import OF_ONE
from cases.records.items.telling import lock_case
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

Pages = dict[str, tuple[int, int | None]]  # doctor's role → from which page to which
Doctors = dict[str, Clinician]  # by role


@transaction.atomic
def add(
    case: Case,
    *,
    topic: str,
    text: str,
    pages: Pages,
    pk: UUID | None = None,
    shown: Mapping[str, str] | None = None,
    by: Actor,
) -> Point:
    """Write a line, from a doctor's paper alone. `pk` is the id that the page gave the press: twice is once. `shown`:
    the doctors that the page named, by role.

    Raises Refused for who may not, for a line that cannot stand, for one too many, and where another doctor has the
    role since (code "changed").
    """
    must("write_opinions", case, by)
    lock_case(case)
    if pk and (there := Point.objects.filter(pk=pk).first()):
        if there.case_id != case.pk:
            raise Refused(_("This cannot be done here."), code="input")
        return there
    doctors = _doctors(case)
    _check_shown(doctors, pages, shown or {})
    _check(case, topic, text, pages, doctors, by)
    if reason := rules.why_not_another(Point.objects.standing().filter(case=case).count()):
        raise Refused(reason, code="state")
    role = role_for("write_opinions", case, by)
    point = Point(case=case, topic=topic, put_in_by=by.user, put_in_as=role, put_in_at=clock.now())
    point.pk = pk or point.pk
    point.role, point.text = _whose(topic, pages), text.strip()
    point.save(force_insert=True)
    _point_to(point, pages, doctors)
    _tell(by, "added", point)
    return point


@transaction.atomic
def change(
    point: Point,
    *,
    topic: str,
    text: str,
    pages: Pages,
    seen: int,
    shown: Mapping[str, str] | None = None,
    renamed: Mapping[str, str] | None = None,
    by: Actor,
) -> Point:
    """Other words, or another page. The doctor for whom it was written stays, whoever has that role now; but for the
    roles of `renamed`: there it is the same doctor by another name, who is named now as given.

    Raises Refused also when somebody changed it meanwhile (code "changed").
    """
    point = _locked(point, by)
    sources = list(point.sources.select_related("clinician"))
    stands = {source.role: (source.page, source.page_to) for source in sources}
    now_named, renamed = _doctors(point.case), renamed or {}
    own = {source.role: source.clinician for source in sources}
    doctors = now_named | {role: doctor for role, doctor in own.items() if role not in renamed}
    is_same = all(doctors[role] == clinician for role, clinician in own.items())
    if is_same and (point.topic, point.text, stands) == (topic, text.strip(), pages):
        return point
    if point.removed_at:
        raise Refused(_("This line was taken away meanwhile. Put it back first."), code="state")
    if point.version != seen:
        raise Refused(_("This line was changed meanwhile. Look at it, then say it again."), code="changed")
    _check_shown(now_named | own, pages, shown or {})
    _check_shown(now_named, renamed, renamed)
    _check(point.case, topic, text, pages, doctors, by)
    point.topic, point.role, point.text = topic, _whose(topic, pages), text.strip()
    point.changed_by, point.changed_at, point.version = by.user, clock.now(), point.version + 1
    point.save(update_fields=["topic", "role", "text", "changed_by", "changed_at", "version"])
    point.sources.all().delete()
    _point_to(point, pages, doctors)
    _tell(by, "changed", point)
    return point


@transaction.atomic
def remove(point: Point, *, by: Actor) -> Point:
    """Take a line away; twice it is away once."""
    point = _locked(point, by)
    if point.removed_at is None:
        _set_removed(point, True, by)
    return point


@transaction.atomic
def put_back(point: Point, *, by: Actor) -> Point:
    """Put it back as it stood."""
    point = _locked(point, by)
    if point.removed_at:
        if reason := rules.why_not_another(Point.objects.standing().filter(case=point.case).count()):
            raise Refused(reason, code="state")
        _set_removed(point, False, by)
    return point


def _set_removed(point: Point, is_removed: bool, by: Actor) -> None:
    point.removed_at, point.removed_by = (clock.now(), by.user) if is_removed else (None, None)
    point.version += 1
    point.save(update_fields=["removed_at", "removed_by", "version"])
    _tell(by, "removed" if is_removed else "put_back", point)


def _locked(point: Point, by: Actor) -> Point:
    must("write_opinions", point.case, by)
    lock_case(point.case)
    point = Point.objects.select_related("case__patient", "case__key").get(pk=point.pk)
    is_own = by.user is not None and point.put_in_by_id == by.user.pk
    if not rules.may_change(role_for("write_opinions", point.case, by), is_own):
        raise Refused(_("These are somebody else’s words. Write a line of your own."), code="role")
    return point


def _doctors(case: Case) -> Doctors:
    links = case.clinicians.filter(role__in=ROLES).select_related("clinician")
    return {link.role: link.clinician for link in links}


def _check_shown(doctors: Doctors, roles: Iterable[str], shown: Mapping[str, str]) -> None:
    if any(shown.get(role) and not doctors[role].is_called(shown[role]) for role in roles if role in doctors):
        raise Refused(_("Another doctor was named meanwhile. Look at it, then say it again."), code="changed")


def _check(case: Case, topic: str, text: str, pages: Pages, doctors: Doctors, by: Actor) -> None:
    names = {role: clinician.name for role, clinician in doctors.items()}
    reason = rules.why_not_line(topic, text, pages, names)
    if reason := reason or rules.why_not_pages(pages, lengths.of_papers(case, by.user, names), names):
        raise Refused(reason, code="input")


def _whose(topic: str, pages: Pages) -> str:
    return next(iter(pages)) if topic in OF_ONE else ""


def _point_to(point: Point, pages: Pages, doctors: Doctors) -> None:
    Source.objects.bulk_create(
        Source(
            point=point,
            role=role,
            clinician=doctors[role],
            page=first,
            page_to=last if last and last > first else None,
        )
        for role, (first, last) in pages.items()
    )


def _tell(by: Actor, verb: str, point: Point) -> None:
    record(by, f"opinions.{verb}", point, patient=point.case.patient_id, case=point.case_id)
