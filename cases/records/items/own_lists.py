"""What the second office truly needs on the day: its own list, once known, replaces ours."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from cases.case.models import Office
from cases.records.models import RecordKind, Visit
from portal.actors import Actor
from portal.history.actions import record


def is_core(kind: RecordKind, office: Office | None) -> bool:
    """Whether this office needs a record on the day: by its own list, else by ours."""
    return kind.pk in office.asks_for if office and office.asks_for else kind.is_core


def kinds_to_lay(office: Office | None, *, also: Iterable[str] = ()) -> QuerySet[RecordKind]:
    """What a visit there begins with: the usual records, whatever else the office asks for, and `also`."""
    wanted = [*also, *(office.asks_for if office else [])]
    return RecordKind.objects.filter(Q(is_laid_at_start=True) | Q(pk__in=wanted))


def weigh_anew(visit: Visit, *, by: Actor) -> None:
    """Another list holds than when the records were laid out: core is what it names. The caller replans."""
    for item in visit.items.select_related("kind"):
        if item.is_core != (core := is_core(item.kind, visit.office)):
            item.is_core = core
            item.version += 1
            item.save(update_fields=["is_core", "version"])
            why = "core" if core else "can_follow"
            record(by, "item.core_set", item, patient=visit.case.patient_id, case=visit.case_id, why=why)
