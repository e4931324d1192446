"""A coordinator books and moves beyond notice, horizon, cap and the last 2 hours, with a reason that is kept."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import actions, availability, availability_actions, picker
from bookings.models import Consultation, Hold, Reservation, Service
from bookings.overriding import rules
from bookings.rules import JustTaken
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
HOUR = timedelta(hours=1)
WHY = "Her treatment begins on Wednesday"


@pytest.fixture
def theo(case):
    return people.person("theo")


@pytest.fixture
def theos(theo):
    return people.browser(theo)


def act(key):
    return Actor.person(people.person(key))


def wish(case, practice, start, **more):
    service = Service.objects.get(code="first_talk")
    return {
        "case": case,
        "consultant": practice.consultant,
        "service": service,
        "starts_at": start,
        "how": "phone",
    } | more


def soon(practice):
    """Today at 10:30 where Joanne is: within the 24 hours."""
    return clock.now().astimezone(practice.zone).replace(hour=10, minute=30)


def booked(case, practice, start, reason=WHY, moving=None):
    kept = actions.hold(**wish(case, practice, start, moving=moving), reason=reason, by=act("theo"))
    if moving:
        return actions.move(hold=kept, by=act("theo"))
    return actions.book(hold=kept, accepts_scope=True, how="phone", by=act("theo"))


def told(call):
    return set(Reminder.objects.about(call).unsettled().values_list("kind", "recipient_id"))


def test_inside_the_notice_time_it_is_booked_with_a_reason(case, practice, rosa, joanne):
    call = booked(case, practice, soon(practice))
    assert (call.starts_at, call.override_reason) == (soon(practice), WHY)
    assert Event.objects.filter(verb="consultation.overridden", about_id=str(call.pk)).count() == 1
    assert {("bookings.booked", str(rosa.pk)), ("bookings.told_consultant", str(joanne.pk))} <= told(call)
    raw = Consultation.objects.extra(select={"raw": "override_reason"}).get().raw
    assert WHY.encode() not in bytes(raw)


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_without_a_reason_nothing_is_held(case, practice, reason):
    with pytest.raises(Refused, match="Say why"):
        booked(case, practice, soon(practice), reason=reason)
    assert not Hold.objects.exists()


@pytest.mark.parametrize("who", ["rosa", "joanne"])
def test_nobody_else_goes_beyond(case, practice, who):
    with pytest.raises(Refused):
        actions.hold(**wish(case, practice, soon(practice)), reason=WHY, by=act(who))


def test_the_ordinary_way_stays_shut(case, practice):
    with pytest.raises(JustTaken, match="24 hours ahead"):
        actions.hold(**wish(case, practice, soon(practice)), by=act("theo"))


def test_beyond_the_horizon(case, practice):
    far = soon(practice) + timedelta(days=126)
    assert booked(case, practice, far).starts_at == far


def test_beyond_the_cap(case, practice):
    practice.daily_cap = 1
    practice.save(update_fields=["daily_cap"])
    first = factories.book(factories.open_case(people.person("grace")), service="first_talk")
    service, late = Service.objects.get(code="first_talk"), first.starts_at + 2 * HOUR
    assert availability.judge(case, practice, service, late, clock.now()) == "full_day"
    assert booked(case, practice, late).override_reason == WHY


def test_never_over_a_call_a_hold_or_a_closed_time(case, practice):
    other = factories.open_case(people.person("grace"))
    call = factories.book(other, service="first_talk")
    kept = factories.hold(other, service="first_talk", starts_at=call.starts_at + HOUR)
    night = soon(practice).replace(hour=3)
    holiday = soon(practice) + timedelta(days=2)  # November 11
    off = soon(practice).replace(hour=14)
    today = off.date()
    availability_actions.add_time_off(practice, from_on=today, until_on=today, by=act("joanne"))
    for start in (call.starts_at, kept.starts_at, night, holiday, off, clock.now() - HOUR):
        with pytest.raises(JustTaken):
            booked(case, practice, start)
    assert Reservation.objects.filter(kind="consultation").count() == 1


def test_the_plan_is_still_read_first(case, practice):
    service = Service.objects.get(code="plan")
    with pytest.raises(JustTaken, match="too soon to read"):
        actions.hold(
            **wish(case, practice, soon(practice).replace(hour=14), service=service), reason=WHY, by=act("theo")
        )


def test_within_2_hours_a_call_moves_with_a_reason_only(case, practice, monday, rosa, joanne):
    call = factories.book(case, service="first_talk")
    service = Service.objects.get(code="first_talk")
    later = availability.free_starts(case, practice, service, clock.now())[-1]
    kept = actions.hold(**wish(case, practice, later, moving=call), by=act("theo"))
    monday.move_to(call.starts_at - HOUR)
    with pytest.raises(Refused, match="Say why"):
        actions.move(hold=kept, by=act("theo"))
    with pytest.raises(Refused, match="until 2 hours"):
        actions.move(hold=kept, by=Actor.person(rosa))
    moved = booked(case, practice, later, moving=call)
    assert (moved.starts_at, moved.version, moved.override_reason) == (later, 1, WHY)
    assert {("bookings.told_patient", str(rosa.pk)), ("bookings.told_consultant", str(joanne.pk))} <= told(moved)


def test_each_reason_is_kept_once(case, practice):
    call = booked(case, practice, soon(practice))
    moved = booked(case, practice, soon(practice).replace(hour=15), reason="She\n feels ill", moving=call)
    assert moved.override_reason == f"{WHY}\nShe feels ill"
    again = booked(case, practice, soon(practice).replace(hour=16), reason="She feels ill", moving=moved)
    assert again.override_reason == f"{WHY}\nShe feels ill"
    assert Event.objects.filter(verb="consultation.overridden").count() == 3


def test_pressed_twice_it_is_booked_once(case, practice):
    kept = actions.hold(**wish(case, practice, soon(practice)), reason=WHY, by=act("theo"))
    both = [actions.book(hold=kept, accepts_scope=True, how="phone", by=act("theo")) for _press in range(2)]
    assert both[0] == both[1]
    assert Event.objects.filter(verb="consultation.overridden").count() == 1


def test_her_next_choice_carries_no_reason(case, practice, rosa):
    actions.hold(**wish(case, practice, soon(practice)), reason=WHY, by=act("theo"))
    kept = factories.hold(case, service="first_talk")
    assert kept.override_reason == ""


def test_her_open_page_neither_shows_nor_books_what_a_coordinator_chose(case, practice, rosa):
    kept = factories.hold(case, service="first_talk")
    hers = people.browser(rosa)
    assert hers.get(kept.get_absolute_url()).status_code == 200
    beyond = actions.hold(**wish(case, practice, soon(practice)), reason=WHY, by=act("theo"))
    assert beyond.pk == kept.pk
    answer = hers.get(kept.get_absolute_url())
    assert (answer.status_code, WHY in words(answer)) == (404, False)
    assert hers.post(kept.get_absolute_url(), {"scope": "on", "seen": beyond.choice}).status_code == 404
    with pytest.raises(JustTaken, match="24 hours ahead"):
        actions.book(hold=beyond, accepts_scope=True, by=Actor.person(rosa))
    assert not Consultation.objects.exists()
    assert actions.book(hold=beyond, accepts_scope=True, how="phone", by=act("theo")).override_reason == WHY


def test_a_call_that_she_moves_takes_no_reason_along(case, practice, rosa):
    call = factories.book(case, service="first_talk")
    first, free = Service.objects.get(code="first_talk"), call.starts_at + timedelta(days=2)
    beyond = actions.hold(**wish(case, practice, soon(practice), moving=call), reason=WHY, by=act("theo"))
    with pytest.raises(JustTaken, match="24 hours ahead"):
        actions.move(hold=beyond, by=Actor.person(rosa))
    ordinary = actions.hold(**wish(case, practice, free, moving=call, service=first), reason=WHY, by=act("theo"))
    assert actions.move(hold=ordinary, by=Actor.person(rosa)).override_reason == ""


@pytest.mark.parametrize(
    ("before", "reason", "after"),
    [("", "a", "a"), ("a", "", "a"), ("a", "a", "a"), ("a", "b", "a\nb"), ("", "", "")],
)
def test_reasons_are_joined(before, reason, after):
    assert rules.joined(before, reason) == after


# The page


def words(answer):
    return " ".join(answer.content.decode().split())


def page(case):
    return reverse("bookings:override", args=[case.pk])


def test_the_page_shows_the_times_of_a_day_and_what_they_go_beyond(theos, case, practice):
    shown = words(theos.get(page(case)))
    assert "Within 24 hours from now" in shown
    assert "10:30 am" in shown
    assert '<input type="hidden" name="day" value="2026-11-09">' in shown
    assert not Hold.objects.exists()


def test_a_time_of_the_page_goes_on_to_the_page_that_books(theos, case, practice):
    body = {"consultant": practice.pk, "service": "first_talk", "day": "2026-11-09", "how": "phone"}
    slot = picker.value_of(soon(practice))
    answer = theos.post(page(case), body | {"slot": slot, "reason": " "})
    assert answer.status_code == 422
    assert "Say why" in words(answer)
    answer = theos.post(page(case), body | {"slot": slot, "reason": WHY})
    kept = Hold.objects.get()
    assert answer.url == kept.get_absolute_url()
    assert WHY in words(theos.get(answer.url))
    theos.post(answer.url, {"scope": "on", "said": "phone", "seen": kept.choice, "version": 1})
    call = Consultation.objects.get()
    assert (call.starts_at, call.how) == (soon(practice), "phone")
    assert "Why it was booked beyond the rules" in words(theos.get(call.get_absolute_url()))
    assert WHY not in words(people.browser(case.patient).get(call.get_absolute_url()))
    assert WHY not in answer.url


def test_what_is_taken_meanwhile_is_said_and_the_reason_stays(theos, case, practice):
    factories.book(factories.open_case(people.person("grace")), service="first_talk")
    taken = Consultation.objects.get()
    body = {"consultant": practice.pk, "service": "first_talk", "day": taken.starts_at.date(), "how": "video"}
    answer = theos.post(page(case), body | {"slot": picker.value_of(taken.starts_at), "reason": WHY})
    assert answer.status_code == 409
    assert "just taken" in words(answer)
    assert WHY in words(answer)


@pytest.mark.parametrize("sent", [{"day": "soon"}, {"day": "2026-11-09", "consultant": "x"}, {"slot": "x"}, {}])
def test_what_cannot_be_read_is_asked_for_again(theos, case, sent):
    assert theos.post(page(case), sent).status_code == 422
    assert theos.get(page(case), sent).status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1999-12-31", "2200-01-01"])
def test_a_day_that_no_calendar_counts_is_refused(theos, case, practice, day):
    asked = {"day": day, "consultant": practice.pk, "service": "first_talk"}
    answer = theos.get(page(case), asked)
    assert answer.status_code == 200
    assert "Enter a valid date." in words(answer)
    assert theos.post(page(case), asked).status_code == 422


def test_within_2_hours_the_page_of_times_leads_to_the_reason(theos, case, practice, monday):
    call = factories.book(case, service="first_talk")
    monday.move_to(call.starts_at - HOUR)
    answer = theos.get(reverse("bookings:move", args=[call.pk]))
    assert answer.url == reverse("bookings:override_move", args=[call.pk])
    assert "Now it is on" in words(theos.get(answer.url))
    monday.move_to(call.ends_at)
    theos = people.browser(people.person("theo"))
    assert theos.get(answer.url).url == call.get_absolute_url()


def test_only_coordinators_find_it(case, practice, joanne):
    call = factories.book(case, service="first_talk")
    for person in (case.patient, joanne):
        for address in (page(case), reverse("bookings:override_move", args=[call.pk])):
            assert people.browser(person).get(address).status_code in (403, 404)
    assert "beyond the rules" not in words(people.browser(case.patient).get(reverse("bookings:move", args=[call.pk])))
