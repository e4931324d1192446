"""What a paper of one case can be about: records that wait at an office first."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.desk.letters.models import Letter
from cases.desk.letters.states import LetterKind
from cases.desk.tray import strips
from cases.desk.tray.marks import number_of
from cases.desk.tray.states import About
from cases.records import words as record_words
from cases.records.models import RecordItem
from cases.records.release import rules as release_rules
from cases.records.states import IN_TROUBLE, THERE, UNASKED, ItemState
from portal import when

# How many records make a strip of its own; of the others two.
LEAST = {LetterKind.COVER: 1, **dict.fromkeys(strips.OF_REPORT, 0)}
AT_AN_OFFICE = frozenset({ItemState.ASKED, ItemState.ACKNOWLEDGED, *IN_TROUBLE})


@dataclass(frozen=True)
class Choice:
    """One thing that a paper can be about; `value` is "item:<id>", "letter:<id>", "release:<id>", or an `About`."""

    value: str
    label: str
    hint: str = ""
    item: RecordItem | None = None
    letter: Letter | None = None
    items: tuple[RecordItem, ...] = ()  # that the letter names
    is_asked_by_it: bool = False  # the letter that the paper answers asks for it

    @property
    def about(self) -> str:
        return self.value.partition(":")[0]

    @property
    def is_waiting(self) -> bool:
        return self.is_asked_by_it or (self.item is not None and self.item.state in AT_AN_OFFICE)

    @property
    def takes_answer(self) -> bool:
        return self.about in (About.ITEM, About.LETTER)


def of_case(case: Case, mark: str = "") -> list[Choice]:
    """Every choice, in the order in which they are offered: what the letter of this mark asks for comes first."""
    letters, number = _letters(case), number_of(mark)
    asked = {ask.item_id for letter in letters if letter.number == number for ask in letter.asks.all()}
    items = sorted(_items(case), key=lambda item: item.pk not in asked)
    strip = [_strip(letter, number) for letter in letters if _has_strip(letter, number)]
    found = sorted(strip, key=lambda each: not each.is_asked_by_it)
    found += [
        Choice(
            f"item:{item.pk}",
            _called(item),
            _hint(item, mark if item.pk in asked else ""),
            item,
            is_asked_by_it=item.pk in asked,
        )
        for item in items
    ]
    found.append(Choice(About.REPORT, str(About.REPORT.label)))
    found += _permissions(items)
    found.append(Choice(About.AUTHORITY, str(About.AUTHORITY.label)))
    found.append(Choice(About.OTHER, str(About.OTHER.label)))
    return found


def _letters(case: Case) -> list[Letter]:
    """The latest first, with what each asks for."""
    together = ("kind", "holder", "visit__case__patient", "visit__case__key", "visit__office", "visit__clinician")
    asks = Prefetch("asks__item", RecordItem.objects.select_related(*together))
    found = case.letters.filter(visit__in=case.visits.live()).select_related("office", "visit__case__key")
    return list(found.prefetch_related("asks", asks).order_by("-number"))


def _has_strip(letter: Letter, number: int) -> bool:
    """Whether it can be answered as a whole: it may be out, and has more to say than one record that was asked for."""
    is_out = letter.number == number or letter.sent_at is not None or letter.printed_at is not None
    is_known = letter.kind in strips.OFFERED and len(letter.asks.all()) >= LEAST.get(letter.kind, 2)
    return is_out and is_known


def _strip(letter: Letter, number: int) -> Choice:
    items = tuple(ask.item for ask in letter.asks.all())
    label = _("Letter %(mark)s, %(office)s") % {"mark": letter.mark, "office": letter.office.name}
    hint = record_words.listed([item.called for item in items]) or str(LetterKind(letter.kind).label)
    is_asked = letter.number == number
    return Choice(f"letter:{letter.pk}", label, hint, letter=letter, items=items, is_asked_by_it=is_asked)


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
