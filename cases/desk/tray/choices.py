"""What a paper of one case can be about: records that wait at an office first."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.desk.letters.models import LetterItem
from cases.desk.tray.marks import number_of
from cases.desk.tray.states import About
from cases.records.models import RecordItem
from cases.records.release import rules as release_rules
from cases.records.states import IN_TROUBLE, THERE, UNASKED, ItemState
from portal import when

AT_AN_OFFICE = frozenset({ItemState.ASKED, ItemState.ACKNOWLEDGED, *IN_TROUBLE})


@dataclass(frozen=True)
class Choice:
    """One thing that a paper can be about; `value` is "item:<id>", "release:<id>", or an `About` alone."""

    value: str
    label: str
    hint: str = ""
    item: RecordItem | None = None
    is_asked_by_it: bool = False  # the letter that the paper answers asks for it

    @property
    def about(self) -> str:
        return self.value.partition(":")[0]

    @property
    def is_waiting(self) -> bool:
        return self.is_asked_by_it or (self.item is not None and self.item.state in AT_AN_OFFICE)

    @property
    def takes_answer(self) -> bool:
        return self.about == About.ITEM


def of_case(case: Case, mark: str = "") -> list[Choice]:
    """Every choice, in the order in which they are offered: what the letter of this mark asks for comes first."""
    asked = set(
        LetterItem.objects.filter(letter__case=case, letter__number=number_of(mark)).values_list("item", flat=True)
    )
    items = sorted(_items(case), key=lambda item: item.pk not in asked)
    found = [
        Choice(f"item:{item.pk}", _called(item), _hint(item, mark if item.pk in asked else ""), item, item.pk in asked)
        for item in items
    ]
    found.append(Choice(About.REPORT, str(About.REPORT.label)))
    found += _permissions(items)
    found.append(Choice(About.AUTHORITY, str(About.AUTHORITY.label)))
    found.append(Choice(About.OTHER, str(About.OTHER.label)))
    return found


def _items(case: Case) -> list[RecordItem]:
    together = ("kind", "holder", "visit__case__patient", "visit__case__key", "visit__office", "visit__clinician")
    found = RecordItem.objects.wanted().filter(visit__in=case.visits.live()).select_related(*together)
    return sorted(found, key=lambda item: (_order(item), item.asked_on or item.visit.case.opened_at.date()))


def _order(item: RecordItem) -> int:
    """Those that wait at an office, those not asked for, those on their way, those that are there."""
    state = ItemState(item.state)
    if state in AT_AN_OFFICE:
        return 0
    return 1 if state in UNASKED else 3 if state in THERE else 2


def _called(item: RecordItem) -> str:
    if item.holder is None:
        return item.called
    return _("%(record)s, %(office)s") % {"record": item.called, "office": item.holder.name}


def _hint(item: RecordItem, mark: str) -> str:
    if item.state in {ItemState.ASKED, ItemState.ACKNOWLEDGED} and item.asked_on:
        hint = _("Waiting since %(day)s") % {"day": when.month_day(item.asked_on)}
    else:
        hint = str(ItemState(item.state).label)
    return _("%(hint)s. Letter %(mark)s") % {"hint": hint, "mark": mark} if mark else hint


def _permissions(items: list[RecordItem]) -> list[Choice]:
    """One for each office that has something to send by a permission of its own."""
    found, seen = [], set()
    for item in items:
        if item.holder is None or item.holder_id in seen or not release_rules.can_be_released(item.kind_id, item.state):
            continue
        seen.add(item.holder_id)
        label = _("A permission for %(office)s, signed on paper") % {"office": item.holder.name}
        found.append(Choice(f"release:{item.pk}", label, item=item))
    return found
