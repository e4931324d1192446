"""What an earlier visit of a case leaves to the next one: who has what, added records, files that are here."""

from uuid import UUID

from django.db.models import Exists, OuterRef

from cases.records import rules
from cases.records.items.telling import REFERRAL_KIND, VISIT_PARTS
from cases.records.models import ItemDocument, RecordItem, Visit
from cases.records.standing import SENT_OR_THERE

TOGETHER = ("holder", *(f"visit__{part}" for part in VISIT_PARTS))


def earlier_items(visit: Visit) -> dict[str, RecordItem]:
    """The wanted records of the visit before this one, by kind; it took place or was called off."""
    before = visit.case.visits.exclude(pk=visit.pk).exclude(named_at=None).order_by("-named_at").first()
    if before is None:
        return {}
    items = before.items.wanted().select_related("holder", "visit__case__key")
    return {item.kind_id: item for item in items}


CARRIED_OVER = (
    "state",
    "route",
    "known_by",
    "asked_by_us",
    *rules.ALL_DATES,
    "carrier",
    "tracking",
    "due_back_on",
)


def there_already(visit: Visit) -> dict[str, RecordItem]:
    """What arrived at this very office for an earlier visit of the case, or is on its way there, by kind."""
    if visit.office_id is None:
        return {}
    visits = visit.case.visits.exclude(pk=visit.pk).filter(office=visit.office).exclude(named_at=None)
    before = visits.order_by("-named_at").first()
    if before is None:
        return {}
    items = before.items.filter(state__in=SENT_OR_THERE, back_on=None).select_related(*TOGETHER)
    if before.round != visit.round:  # each round has a referral of its own
        items = items.exclude(kind=REFERRAL_KIND)
    return {item.kind_id: item for item in items}


def already_here(visit: Visit) -> set[UUID]:
    """The items of a visit whose files came for an earlier visit of the case. One query."""
    before = ItemDocument.objects.filter(document=OuterRef("document"), linked_at__lt=OuterRef("linked_at"))
    links = ItemDocument.objects.filter(Exists(before.exclude(item__visit=visit)), item__visit=visit)
    return set(links.values_list("item_id", flat=True))
