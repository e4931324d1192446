"""An answer said twice at the same moment stands once; a doctor named at that moment takes over no words of another."""

from functools import partial

import pytest

from cases.case import actions as case_actions
from cases.case.models import Case
from cases.opinions.comparing import actions as comparing
from cases.opinions.deciding import actions as deciding
from cases.opinions.models import Decision, Source
from tests.at_once.rivals import at_once, meeting_after
from tests.records.builders import actor, booked_visit, on_november_5

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600), pytest.mark.full]
SHOWN = {"first": "Dr. Keller"}


@pytest.fixture
def case(transactional_db):
    with on_november_5():
        yield booked_visit().case


def decide(case):
    return deciding.decide(case, choice="first", shown=SHOWN, by=actor("rosa"))


def name_another(case):
    return case_actions.set_clinician(case, "first", name="Dr. Other", by=actor("theo"))


def test_two_presses_leave_one_answer_and_both_get_it(case):
    with meeting_after((deciding, "_doctor_of"), seconds=0.5):
        outcomes = at_once(partial(decide, case), partial(decide, case))
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert {outcome.result.pk for outcome in outcomes} == {Decision.objects.get().pk}


def test_without_the_lock_the_second_press_fails(case, monkeypatch):
    """Else the test above would prove nothing."""
    fresh = lambda case, is_hers, by: Case.objects.select_related("patient", "key").get(pk=case.pk)  # noqa: E731
    monkeypatch.setattr(deciding, "_locked", fresh)
    with meeting_after((deciding, "_doctor_of"), seconds=30):
        outcomes = at_once(partial(decide, case), partial(decide, case))
    assert sum(outcome.error is not None for outcome in outcomes) == 1


def test_an_answer_and_another_name_at_once_never_give_the_new_doctor_her_answer(case):
    said, named = at_once(partial(decide, case), partial(name_another, case))
    assert named.error is None
    found = list(Decision.objects.values_list("clinician__name", flat=True))
    assert found == ([] if said.error else ["Dr. Keller"])


def test_a_line_and_another_name_at_once_never_give_the_new_doctor_the_line(case):
    add = partial(comparing.add, case, topic="why", text="It grows slowly.", pages={"first": (2, None)}, shown=SHOWN)
    said, named = at_once(partial(add, by=actor("rosa")), partial(name_another, case))
    assert named.error is None
    found = list(Source.objects.values_list("clinician__name", flat=True))
    assert found == ([] if said.error else ["Dr. Keller"])
