"""The pages of offices, as the case file lists them: how each stands, and what the team may do about it."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.models import Case
from cases.desk.letters.states import LetterKind
from cases.desk.links.actions import standing_of, why_not_again
from cases.desk.links.rules import Standing
from cases.desk.models import OfficeLink
from portal import when

TAGS = {
    Standing.OPEN: (gettext_lazy("Open"), "ok"),
    Standing.ASLEEP: (gettext_lazy("Asleep"), "info"),
    Standing.LOCKED: (gettext_lazy("Locked"), "warn"),
    Standing.OVER: (gettext_lazy("Closed"), ""),
}
VERBS = {
    Standing.OPEN: ("new-code", "close"),
    Standing.ASLEEP: ("new-code", "close"),
    Standing.LOCKED: ("unlock", "new-code", "close"),
    Standing.OVER: (),
}
OPENS = {Standing.OPEN, Standing.ASLEEP}  # a letter wakes one that sleeps
LABELS = {
    "unlock": gettext_lazy("Unlock"),
    "new-code": gettext_lazy("New code"),
    "close": gettext_lazy("Close"),
}


def of_case(case: Case, reader: Any) -> QuerySet[OfficeLink]:
    """The links of a case, the latest first."""
    found = OfficeLink.objects.visible_to(reader).filter(visit__case=case).select_related("office", "visit__case")
    return found.order_by("-made_at", "pk")


def rows(links: Iterable[OfficeLink]) -> list[dict[str, Any]]:
    """A row for each of all the links of a case. No query."""
    links = list(links)
    standing = {(link.visit_id, link.office_id) for link in links if link.ended_at is None}
    return [_row(link, standing) for link in links]


def _row(link: OfficeLink, standing: Collection[tuple[UUID, UUID]]) -> dict[str, Any]:
    stands = standing_of(link)
    label, kind = TAGS[stands]
    parts = [f"{link.get_ended_why_display()}."] if link.ended_why else []
    if link.opened_at:
        parts.append(_("Last opened %(when)s.") % {"when": when.moment(link.opened_at)})
    else:
        parts.append(_("Never opened."))
    verbs = [{"label": LABELS[verb], "url": reverse("desk:move_link", args=[link.pk, verb])} for verb in VERBS[stands]]
    letter = reverse("desk:new_letter", args=[LetterKind.CODE, link.pk]) if stands in OPENS else ""
    text = " ".join(parts)
    name = link.office.name
    may_again = stands == Standing.OVER and not why_not_again(link, standing)
    again = reverse("desk:open_again", args=[link.pk]) if may_again else ""
    return {"again": again, "name": name, "label": label, "kind": kind, "text": text, "letter": letter, "verbs": verbs}
