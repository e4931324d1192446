"""Days on which a region is closed: each call booked then is asked about, by those who may know whose it is."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import availability
from bookings.availability_actions import Unanswered
from bookings.closed import actions, place
from bookings.models import Consultation, Practice, Service
from cases.records.models import Visit
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.texts.models import Holiday, Organisation
from portal.texts.words import organisation
from tests import factories, people
from tests.at_once.rivals import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
PAGE = "/staff/closed-days/"


def by(key):
    return Actor.person(people.person(key))


def words(answer):
    return " ".join(answer.content.decode().split())


def day_of(call):
    return call.starts_at.astimezone(call.zone).date()


def free_day():
    return organisation().today() + timedelta(days=40)


def test_a_day_is_closed_and_opened_again_once_each(case):
    theo = people.browser(people.person("theo"))
    on = free_day()
    for _press in range(2):
        assert theo.post(PAGE, {"on_date": f"{on}", "region": "US", "name": "Company day"}).status_code == 302
    day = Holiday.objects.get()
    page = words(theo.get(PAGE))
    assert "Company day" in page
    assert "Thanksgiving" in page
    for _press in range(2):
        theo.post(reverse("bookings:open_day", args=[day.pk]))
    assert not Holiday.objects.exists()
    verbs = Event.objects.filter(verb__startswith="day.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["day.closed", "day.opened"]


def test_nothing_is_offered_on_a_closed_day(case, practice):
    practice = Practice.objects.select_related("consultant").get(pk=practice.pk)
    service, now = Service.objects.get(code="first_talk"), clock.now()
    on = availability.free_starts(case, practice, service, now)[0].astimezone(practice.zone).date()
    actions.close_day(region="US", on_date=on, by=by("mara"))
    starts = availability.free_starts(case, practice, service, now)
    assert starts
    assert on not in {start.astimezone(practice.zone).date() for start in starts}


def test_an_administrator_hears_how_many_calls_there_are_and_of_nobody(case):
    call = factories.book(case)
    mara = people.browser(people.person("mara"))
    answer = mara.post(PAGE, {"on_date": f"{day_of(call)}", "region": "US"})
    page = words(answer)
    assert answer.status_code == 409
    assert "1 call is booked on that day. Ask a coordinator" in page
    assert case.patient.name not in page
    assert not Holiday.objects.exists()


@pytest.mark.parametrize(("said", "state"), [("keep", "booked"), ("cancel", "cancelled")])
def test_a_coordinator_answers_for_each_call_and_then_it_is_closed(case, said, state):
    call = factories.book(case)
    other = factories.book(factories.open_case(people.person("grace")))
    theo = people.browser(people.person("theo"))
    form = {"on_date": f"{day_of(call)}", "region": "US"}
    answer = theo.post(PAGE, form)
    calls = {row["call"].pk for row in answer.context["outside"]}
    assert answer.status_code == 409
    assert call.pk in calls
    assert "Rosa Delgado" in words(answer)
    assert not Holiday.objects.exists()
    answers = {f"answer-{pk}": said for pk in calls} | {f"note-{call.pk}": "We are closed, sorry."}
    assert theo.post(PAGE, form | answers).status_code == 302
    assert Consultation.objects.get(pk=call.pk).state == state
    assert Holiday.objects.get().region == "US"
    assert other.state


def test_calls_of_two_consultants_are_asked_about_together(case):
    amir = people.person("amir")
    factories.open_hours(amir)
    first, grace = factories.book(case), factories.open_case(people.person("grace"))
    his = Practice.objects.select_related("consultant").get(consultant=amir)
    starts = availability.free_starts(grace, his, Service.objects.get(code="plan"), clock.now())
    second = factories.book(grace, amir, starts_at=next(at for at in starts if at.date() == first.starts_at.date()))
    with pytest.raises(Unanswered) as asked:
        actions.close_day(region="US", on_date=day_of(first), by=by("theo"))
    assert {call.pk for call in asked.value.calls} == {first.pk, second.pk}
    said = {first.pk: ("keep", ""), second.pk: ("cancel", "")}
    with pytest.raises(Unanswered):
        actions.close_day(region="US", on_date=day_of(first), answers={first.pk: ("keep", "")}, by=by("theo"))
    actions.close_day(region="US", on_date=day_of(first), answers=said, by=by("theo"))
    assert Consultation.objects.get(pk=first.pk).state == "booked"
    assert Consultation.objects.get(pk=second.pk).state == "cancelled"


def test_a_place_where_no_consultant_lives_touches_no_call(case):
    call = factories.book(case)
    actions.close_day(region="CA-QC", on_date=day_of(call), by=by("mara"))
    assert Consultation.objects.get(pk=call.pk).state == "booked"


def test_visits_are_planned_anew_by_the_days_that_count_now():
    case = factories.case_with_visit(days=40)
    Visit.objects.update(plan_anew="")
    actions.close_day(region="US", on_date=free_day(), by=by("theo"))
    assert Visit.objects.get(case=case).plan_anew == "dates"


@pytest.mark.parametrize("key", ["joanne", "rosa"])
def test_nobody_else_closes_or_opens_a_day(key):
    with pytest.raises(Refused):
        actions.close_day(region="US", on_date=free_day(), by=by(key))
    day = actions.close_day(region="US", on_date=free_day(), by=by("mara"))
    with pytest.raises(Refused):
        actions.open_day(day, by=by(key))


@pytest.mark.parametrize(
    "wrong",
    [
        {"on_date": "2020-01-01"},
        {"on_date": "2099-01-01"},
        {"on_date": "soon"},
        {"region": "DE"},
        {"region": ""},
        {"name": "x" * 61},
        {"name": "a\u202eb"},
    ],
)
def test_what_cannot_be_is_refused(wrong):
    theo = people.browser(people.person("theo"))
    sent = {"on_date": f"{free_day()}", "region": "US", "name": "Day"} | wrong
    assert theo.post(PAGE, sent).status_code == 422
    assert not Holiday.objects.exists()


def test_a_day_that_is_over_is_refused_by_the_action_too():
    with pytest.raises(Refused):
        actions.close_day(region="US", on_date=organisation().today() - timedelta(days=1), by=by("mara"))


def test_hostile_names_stay_text():
    theo = people.browser(people.person("theo"))
    theo.post(PAGE, {"on_date": f"{free_day()}", "region": "US", "name": "<b>x</b>"})
    assert b"<b>x</b>" not in theo.get(PAGE).content


PLACE = "/staff/closed-days/place/"


@pytest.fixture
def booked(case):
    """A call on a day that is closed in Ontario and not in the United States."""
    call = factories.book(case)
    Holiday.objects.create(region="CA-ON", on_date=day_of(call))
    return call


def test_another_place_of_the_house_asks_about_each_call(booked):
    theo = people.browser(people.person("theo"))
    answer = theo.post(PLACE, {"region": "CA-ON"})
    assert answer.status_code == 409
    assert [row["call"].pk for row in answer.context["outside"]] == [booked.pk]
    assert 'form="place-form"' in words(answer)
    assert organisation().region == "US"


@pytest.mark.parametrize(("said", "state"), [("keep", "booked"), ("move", "booked"), ("cancel", "cancelled")])
def test_with_an_answer_for_each_the_house_moves_and_keeps_its_other_facts(booked, said, state):
    Organisation.objects.create(from_at=clock.now(), phone="416-555-0123", hours="9 to 5")
    theo = people.browser(people.person("theo"))
    sent = {"region": "CA-ON", f"answer-{booked.pk}": said, f"note-{booked.pk}": "We are closed."}
    for _press in range(2):
        assert theo.post(PLACE, sent).status_code == 302
    booked.refresh_from_db()
    here = organisation()
    assert (booked.state, bool(booked.move_asked_at)) == (state, said == "move")
    assert (here.region, here.phone, here.hours, Organisation.objects.count()) == ("CA-ON", "416-555-0123", "9 to 5", 2)
    assert Event.objects.filter(verb="facts.changed", why="fact_region").count() == 1


def test_whoever_chose_a_place_of_her_own_is_not_touched(booked, practice):
    Practice.objects.update(region="US-PA")
    assert place.set_place(region="CA-ON", by=by("mara")).region == "CA-ON"
    booked.refresh_from_db()
    assert booked.state == "booked"


def test_an_administrator_hears_how_many_calls_another_place_would_touch(booked):
    mara = people.browser(people.person("mara"))
    answer = mara.post(PLACE, {"region": "CA-ON"})
    page = words(answer)
    assert answer.status_code == 409
    assert "1 call is booked on a day that is closed there. Ask a coordinator" in page
    assert booked.patient.name not in page
    assert organisation().region == "US"


@pytest.mark.parametrize("wrong", ["", "DE", "US' OR 1=1"])
def test_what_is_no_place_is_refused(wrong):
    assert people.browser(people.person("theo")).post(PLACE, {"region": wrong}).status_code == 422


@pytest.mark.parametrize("key", ["joanne", "rosa"])
def test_nobody_else_moves_the_house(key):
    with pytest.raises(Refused):
        place.set_place(region="CA-ON", by=by(key))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("region", ["US", "CA-YT"])
def test_two_who_close_the_same_day_at_once_close_it_once(case, region):
    on, who = free_day(), [by("mara"), by("theo")]
    said = at_once(*[lambda who=each: actions.close_day(region=region, on_date=on, by=who) for each in who])
    assert [each.error for each in said] == [None, None]
    assert Holiday.objects.count() == 1
    assert Event.objects.filter(verb="day.closed").count() == 1
