"""What the board goes by is kept on the case, and agrees with what is worked out: after each action, day after day."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case.models import Case
from cases.records import actions
from cases.records.board import keeping
from cases.records.items.telling import set_core, set_holder, set_route
from cases.records.models import Visit
from portal import clock
from portal.pages import facts
from tests import people
from tests.records.builders import actor, booked_visit, case_of_rosa, item, named_visit, on_november_5
from tests.records.test_offices import change
from tests.records.test_replanning import MOVES, name_another, under_way

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def kept(case):
    return Case.objects.values_list(*keeping.KEPT).get(pk=case.pk)


def agrees(case) -> bool:
    """Whether the row says what the pages work out, and working it out once more says the same."""
    case = Case.objects.select_related("patient", "key").get(pk=case.pk)
    known, before = facts.of_case(case, clock.now()).facts, kept(case)
    Case.objects.filter(pk=case.pk).exclude(look_at=None).update(look_at=clock.now())
    keeping.look_again(clock.now())
    return before == kept(case) and before[1:3] == (known.visit_on, known.verdict)


def tell(kind, *verbs, **words):
    def said(visit, traveller):
        for verb in verbs:
            actions.tell(item(visit, kind), verb, by=actor("theo"), **(words if verb == verbs[-1] else {}))

    said.__name__ = f"{kind}_{verbs[-1]}"
    return said


def ask_for_all(visit, traveller):
    for each in visit.items.wanted():
        if each.state in ("needed", "needs_you"):
            actions.tell(each, "asked", by=actor("rosa"))


def the_office_needs_slides(visit, traveller):
    set_core(item(visit, "slides"), True, by=actor("theo"))


def another_holder(visit, traveller):
    set_holder(item(visit), office_name="Bayview", by=actor("rosa"))


def carry(visit, traveller):
    set_route(item(visit), "carried", by=actor("rosa"))


def lend(visit, traveller):
    tell("slides", "sent")(visit, traveller)
    actions.set_due_back(item(visit, "slides"), on=date(2026, 11, 6), by=actor("theo"))


def third_opinion(visit, traveller):
    traveller.move_to("2026-11-25T15:00:00Z")
    actions.say_took_place(visit, by=actor("rosa"))
    third = actions.name_visit(visit.case, doctor="Dr. Sato", office_name="Bayview", round=3, by=actor("rosa"))
    actions.set_visit_date(third, on=date(2026, 12, 1), by=actor("rosa"))


SAID = [
    tell("slides", "asked"),
    tell("imaging_reports", "asked", "sent", "arrived"),
    tell("pathology_report", "sent", "incomplete", reason="A page"),
    tell("treatment_plan", "not_wanted"),
]
OTHERS = [ask_for_all, the_office_needs_slides, another_holder, carry, lend, third_opinion, name_another]


@pytest.mark.full
@pytest.mark.parametrize("act", [*MOVES, *SAID, *OTHERS], ids=lambda act: act.__name__)
def test_each_action_keeps_what_is_worked_out(act, november_5):
    visit = under_way()
    act(visit, november_5)
    assert agrees(visit.case)


def test_a_case_without_a_day_has_no_verdict_and_is_not_looked_at():
    assert kept(case_of_rosa()) == (None, None, "", None)
    assert kept(named_visit().case) == (None, None, "", None)


@pytest.mark.full
def test_the_verdict_follows_the_days_and_hours(november_5):
    visit = booked_visit()
    actions.tell(item(visit), "asked", by=actor("rosa"))
    seen = [kept(visit.case)[2]]
    for _half_day in range(40):
        november_5.shift(timedelta(hours=12))
        keeping.look_again(clock.now())
        assert agrees(visit.case)
        seen.append(kept(visit.case)[2])
    assert list(dict.fromkeys(seen)) == ["comfortable", "tight", "some_will_follow"]


def test_between_two_looks_nothing_is_worked_out(november_5):
    booked_visit()
    assert keeping.look_again(clock.now()) == 0
    november_5.shift(timedelta(days=1))
    assert (keeping.look_again(clock.now()), keeping.look_again(clock.now())) == (1, 0)


def test_a_closed_case_is_left_alone(november_5):
    case = booked_visit().case
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=clock.now())
    november_5.shift(timedelta(days=1))
    assert keeping.look_again(clock.now()) == 0


def test_the_usual_days_of_an_office_change_the_verdict_at_the_next_look():
    visit = booked_visit(on=date(2026, 11, 16))
    before = kept(visit.case)[2]
    change(item(visit).holder, usual_days={"pathology_report": 9})
    keeping.look_again(clock.now())
    assert kept(visit.case)[2] != before
    assert agrees(visit.case)


@pytest.mark.parametrize(
    ("bad", "constraint"),
    [
        ({"verdict": "late"}, "case_verdict_is_known"),
        ({"verdict": "tight", "visit_on": None}, "case_verdict_is_on_a_day"),
    ],
)
def test_bad_rows_are_refused(bad, constraint):
    case = booked_visit().case
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**bad)


def test_cases_of_the_former_version_are_kept_by_the_first_look():
    case, undated = booked_visit().case, case_of_rosa()
    right = kept(case)
    Case.objects.update(act_by=None, visit_on=None, verdict="", look_at=None)
    import_module("cases.records.migrations.0011_what_the_board_goes_by").keep_visits(apps, None)
    assert kept(case)[1] == right[1]
    assert kept(undated) == (None, None, "", None)
    Case.objects.exclude(look_at=None).update(look_at=clock.now())  # the database's own clock knows no November 5
    keeping.look_again(clock.now())
    assert kept(case) == right


# --- needs you today


def needs():
    shown = people.browser(people.person("theo")).get(reverse("pages:caseload")).context["needs"]
    return [row for row in shown if row["label"] != "Check an office"]


def arrived_images():
    visit = booked_visit()
    ask_for_all(visit, None)
    for each in visit.items.wanted().exclude(kind="imaging_exchange"):
        actions.tell(each, "arrived", by=actor("rosa"))
    actions.tell(item(visit, "imaging_exchange"), "arrived", by=actor("rosa"))
    return visit


@pytest.mark.full
def test_images_that_nobody_opened_need_a_person_on_the_days_they_are_asked_about(november_5):
    visit = arrived_images()
    assert kept(visit.case)[0] == date(2026, 11, 9)
    november_5.move_to("2026-11-09T15:00:00Z")
    (row,) = needs()
    assert row["label"] == "Does it open?"
    assert "arrived 2 business days ago, and nobody has said that it opens: call Northfield" in row["lines"][0]
    actions.tell(item(visit, "imaging_exchange"), "opens_fine", by=actor("rosa"))
    assert needs() == []


@pytest.mark.parametrize("ending", ["cancel", "took_place"])
def test_what_is_lent_needs_a_person_once_it_is_due_back_whatever_became_of_the_visit(ending, november_5):
    visit = booked_visit()
    actions.tell(item(visit, "slides"), "sent", by=actor("theo"))
    november_5.move_to("2026-11-25T15:00:00Z")
    actions.set_due_back(item(visit, "slides"), on=date(2026, 11, 26), by=actor("theo"))
    (actions.cancel_visit if ending == "cancel" else actions.say_took_place)(visit, by=actor("rosa"))
    assert kept(visit.case)[0] == date(2026, 11, 26)
    november_5.move_to("2026-11-26T15:00:00Z")
    (row,) = needs()
    assert row["label"] == "Goes back"
    assert "was to go back by Thu, Nov 26. Ask Northfield" in row["lines"][0]
    actions.give_back(item(visit, "slides"), by=actor("theo"))
    assert needs() == []


def test_what_she_carries_is_asked_of_her(november_5):
    visit = booked_visit()
    set_route(item(visit, "slides"), "carried", by=actor("rosa"))
    actions.tell(item(visit, "slides"), "held", by=actor("rosa"))
    actions.set_due_back(item(visit, "slides"), on=date(2026, 11, 6), by=actor("rosa"))
    actions.cancel_visit(Visit.objects.get(pk=visit.pk), by=actor("rosa"))
    november_5.move_to("2026-11-06T15:00:00Z")
    (row,) = needs()
    assert "is in the patient’s hands and was to go back by Fri, Nov 6." in row["lines"][0]
