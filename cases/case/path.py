"""The path of a case: ten steps in four phases, and the one next thing to do. Pure: facts in, codes out.

Words are made where they are shown, from the codes; nothing here reads a clock or a table.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

SENT_HOPS: Final = frozenset({"sent", "arrived", "opens_fine"})
ARRIVED_HOPS: Final = frozenset({"arrived", "opens_fine"})
# To be asked for, or to be asked for again.
ASK_HOPS: Final = frozenset({"needed", "not_located", "incomplete", "will_not_open"})

PHASES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("decide", ("ask", "referral")),
    ("arrange", ("visit", "send", "arrive")),
    ("meet", ("meet", "report")),
    ("choose", ("compare", "talk", "choose")),
)


@dataclass(frozen=True)
class ItemFacts:
    """One thing that should reach the visit. `hop` is needed, needs_you, asked, acknowledged, held, sent,
    arrived, opens_fine, not_located, incomplete or will_not_open."""

    name: str
    hop: str = "needed"
    is_core: bool = True
    is_plan: bool = False
    needs: str = ""  # signature, identity, choice, fee or plan, while the hop is needs_you
    needs_by: date | None = None
    request_by: date | None = None


@dataclass(frozen=True)
class ConsultationFacts:
    """The next booked consultation; its day is the patient's local one."""

    on: date
    consultant: str = ""
    needs_plan: bool = False
    plan_by: date | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of one case, gathered by the pages that show it."""

    opened_on: date
    referral: str = ""  # "", not_needed, asked, agreed, refused, sent
    referral_on: date | None = None
    round: int = 2  # 3 once a third opinion has begun
    visit_on: date | None = None
    visit_named_on: date | None = None
    visit_with: str = ""
    visit_happened: bool = False
    verdict: str = ""  # comfortable, tight, some_will_follow
    items: tuple[ItemFacts, ...] = ()
    plan: str = ""  # "", checking, ready, needs_you (locked, cannot be read)
    consultation: ConsultationFacts | None = None
    treatment_on: date | None = None
    report: str = ""  # "", asked, announced, received, confirmed
    opinions: int = 0
    talk_on: date | None = None
    talk_with: str = ""
    talk_held: bool = False  # since the visit
    decision: str = ""  # "", chosen, more_time
    call_wanted: bool = False
    call_by: date | None = None
    not_today_until: date | None = None

    @property
    def core(self) -> tuple[ItemFacts, ...]:
        return tuple(item for item in self.items if item.is_core)

    def core_at(self, hops: frozenset[str]) -> int:
        return sum(item.hop in hops for item in self.core)

    @property
    def referral_done(self) -> bool:
        return self.referral in {"sent", "not_needed"}

    @property
    def report_there(self) -> bool:
        return self.report in {"received", "confirmed"}


@dataclass(frozen=True)
class Step:
    """The one next thing. `url_name` is empty where the person has nothing to press."""

    code: str
    url_name: str = ""
    due_on: date | None = None
    minutes: int = 0
    about: str = ""
    count: int = 0

    @property
    def is_rest(self) -> bool:
        return self.code in {"nothing", "not_today", "talk_ahead"}


@dataclass(frozen=True)
class PathStep:
    """One of the ten steps: done, now (the first that is not done) or later."""

    code: str
    state: str
    on: date | None = None
    done: int = 0
    of: int = 0
    about: str = ""


@dataclass(frozen=True)
class Phase:
    code: str
    state: str
    steps: tuple[PathStep, ...]


@dataclass(frozen=True)
class Path:
    phases: tuple[Phase, ...]

    @property
    def tally(self) -> tuple[int, int]:
        """How many steps are done, and how many there are."""
        steps = [step for phase in self.phases for step in phase.steps]
        return sum(step.state == "done" for step in steps), len(steps)


def next_step(facts: Facts, today: date) -> Step:
    """The one next step on `today`, the reader's local day, in the fixed order of the product."""
    if facts.call_wanted:
        # Not hidden by "not today": the call is ours to make, and asks nothing of anyone.
        return Step("call", due_on=facts.call_by)
    step = _open_step(facts, today)
    if step is None:
        return Step("nothing", due_on=next_date(facts, today))
    if step.is_rest:
        return step
    if facts.not_today_until and today < facts.not_today_until:
        return Step("not_today", due_on=facts.not_today_until)
    return step


def _open_step(facts: Facts, today: date) -> Step | None:
    for find in (_needs_you, _plan, _referral, _visit, _records, _can_follow, _after_the_visit):
        if step := find(facts, today):
            return step
    return None


def _needs_you(facts: Facts, today: date) -> Step | None:
    """What can follow presses nobody: it leads only while there is a day to be in time for."""
    waiting = [item for item in _waiting(facts) if item.is_core or (item.needs_by and item.needs_by >= today)]
    return _part_of_the_patient(waiting, today)


def _waiting(facts: Facts) -> list[ItemFacts]:
    return [item for item in facts.items if item.hop == "needs_you" and not item.is_plan]


def _part_of_the_patient(waiting: list[ItemFacts], today: date) -> Step | None:
    if not waiting:
        return None
    first = min(waiting, key=lambda item: (item.needs_by or date.max, not item.is_core))
    codes = {"signature": "sign", "identity": "add_id", "choice": "choose_route", "fee": "pay_fee"}
    code = codes.get(first.needs, "needs_you")
    return Step(code, "records:list", _still(first.needs_by, today), 5, first.name, len(waiting))


def _still(day: date | None, today: date) -> date | None:
    """A day to be in time for; one that has passed is not held up to anyone."""
    return day if day and day >= today else None


