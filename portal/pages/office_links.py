"""The pages of offices, as the case file lists them: how each stands, and what the team may do about it."""

from typing import Any

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


def of_case(case: Case, reader: Any) -> list[dict[str, Any]]:
    """A row for each link of the case, the latest first."""
    found = OfficeLink.objects.visible_to(reader).filter(visit__case=case).select_related("office", "visit__case")
    return [_row(link) for link in found.order_by("-made_at", "pk")]


def _row(link: OfficeLink) -> dict[str, Any]:
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
    again = "" if stands != Standing.OVER or why_not_again(link) else reverse("desk:open_again", args=[link.pk])
    return {"again": again, "name": name, "label": label, "kind": kind, "text": text, "letter": letter, "verbs": verbs}
