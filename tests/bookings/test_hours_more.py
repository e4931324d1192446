"""Extra hours, what patients read about a consultant, and the page as a patient sees it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse

from bookings import anyone, availability, availability_actions, picker
from bookings.models import Consultation, ExtraHours, Practice, Reservation, Service, TimeOff
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
SATURDAY = date(2026, 11, 21)


@pytest.fixture
def joannes(joanne):
    return people.browser(joanne)


@pytest.fixture
def extra(practice, joanne):
    availability_actions.add_extra_hours(
        practice, on_date=SATURDAY, from_time=time(9), until_time=time(12), by=Actor.person(joanne)
    )
    return ExtraHours.objects.get()


def words(answer):
    return " ".join(answer.content.decode().split())


def saturdays(case, practice):
    service = Service.objects.get(code="first_talk")
    free = availability.free_starts(case, practice, service, clock.now())
    return [start for start in free if start.astimezone(practice.zone).date() == SATURDAY]


# Extra hours


def test_extra_hours_can_be_booked_and_taken_back(joannes, case, practice):
    sent = {"on_date": "2026-11-21", "from_time": "09:00", "until_time": "12:00"}
    assert "Extra hours saved" in words(joannes.post(reverse("bookings:extra_hours"), sent, follow=True))
    assert saturdays(case, practice)
    row = ExtraHours.objects.get()
    gone = joannes.post(reverse("bookings:remove_extra_hours", args=[row.pk]), follow=True)
    assert "Extra hours taken back" in words(gone)
    assert not saturdays(case, practice)


@pytest.mark.parametrize("wrong", ["09:07", "09:00:30", "09:15:00.5", "23:59"])
@pytest.mark.parametrize("field", ["from_time", "until_time"])
@pytest.mark.parametrize("page", ["extra_hours", "time_off"])
def test_a_time_that_is_no_quarter_of_an_hour_is_refused_in_words(joannes, page, field, wrong):
    days = {"on_date": "2026-11-21", "from_on": "2026-11-21", "until_on": "2026-11-21", "every_weeks": "0"}
    sent = days | {"from_time": "08:45", "until_time": "12:00", field: wrong}
    answer = joannes.post(reverse(f"bookings:{page}"), sent)
    assert answer.status_code == 422
    assert words(answer).count("Enter a time by the quarter hour, like 9:15.") == 2  # in the summary, and at the field
    assert not ExtraHours.objects.exists()
    assert not TimeOff.objects.exists()
    assert joannes.post(reverse(f"bookings:{page}"), sent | {field: "09:45:00"}).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"on_date": "2026-11-08"},
        {"until_time": "08:00"},
        {"until_time": ""},
        {"on_date": "never"},
    ],
)
def test_extra_hours_that_make_no_sense_are_named(joannes, wrong):
    sent = {"on_date": "2026-11-21", "from_time": "09:00", "until_time": "12:00", **wrong}
    answer = joannes.post(reverse("bookings:extra_hours"), sent)
    assert answer.status_code == 422
    assert "rs-errors" in words(answer)
    assert not ExtraHours.objects.exists()


def test_extra_hours_that_overlap_are_refused_in_words(joannes, extra):
    sent = {"on_date": "2026-11-21", "from_time": "11:00", "until_time": "13:00"}
    answer = joannes.post(reverse("bookings:extra_hours"), sent)
    assert answer.status_code == 409
    assert "extra hours at that time already" in words(answer)
    assert ExtraHours.objects.count() == 1


def test_a_call_in_extra_hours_is_asked_about_before_they_go(joannes, case, practice, extra):
    booked = factories.book(case, service="first_talk", starts_at=saturdays(case, practice)[0])
    address = reverse("bookings:remove_extra_hours", args=[extra.pk])
    asked = joannes.post(address)
    assert asked.status_code == 409
    assert f'form="extra_{extra.pk}-form"' in words(asked)
    assert ExtraHours.objects.exists()
    joannes.post(address, {f"answer-{booked.pk}": "keep"})
    assert not ExtraHours.objects.exists()
    assert Consultation.objects.get().state == "booked"
    assert Reservation.objects.filter(kind="consultation").count() == 1


def test_nobody_else_changes_them(practice, extra):
    amir = Actor.person(people.person("amir"))
    with pytest.raises(Refused):
        availability_actions.add_extra_hours(
            practice, on_date=SATURDAY, from_time=time(14), until_time=time(15), by=amir
        )
    with pytest.raises(Refused):
        availability_actions.remove_extra_hours(extra, by=amir)


# What patients read


def test_what_patients_read_is_saved_and_read(joannes, case, rosa):
    sent = {
        "profession": "Oncology nurse",
        "languages": " English ,French,",
        "specialties": "Breast cancer",
        "video_address": "https://meet.example.org/{reference}",
    }
    assert "Patients read this from now on" in words(joannes.post(reverse("bookings:about"), sent, follow=True))
    practice = Practice.objects.get()
    assert (practice.languages, practice.profession) == ("English, French", "Oncology nurse")
    page = words(people.browser(rosa).get(reverse("bookings:pick", args=[case.pk])))
    assert "Joanne Pike, Oncology nurse." in page
    assert "Languages: English, French." in page
    assert "Knows best: Breast cancer." in page


@pytest.mark.parametrize(
    "address", ["http://meet.example.org/a", "javascript:alert(1)", "meet.example.org", "https://"]
)
def test_only_a_safe_address_of_a_room_is_taken(joannes, address):
    before = Practice.objects.get().video_address
    answer = joannes.post(reverse("bookings:about"), {"video_address": address})
    assert answer.status_code == 422
    assert "begins with https://" in words(answer)
    assert Practice.objects.get().video_address == before


# As a patient


def test_the_page_shows_what_somebody_new_is_offered_and_why_not(joannes, practice):
    page = joannes.get(reverse("bookings:as_a_patient"), {"service": "first_talk", "day": "2026-11-17"})
    assert "Tuesday, November 17" in words(page)
    shown = [time["label"] for part in page.context["offer"].parts_of_day() for time in part["times"]]
    service = Service.objects.get(code="first_talk")
    free = availability.free_between(practice, service, clock.now(), date(2026, 11, 17), date(2026, 11, 17))
    assert len(shown) == len(free) > 0
    empty = words(joannes.get(reverse("bookings:as_a_patient"), {"service": "first_talk", "day": "2026-11-11"}))
    assert "has no times: we are closed" in empty


def test_a_consultant_without_hours_sees_that_nothing_is_offered():
    page = people.browser(people.person("amir")).get(reverse("bookings:as_a_patient"))
    assert "No free time at all" in words(page)


def test_a_full_weekend_day_gives_its_reason_and_one_without_hours_none(extra, case, practice):
    def reasons():
        wish = {"case": case, "practice": practice, "service": Service.objects.get(code="first_talk")}
        found = picker.Offer(**wish, now=clock.now(), zone=practice.zone)
        together = anyone.offer_of(found, anyone.taking_bookings(case.patient, case, clock.now()), anyone.Fit())
        assert [each["first"] for each in together.reasons()] == [each["first"] for each in found.reasons()]
        return {each["first"]: each["why"] for each in found.reasons()}

    assert not [day for day in reasons() if day.weekday() >= 5]
    begins = datetime(2026, 11, 21, 14, tzinfo=UTC)  # 9 am in Toronto
    wish = {"consultant": practice.consultant, "kind": Reservation.Kind.BLOCKED, "starts_at": begins}
    Reservation.objects.create(**wish, ends_at=begins + timedelta(hours=3))
    assert reasons()[SATURDAY] == "every time is taken"
    assert [day for day in reasons() if day.weekday() >= 5] == [SATURDAY]


def test_extra_hours_that_are_over_list_nobody(extra, practice, monday):
    practice.hours.all().delete()
    assert practice in Practice.objects.taking_bookings(clock.now())
    monday.move_to(datetime(2026, 11, 24, 12, tzinfo=UTC))
    assert practice not in Practice.objects.taking_bookings(clock.now())
