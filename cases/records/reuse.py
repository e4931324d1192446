"""What an earlier visit of a case leaves to the next one: who has what, added records, files that are here."""

from uuid import UUID

from django.db.models import Exists, OuterRef

from cases.records.models import ItemDocument, RecordItem, Visit


def earlier_items(visit: Visit) -> dict[str, RecordItem]:
    """The wanted records of the visit before this one, by kind; it took place or was called off."""
    before = visit.case.visits.exclude(pk=visit.pk).exclude(named_at=None).order_by("-named_at").first()
    if before is None:
        return {}
    items = before.items.wanted().select_related("holder", "visit__case__key")
    return {item.kind_id: item for item in items}


def already_here(visit: Visit) -> set[UUID]:
    """The items of a visit whose files came for an earlier visit of the case. One query."""
    before = ItemDocument.objects.filter(document=OuterRef("document"), linked_at__lt=OuterRef("linked_at"))
    links = ItemDocument.objects.filter(Exists(before.exclude(item__visit=visit)), item__visit=visit)
    return set(links.values_list("item_id", flat=True))
