"""A talk: with whom and when, moved, called off, held, taken back; one at a time."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from cases.case import actions as case_actions
from cases.case.helping import actions as helping
from cases.case.models import Clinician, Office
from cases.opinions.models import Talk
from cases.opinions.talk import actions
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests.opinions.builders import TALK_ON, booked, due, fresh, nine, planned, write
from tests.people import person
from tests.records.builders import actor, case_of_rosa

pytestmark = pytest.mark.django_db
DAY_AFTER_TALK = "2026-12-04T15:00:00Z"
BEFORE, HELD = "opinions.before_talk", "opinions.talk_held"


def verbs(talk):
    return list(Event.objects.filter(about_id=str(talk.pk)).order_by("pk").values_list("verb", flat=True))


def state(talk):
    talk = fresh(talk)
    return talk.state, talk.on_date, talk.at_time


def test_planned_with_the_primary_doctor_then_dated():
    talk = planned()
    assert (talk.state, talk.clinician.name, talk.office.name) == ("planned", "Dr. Abara", "Elm Street")
    assert due(talk) == []
    again = booked(talk.case)
    assert again.pk == talk.pk
    assert state(talk) == ("booked", TALK_ON, time(9, 20))
    assert due(talk) == [(BEFORE, nine(12, 1)), (HELD, nine(12, 4))]
    assert verbs(talk) == ["talk.planned", "talk.set_date"]


def test_with_a_specialist_of_her_choice_at_an_office_of_the_case():
    case = case_of_rosa()
    talk = planned(case, role="", doctor="Dr. Ivers", office_name="Far Away Clinic")
    assert (talk.clinician.name, talk.office.name, talk.role) == ("Dr. Ivers", "Far Away Clinic", "")
    assert talk.office.for_case == case
    before = (Clinician.objects.count(), Office.objects.count())
    planned(case, role="", doctor="Dr. Ivers", office_name="Far Away Clinic")
    assert (Clinician.objects.count(), Office.objects.count()) == before


def test_the_same_again_says_nothing_more():
    talk = booked()
    booked(talk.case)
    assert verbs(talk) == ["talk.planned", "talk.set_date"]
    assert due(talk) == [(BEFORE, nine(12, 1)), (HELD, nine(12, 4))]


@pytest.mark.parametrize("said", [{"role": "third"}, {"role": "", "doctor": "  "}])
def test_somebody_must_be_named(said):
    with pytest.raises(Refused) as no:
        planned(**said)
    assert no.value.code == "input"
    assert not Talk.objects.exists()


@pytest.mark.parametrize("on", [date(2026, 11, 4), date(2027, 11, 20)])
def test_a_day_that_cannot_be_is_refused_and_leaves_no_talk(on):
    with pytest.raises(Refused) as no:
        booked(on=on)
    assert no.value.code == "date"
    assert not Talk.objects.exists()


def test_two_business_days_before_are_counted_where_the_office_is():
    """Thanksgiving and the day after it close the desk: of the talk on the Monday she is reminded on Tuesday."""
    assert due(booked(on=date(2026, 11, 30)))[0] == (BEFORE, nine(11, 24))


def test_a_talk_that_is_near_is_not_announced_late():
    assert due(booked(on=date(2026, 11, 6))) == [(HELD, nine(11, 7))]


def test_moving_withdraws_the_old_day():
    talk = booked()
    booked(talk.case, on=date(2026, 12, 10))
    assert due(talk) == [(BEFORE, nine(12, 8)), (HELD, nine(12, 11))]
    assert verbs(talk)[-1] == "talk.move"


def test_taking_the_date_out_leaves_it_planned():
    talk = booked()
    planned(talk.case)
    assert state(talk) == ("planned", None, None)
    assert due(talk) == []
    assert verbs(talk)[-1] == "talk.undated"


def test_calling_it_off_withdraws_everything_and_twice_is_once():
    talk = booked()
    for _press in range(2):
        actions.cancel(talk, by=actor("rosa"))
    assert fresh(talk).state == "cancelled"
    assert due(talk) == []
    assert verbs(talk).count("talk.cancel") == 1


def test_what_was_written_for_a_talk_that_was_called_off_stays_for_the_next():
    talk = write(booked())
    actions.cancel(talk, by=actor("rosa"))
    other = planned(talk.case)
    assert other.pk != talk.pk
    assert (fresh(other).questions, fresh(other).points) == (talk.questions, talk.points)


def test_held_once_its_day_has_come(november_5):
    talk = booked()
    with pytest.raises(Refused, match="still to come"):
        actions.say_held(talk, by=actor("rosa"))
    november_5.move_to(DAY_AFTER_TALK)
    for _press in range(2):
        actions.say_held(talk, by=actor("rosa"))
    assert state(talk) == ("held", TALK_ON, time(9, 20))
    assert (fresh(talk).known_by, due(talk), verbs(talk).count("talk.held")) == ("patient", [], 1)


def test_held_on_a_day_that_nobody_had_saved():
    talk = planned()
    actions.say_held(talk, on=date(2026, 11, 4), by=actor("theo"))
    assert state(talk) == ("held", date(2026, 11, 4), None)
    assert fresh(talk).known_by == "staff_call"


@pytest.mark.parametrize("on", [date(2026, 11, 6), date(2025, 11, 1)])
def test_held_on_a_day_that_cannot_be(on):
    talk = planned()
    with pytest.raises(Refused):
        actions.say_held(talk, on=on, by=actor("rosa"))
    assert fresh(talk).state == "planned"


def test_an_office_may_say_that_it_took_place(november_5):
    talk = booked()
    november_5.move_to(DAY_AFTER_TALK)
    actions.say_held(talk, by=Actor("office", id=talk.office_id))
    assert (fresh(talk).state, fresh(talk).known_by) == ("held", "office_page")


def test_it_did_not_take_place(november_5):
    talk = booked()
    with pytest.raises(Refused, match="still to come"):
        actions.say_did_not(talk, by=actor("rosa"))
    november_5.move_to(DAY_AFTER_TALK)
    actions.say_did_not(talk, by=actor("rosa"))
    assert state(talk) == ("planned", None, None)
    assert due(talk) == []


def test_after_it_took_place_another_talk_is_possible():
    first = planned()
    actions.say_held(first, by=actor("rosa"))
    second = planned(first.case)
    assert second.pk != first.pk
    with pytest.raises(Refused, match="Another talk"):
        actions.undo(first, by=actor("rosa"))


def test_one_step_back_for_ten_minutes(november_5):
    talk = booked()
    booked(talk.case, on=date(2026, 12, 10))
    actions.undo(talk, by=actor("rosa"))
    assert state(talk) == ("booked", TALK_ON, time(9, 20))
    assert due(talk) == [(BEFORE, nine(12, 1)), (HELD, nine(12, 4))]
    with pytest.raises(Refused, match="nothing to take back"):
        actions.undo(talk, by=actor("rosa"))


def test_later_a_coordinator_takes_it_back_and_says_why(november_5):
    talk = booked()
    actions.cancel(talk, by=actor("rosa"))
    november_5.shift(timedelta(minutes=11))
    with pytest.raises(Refused):
        actions.undo(talk, by=actor("rosa"))
    with pytest.raises(Refused) as no:
        actions.undo(talk, by=actor("theo"))
    assert no.value.code == "input"
    actions.undo(talk, why="patient_differs", by=actor("theo"))
    assert fresh(talk).state == "booked"
    assert verbs(talk)[-1] == "talk.undone"


def test_another_doctor_takes_the_step_back_away():
    talk = booked()
    booked(talk.case, role="first")
    assert fresh(talk).clinician.name == "Dr. Keller"
    with pytest.raises(Refused, match="nothing to take back"):
        actions.undo(talk, by=actor("rosa"))


def test_a_doctor_named_anew_is_followed_while_the_talk_has_no_date():
    case = case_of_rosa()
    talk = planned(case)
    case_actions.set_clinician(case, "primary", name="Dr. Lin", by=actor("rosa"))
    assert (fresh(talk).clinician.name, fresh(talk).office) == ("Dr. Lin", None)


def test_a_date_stays_with_the_doctor_who_gave_it():
    case = case_of_rosa()
    talk = booked(case)
    case_actions.set_clinician(case, "primary", name="Dr. Lin", by=actor("rosa"))
    assert fresh(talk).clinician.name == "Dr. Abara"
    elm = Office.objects.get(name="Elm Street")
    case_actions.set_clinician(case, "primary", name="Dr. Helen Abara", office=elm, by=actor("rosa"))
    assert fresh(talk).clinician.name == "Dr. Helen Abara"


@pytest.mark.parametrize("key", ["grace", "joanne", "mara"])
def test_strangers_consultants_and_administrators_do_nothing(key):
    talk = booked()
    for act in (actions.cancel, actions.say_held, actions.undo):
        with pytest.raises(Refused):
            act(talk, by=actor(key))
    with pytest.raises(Refused):
        planned(talk.case, key=key)
    with pytest.raises(Refused):
        write(talk, key)
    assert fresh(talk).state == "booked"


# --- what is to be gone over


def test_her_lines_are_sealed_and_kept_in_order():
    talk = write(planned(), questions=["  One? ", "", "Two?"], points=["Cost", " ", "Time"])
    assert (fresh(talk).questions, fresh(talk).points) == ("One?\nTwo?", "Cost\nTime")
    assert b"Cost" not in bytes(Talk.objects.values_list("points", flat=True).get())


@pytest.mark.parametrize(
    ("questions", "points"), [(["?"] * 4, []), (["?" * 161], []), ([], ["x"] * 9), ([], ["x" * 121])]
)
def test_more_than_one_page_is_refused(questions, points):
    with pytest.raises(Refused) as no:
        write(planned(), questions=questions, points=points)
    assert no.value.code == "input"


def test_two_people_do_not_overwrite_each_other_unseen():
    talk = write(planned())
    with pytest.raises(Refused) as no:
        actions.change_agenda(talk, questions=["Mine?"], points=[], seen_at=None, by=actor("theo"))
    assert no.value.code == "state"
    assert "smaller operation" in fresh(talk).questions


def test_a_helper_writes_on_an_empty_page_and_never_reads_the_patients():
    talk = planned(case_of_rosa())
    helper = helping.ask(talk.case, person("ama"), by=actor("theo"))
    helping.agree(helper, chosen="own", switches=["bookings"], by=actor("rosa"))
    write(talk, "ama", questions=["Hers?"])
    write(talk, "ama", questions=["Hers again?"])
    write(talk, "rosa", questions=["Mine?"])
    with pytest.raises(Refused) as no:
        write(talk, "ama", questions=["Hers?"])
    assert no.value.code == "role"


def test_writing_leaves_reminders_alone():
    talk = booked()
    before = fresh(talk).version
    write(talk)
    assert (fresh(talk).version, len(due(talk))) == (before, 2)


# --- the database refuses


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("talk_state_is_known_and_dated", {"state": "maybe"}),
        ("talk_role_is_known", {"role": "best"}),
        ("talk_state_is_known_and_dated", {"state": "booked"}),
        ("talk_state_is_known_and_dated", {"on_date": TALK_ON}),
        ("talk_at_time_needs_on_date", {"at_time": time(9)}),
        ("talk_held_is_known_by", {"state": "held", "on_date": TALK_ON}),
        ("talk_held_is_known_by", {"known_by": "patient"}),
        ("talk_own_words_have_changed_at", {"points": b"x"}),
    ],
)
def test_the_database_refuses(constraint, values):
    talk = planned()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Talk.objects.filter(pk=talk.pk).update(**values)


@pytest.mark.full
def test_the_database_keeps_people_beside_their_times_and_one_open_talk():
    talk = planned()
    for name, constraint in (("moved_by", "moved_by_has_moved_at"), ("agenda_changed_by", "changed_by_has_changed_at")):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Talk.objects.filter(pk=talk.pk).update(**{name: person("rosa")})
    with pytest.raises(IntegrityError, match="talk_one_open_per_case"), transaction.atomic():
        Talk.objects.create(case=talk.case, clinician=talk.clinician, planned_at=clock.now())
