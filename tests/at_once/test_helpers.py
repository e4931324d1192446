"""Who helps, decided twice at once: one answer stands, and whoever acts meanwhile is let or refused, never both."""

from functools import partial

import pytest

from cases.case.helping import actions
from cases.case.helping.models import Helper
from cases.threads import actions as threads
from cases.threads.models import Message
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.at_once.rivals import at_once
from tests.records.builders import actor

pytestmark = pytest.mark.django_db(transaction=True)
RIVALS = 4


@pytest.fixture
def case():
    people.person("theo")
    return factories.open_case(starter=people.person("ama"))


@pytest.fixture
def asked(case):
    return actions.ask(case, people.person("ama"), by=actor("ama"))


def count(verb: str) -> int:
    return Event.objects.filter(verb=verb).count()


def yes(helper: Helper, key: str, chosen: str, how: str = "page"):
    return partial(actions.agree, helper, chosen=chosen, how=how, by=actor(key))


@pytest.mark.full
def test_asked_at_once_by_two_she_is_asked_once(case):
    ama = people.person("ama")
    outcomes = at_once(*[partial(actions.ask, case, ama, by=actor(key)) for key in ("ama", "theo") * 2])

    assert len({outcome.result.pk for outcome in outcomes}) == 1
    assert count("helping.asked") == 1


def test_a_yes_on_the_page_and_one_on_the_phone_are_one_yes(asked):
    outcomes = at_once(yes(asked, "rosa", "dates"), yes(asked, "theo", "acts", how="phone"))

    asked.refresh_from_db()
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert {outcome.result.chosen for outcome in outcomes} == {asked.chosen}
    assert asked.recorded_by.pk == people.person("rosa" if asked.chosen == "dates" else "theo").pk
    assert count("helping.agreed") == 1


@pytest.mark.full
def test_a_yes_and_a_no_at_once_end_as_the_later_one_says(asked):
    agreed, declined = at_once(yes(asked, "rosa", "most"), partial(actions.decline, asked, by=actor("rosa")))

    asked.refresh_from_db()
    assert declined.error is None
    assert asked.ended_at is not None  # a no that comes after the yes ends it; one before it is refused anew
    assert (agreed.error is None) is (asked.agreed_at is not None)
    assert count("helping.agreed") + count("helping.declined") == 1
    assert count("helping.ended") == (agreed.error is None)


@pytest.mark.full
def test_what_she_allows_and_takes_back_at_once_leaves_nothing_open(asked):
    actions.agree(asked, chosen="acts", by=actor("rosa"))
    wider = partial(actions.change, asked, chosen="most", by=actor("rosa"))
    outcomes = at_once(
        partial(actions.end, asked, by=actor("rosa")), wider, partial(actions.end, asked, by=actor("ama"))
    )

    asked.refresh_from_db()
    assert asked.ended_at is not None
    assert not Helper.objects.granted().filter(pk=asked.pk).exists()
    assert count("helping.ended") == 1
    assert all(outcome.error is None or isinstance(outcome.error, Refused) for outcome in outcomes)


@pytest.mark.full
def test_a_helper_who_writes_while_help_ends_is_heard_or_refused(case, asked):
    actions.agree(asked, chosen="most", by=actor("rosa"))
    write = [partial(threads.send, case, f"Message {number}", by=actor("ama")) for number in range(RIVALS)]
    ended, *written = at_once(partial(actions.end, asked, by=actor("rosa")), *write)

    assert ended.error is None
    assert all(outcome.error is None or isinstance(outcome.error, Refused) for outcome in written)
    assert Message.objects.filter(case=case).count() == sum(outcome.error is None for outcome in written)
    with pytest.raises(Refused):
        threads.send(case, "Afterwards", by=actor("ama"))
