"""One paper as its page shows it: the page that is open, the choices of the three presses, what would be read."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.desk.letters.states import LetterKind
from cases.desk.tray import choices, finding, preview, rules, strips, words
from cases.desk.tray.choices import Choice
from cases.desk.tray.forms import OrderForm, mark_of
from cases.desk.tray.models import Incoming, IncomingPage
from cases.desk.tray.orders import Filing
from cases.desk.tray.states import OF_RECORD, About, Said, TrayState
from portal import clock
from portal.actors import Actor
from portal.errors import Refused

SIZES = [100, 150, 200]
SOMEBODY_ELSE = "other"


class Desk:
    """The paper on the desk, for one reader."""

    def __init__(self, paper: Incoming, form: OrderForm, user: Any):
        self.paper, self.form, self.user = paper, form, user
        self.also: list[str] = []  # sentences for the top of the page
        self.number, self.size = 1, SIZES[0]
        self.sentence = ""
        if paper.state == TrayState.WAITING:
            self._look()

    def _look(self) -> None:
        """Carry the order out for a look, where it is whole."""
        if self.order is None or not self.paper.can_be_filed:
            return
        try:
            self.sentence = preview.sentence(self.paper, self.order, by=Actor.person(self.user))
        except Refused as refused:
            self.also.append(str(refused.message))

    # --- whose ---

    @cached_property
    def proposed(self) -> Case | None:
        return finding.proposed(self.paper, self.user)

    @cached_property
    def found(self) -> list[Case]:
        """The proposed case, the chosen one, and those that fit what was typed."""
        typed = self.form.said_of("find")
        cases = [self.proposed] if self.proposed else []
        if chosen := self._asked_for:
            cases.append(chosen)
        cases += finding.matching(typed, self.user) if typed else []
        return list({case.pk: case for case in cases}.values())

    @cached_property
    def _asked_for(self) -> Case | None:
        whose = self.form.said_of("whose")
        if not whose or whose == SOMEBODY_ELSE:
            return None
        return next((case for case in _by_id(finding.open_cases(self.user), whose)), None)

    @cached_property
    def case(self) -> Case | None:
        """Whose it is, as chosen; before anybody chose, as the machine read it."""
        return self._asked_for if self.form.is_bound else self.proposed

    @property
    def whose(self) -> list[dict[str, Any]]:
        return [
            {
                "value": str(case.pk),
                "name": case.patient.name,
                "hint": case.reference,
                "is_proposed": case == self.proposed,
                "is_chosen": self.case is not None and case.pk == self.case.pk,
            }
            for case in self.found
        ]

    @property
    def is_somebody_else(self) -> bool:
        return self.case is None and (self.form.is_bound or self.proposed is None)

    @property
    def found_nobody(self) -> bool:
        typed = self.form.said_of("find").strip()
        return bool(typed) and not finding.matching(typed, self.user)

    # --- about what, and what it says ---

    @cached_property
    def offered(self) -> list[Choice]:
        mark = self.paper.mark if self.case == self.proposed else ""
        found = choices.of_case(self.case, mark) if self.case else []
        return found if self.paper.pages else [each for each in found if each.takes_answer or each.value == About.OTHER]

    @cached_property
    def chosen(self) -> Choice | None:
        """As pressed; before any press the strip of the letter, its one record, or the only one that waits."""
        if self.form.is_bound:
            return self.form.chosen(self.offered)
        asked = [each for each in self.offered if each.is_asked_by_it]
        asked = [each for each in asked if each.letter] or asked
        waiting = [each for each in self.offered if each.is_waiting] if self.proposed else []
        likely = asked or waiting
        return likely[0] if len(likely) == 1 else None

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        """The strip of the letter or records that wait at an office, other records, other strips, and what is no
        record: but for the first behind a press each, unless the choice stands there.
        """
        answers = [each for each in self.offered if each.takes_answer]
        records = [each for each in answers if not each.letter]
        asked = [each for each in answers if each.letter and each.is_asked_by_it]
        first = asked or [each for each in answers if each.is_waiting] or records[:1]
        rest = [each for each in records if each not in first]
        strip = [each for each in answers if each.letter and each not in first]
        others = [each for each in self.offered if not each.takes_answer]
        named = [
            ("", first),
            (_("Another record"), rest),
            (_("The strip of a letter"), strip),
            (_("A report, permission or letter"), others),
        ]
        return [
            {"key": number, "label": label, "choices": some, "is_open": self.chosen in some}
            for number, (label, some) in enumerate(named)
            if some
        ]

    @property
    def asks_what_it_says(self) -> bool:
        return self.chosen is not None and self.chosen.takes_answer

    @property
    def said(self) -> list[dict[str, Any]]:
        is_lent = bool(self.chosen and self.chosen.item and self.chosen.item.is_lent)
        offered = [each for each in OF_RECORD if each != Said.IS_IT or (self.paper.pages and not is_lent)]
        if self.chosen and self.chosen.letter:
            offered = list(strips.OFFERED[self.chosen.letter.kind])
        now = self.form.said_of("said")
        item = self.chosen.item if self.chosen else None
        labels = {each: words.said_of(item, each) for each in offered}
        return [{"value": each.value, "label": label, "is_chosen": each == now} for each, label in labels.items()]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Each record of a strip that names several, with what can be said of it by itself."""
        found = self.chosen
        if found is None or found.letter is None or len(found.items) < 2:
            return []
        for_all = _("As above") if self.form.said_of("said") not in strips.TROUBLE else _("Nothing said")
        options = [("", for_all), *((each.value, each.label) for each in strips.OF_ONE[found.letter.kind])]
        options += [(strips.NOTHING, _("Nothing said"))] if for_all != _("Nothing said") else []
        return [{"item": item, "now": self.form.own(item), "options": options} for item in found.items]

    @property
    def is_by_line(self) -> bool:
        """Whether something is said of one record alone, or has to be."""
        said = any(line["now"] for line in self.lines)
        return said or self.form.said_of("said") in strips.TROUBLE

    @property
    def must_say_which(self) -> bool:
        """Trouble is said, and of no record."""
        return self.form.said_of("said") in strips.TROUBLE and self.order is None

    @property
    def is_report(self) -> bool:
        return bool(self.chosen and self.chosen.letter and self.chosen.letter.kind == LetterKind.REPORT)

    @cached_property
    def order(self) -> Filing | None:
        if self.case is None or self.chosen is None or (self.form.is_bound and not self.form.is_valid()):
            return None
        return self.form.filing(self.case, self.chosen, bool(self.paper.pages))

    @property
    def sentences(self) -> list[str]:
        """What the patient will read, record by record."""
        return self.sentence.splitlines()

    @property
    def mark(self) -> str:
        return mark_of(self.sentence) if self.sentence else ""

    @property
    def may_file(self) -> bool:
        """Whether all presses are made and this very sentence was on the page."""
        return bool(self.sentence) and self.form.said_of("shown") == self.mark

    # --- the pages ---

    def choose_page(self, number: int, size: int) -> None:
        self.number = min(max(number, 1), max(self.paper.pages, 1))
        self.size = size if size in SIZES else SIZES[0]

    @cached_property
    def pages(self) -> list[IncomingPage]:
        return list(self.paper.page_images.defer("text").order_by("number"))

    @cached_property
    def page(self) -> IncomingPage | None:
        found = self.paper.page_images.filter(number=self.number).first()
        if found is not None:
            found.incoming = self.paper
        return found

    @property
    def larger(self) -> int:
        return SIZES[(SIZES.index(self.size) + 1) % len(SIZES)]

    # --- its words ---

    @property
    def heading(self) -> str:
        return words.heading(self.paper)

    @property
    def title(self) -> str:
        return words.from_whom(self.paper)

    @property
    def why_not(self) -> str:
        return rules.why_not_paper(self.paper.check_state)

    @property
    def came_back(self) -> str:
        return str(words.CAME_BACK.get(self.paper.came_back, ""))

    @property
    def asks_why(self) -> bool:
        return rules.asks_why(self.paper.settled_at, self.paper.settled_by == self.user, clock.now())

    @property
    def whys(self) -> list[tuple[str, Any]]:
        return list(words.WHYS.items())

    @property
    def settled(self) -> str:
        return words.settled(self.paper)


def _by_id(cases: QuerySet[Case], typed: str) -> QuerySet[Case]:
    try:
        return cases.filter(pk=UUID(typed))
    except ValueError:
        return cases.none()