def _can_follow(facts: Facts, today: date) -> Step | None:
    return None if facts.visit_happened else _part_of_the_patient(_waiting(facts), today)


def _plan(facts: Facts, today: date) -> Step | None:
    talk = facts.consultation
    if facts.plan == "needs_you":
        return Step("plan_problem", "documents:add_plan", _still(talk.plan_by if talk else None, today), 5)
    if talk and talk.needs_plan and not facts.plan and today <= talk.on:
        return Step("plan", "documents:add_plan", _still(talk.plan_by, today), 5, talk.consultant)
    return None


def _referral(facts: Facts, today: date) -> Step | None:
    if facts.visit_happened:  # somebody saw them: nobody needs to be asked any more
        return None
    if facts.referral == "":
        return Step("referral", "records:referral", None, 10)
    if facts.referral == "refused":
        return Step("referral_refused", "records:referral", None, 10)
    return None


def _visit(facts: Facts, today: date) -> Step | None:
    if facts.visit_on is None:
        return Step("third_visit" if facts.round == 3 else "visit", "records:visit", None, 5)
    if facts.visit_on < today and not facts.visit_happened:
        return Step("visit_passed", "records:visit", None, 1, facts.visit_with)
    return None


def _records(facts: Facts, today: date) -> Step | None:
    if facts.visit_happened:
        return None
    to_ask = [item for item in facts.core if _is_to_ask(item, facts)]
    if not to_ask:
        return None
    first = min(to_ask, key=lambda item: item.request_by or date.max)
    if first.is_plan:
        return Step("plan", "documents:add_plan", _still(first.request_by, today), 5)
    return Step("records", "records:list", _still(first.request_by, today), 10, first.name, len(to_ask))


def _is_to_ask(item: ItemFacts, facts: Facts) -> bool:
    if item.is_plan and item.hop in {"needed", "needs_you"}:
        return facts.plan not in {"checking", "ready"}
    return item.hop in ASK_HOPS


def _after_the_visit(facts: Facts, today: date) -> Step | None:
    if not facts.visit_happened:
        return None
    talk_passed = facts.talk_on is not None and facts.talk_on < today and not facts.talk_held
    if talk_passed:
        return Step("talk_passed", "opinions:talk", None, 1, facts.talk_with)
    if not facts.report_there:
        code = f"report_{facts.report}" if facts.report else "report"  # asked or announced
        # It helps to have it there for the talk.
        helpful_by = None if facts.talk_held else facts.talk_on
        return Step(code, "records:report", helpful_by, 5, facts.visit_with)
    if facts.opinions == 1:  # nobody has to put opinions in here to talk about them
        return Step("compare", "opinions:compare", None, 15)
    if not facts.talk_held:
        return _talk(facts)
    if not facts.decision:
        return Step("choose", "opinions:compare", None, 15)
    return None


def _talk(facts: Facts) -> Step:
    if facts.talk_on is None:
        return Step("talk", "opinions:talk", None, 10)
    return Step("talk_ahead", "opinions:talk", facts.talk_on, 0, facts.talk_with)


def next_date(facts: Facts, today: date) -> date | None:
    """The next day on which something happens by itself."""
    talk_on = None if facts.talk_held else facts.talk_on
    days = [facts.visit_on, talk_on, facts.treatment_on, facts.consultation and facts.consultation.on]
    return min((day for day in days if day and day >= today), default=None)


def path(facts: Facts) -> Path:
    """The ten steps with their states; exactly one is `now` until all are done."""
    done = _done(facts)
    current = next((code for _, codes in PHASES for code in codes if not done[code]), "")
    return Path(
        tuple(
            Phase(
                code,
                _phase_state(codes, done, current),
                tuple(_shown(c, done, current, facts) for c in codes),
            )
            for code, codes in PHASES
        )
    )


def _done(facts: Facts) -> dict[str, bool]:
    core = len(facts.core)
    return {
        "ask": True,
        "referral": facts.referral_done,
        "visit": facts.visit_on is not None,
        # After the visit nothing is sent ahead any more: what came, came.
        "send": facts.visit_happened or (core > 0 and facts.core_at(SENT_HOPS) == core),
        "arrive": facts.visit_happened or (core > 0 and facts.core_at(ARRIVED_HOPS) == core),
        "meet": facts.visit_happened,
        "report": facts.report_there,
        "compare": facts.opinions >= 2,
        "talk": facts.talk_held,
        # "More time" is a resting state: the step stays open and is never late.
        "choose": facts.decision == "chosen",
    }


def _phase_state(codes: tuple[str, ...], done: dict[str, bool], current: str) -> str:
    if all(done[code] for code in codes):
        return "done"
    return "now" if current in codes else "later"


def _shown(code: str, done: dict[str, bool], current: str, facts: Facts) -> PathStep:
    state = "done" if done[code] else "now" if code == current else "later"
    core = len(facts.core)
    if code == "send" and facts.visit_on and not facts.visit_happened:
        return PathStep(code, state, done=facts.core_at(SENT_HOPS), of=core)
    if code == "arrive" and facts.visit_on and not facts.visit_happened:
        return PathStep(code, state, done=facts.core_at(ARRIVED_HOPS), of=core)
    on = {
        "ask": facts.opened_on,
        "referral": facts.referral_on if facts.referral_done else None,
        "visit": facts.visit_named_on if done["visit"] else None,
        "meet": facts.visit_on,
        "talk": facts.talk_on,
    }.get(code)
    about = {"meet": facts.visit_with, "talk": facts.talk_with}.get(code, "")
    return PathStep(code, state, on=on, about=about)
