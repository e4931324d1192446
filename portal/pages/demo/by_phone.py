"""Somebody without email: her account by phone and post, what was done for her, and a neighbor who sees dates only."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import uuid4

from cases.case.actions import open_case
from cases.case.hands import read_privacy_out
from cases.case.helping.rules import Chosen, How
from cases.case.models import Case
from cases.opinions.questions import actions as questions
from cases.threads import actions as threads
from cases.threads import by_phone
from portal.accounts.by_phone import RANG, open_by_phone
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages import actions as page_actions
from portal.pages.case_helpers import put_answer
from portal.pages.demo import house
from portal.pages.demo.people import DemoPerson
from portal.pages.helper_forms import YES
from portal.texts.words import text

Deeds = Iterator[tuple[float, Callable[[], object]]]

SAYS = "The stairs are hard for me. Is there a way in without stairs, and where can my neighbor park?"
ASKS = "Can I have the treatment nearer to home?"
TO_HER = (
    "Dear Mrs. Lind. There is a ramp on the garden side of the clinic, and your neighbor can park beside it for free. "
    "Ring the bell, and somebody comes with a chair if you want one."
)
WORDS = "Has her list of medicines ready. Hears better on the left, speak slowly"


def open_page(person: DemoPerson, postal: str, theo: User, **fields: object) -> Case:
    """She rings, and the privacy notice is read out to her."""
    by = Actor.person(theo)
    about = house.about(person) | {"postal": postal, "channel": User.Channel.CALL, "text_size": User.TextSize.LARGE}
    patient, _is_new = open_by_phone(ticket=uuid4(), fields=about, rang=RANG, by=by)
    case = open_case(patient=patient, by=by, **fields)  # type: ignore[arg-type]
    read_privacy_out(patient, version=text("privacy_notice").version, by=by)
    return case


def done_for(case: Case, theo: User) -> Actor:
    """The coordinator as her hands."""
    return replace(Actor.person(theo), for_patient=case.patient_id)


def told(case: Callable[[], Case], theo: User, neighbor: User) -> Deeds:
    """Over the last days; what was written to her last has not been read out yet."""
    yield 6, lambda: _let_see_dates(case(), neighbor, Actor.person(theo))
    yield 3, lambda: _call(case(), Actor.person(theo))
    yield 2.9, lambda: by_phone.write_down(case(), SAYS, by=Actor.person(theo))
    yield 2.8, lambda: questions.add(case(), text=ASKS, is_hers=True, by=done_for(case(), theo))
    yield 1, lambda: threads.send(case(), TO_HER, shown=1, by=Actor.person(theo))


def _let_see_dates(case: Case, neighbor: User, by: Actor) -> None:
    said = {"answer": YES, "chosen": Chosen.DATES, "until_on": None, "how": How.PHONE}
    put_answer(case, neighbor, said, text("helper_yes").version, by=by)


def _call(case: Case, by: Actor) -> None:
    said = {"whom": "patient", "came_of": "reached", "follows": "done", "words": WORDS}
    page_actions.log_call(case, press=uuid4(), **said, by=by)
