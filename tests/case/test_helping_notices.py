"""Both are told: that somebody asks, what the patient said, and that it has ended; as it is when it is sent."""

import pytest

from cases.case.helping import actions
from portal import clock
from portal.actors import Actor
from portal.reminders import emails, kinds
from portal.reminders.models import Reminder
from portal.reminders.readers import reader_of
from tests import factories, people

pytestmark = pytest.mark.django_db
KINDS = ("helping.asks", "helping.answered", "helping.stopped", "helping.over")


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture
def asked():
    case = factories.open_case(starter=people.person("ama"))
    return actions.ask(case, people.person("ama"), kin="daughter", by=act("ama"))


def due() -> dict[str, str]:
    """kind → whom its open notice would go to now."""
    found = {}
    for kind in KINDS:
        rows = list(Reminder.objects.unsettled().filter(kind=kind))
        still = kinds.kind_of(kind).still_due(rows, clock.now())
        names = {str(people.person(key).pk): key for key in ("rosa", "ama")}
        found.update((kind, names[row.recipient_id]) for row in rows if row.pk in still)
    return found


def test_the_patient_is_told_that_somebody_asks_and_the_helper_of_the_answer(asked):
    assert due() == {"helping.asks": "rosa"}
    for _press in range(2):
        actions.agree(asked, chosen="most", by=act("rosa"))
    assert due() == {"helping.answered": "ama"}
    actions.change(asked, chosen="dates", by=act("rosa"))
    assert due() == {"helping.answered": "ama"}
    assert Reminder.objects.unsettled().get(kind="helping.answered").version == 2


def test_whom_the_patient_asked_herself_she_knows():
    case = factories.open_case()
    actions.ask(case, people.person("ama"), by=act("rosa"))
    assert due() == {}


@pytest.mark.parametrize(
    ("key", "told"),
    [("ama", {"helping.stopped": "rosa"}), ("rosa", {"helping.over": "ama"}), ("theo", {"helping.over": "ama"})],
)
def test_whoever_did_not_end_it_is_told_and_nothing_else_goes(asked, key, told):
    actions.agree(asked, chosen="most", by=act("rosa"))
    for _press in range(2):
        actions.end(asked, by=act(key))
    assert due() == told


def test_a_no_is_told_kindly(asked):
    actions.decline(asked, by=act("rosa"))
    assert due() == {"helping.over": "ama"}
    row = Reminder.objects.unsettled().get(kind="helping.over")
    reader = reader_of(row.recipient, clock.now())
    assert emails.words_of([row], reader, clock.now())[row.pk].lead == "Rosa would like to do this on their own, Ama"
