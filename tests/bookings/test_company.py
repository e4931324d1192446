"""Who is with the patient on a call: named by her, told with an entry of their own, at the call and nowhere else."""

from datetime import timedelta
from email import message_from_bytes

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from icalendar import Calendar

from bookings import actions, tasks
from bookings.company import actions as company
from bookings.company import erasing, links
from bookings.company.models import Companion
from cases.case.actions import settle_to_do
from cases.case.models import ToDo
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.pages.farewell_actions import say_died
from portal.reminders import sender
from portal.reminders.models import RecipientType, Reminder
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
BEN = {"called": "Ben Adu", "email": "ben@example.org"}


def hand(user):
    return Actor.person(user)


@pytest.fixture
def call(case):
    return factories.book(case, service="first_talk")


def name(call, by=None, **wish):
    return company.name(call, **(BEN | wish), by=by or hand(call.patient))


def rows(companion):
    return Reminder.objects.about(companion).filter(recipient_type=RecipientType.COMPANION)


def sent(mailoutbox):
    """What goes to Ben now."""
    mailoutbox.clear()
    sender.run(clock.now())
    return [mail for mail in mailoutbox if mail.to == [BEN["email"]]]


def entry_in(mail):
    whole = message_from_bytes(mail.message().as_bytes())
    (part,) = [part for part in whole.walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    (event,) = calendar.walk("VEVENT")
    return {
        "method": str(calendar["METHOD"]),
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "event": event,
    }


def words(answer):
    return " ".join(answer.content.decode().split())


def address(companion):
    return reverse("bookings:together", args=[links.token_of(companion)])


def test_the_page_names_somebody_with_consent_on_record(call, rosa):
    page = people.browser(rosa)
    company_page = reverse("bookings:company", args=[call.pk])
    assert "Nothing else: no papers" in words(page.get(company_page))
    assert page.post(company_page, BEN).status_code == 422
    assert not Companion.objects.exists()
    assert page.post(company_page, BEN | {"agrees": "on"}).status_code == 302
    companion = Companion.objects.get()
    assert (companion.agreed_how, companion.named_by) == ("page", rosa)
    assert Event.objects.filter(verb="companion.named", patient=rosa.pk, why="heard_page").count() == 1
    assert "Ben Adu will be there." in words(page.get(call.get_absolute_url()))


def test_named_twice_is_once_and_another_is_refused(call):
    assert name(call).pk == name(call).pk
    with pytest.raises(Refused, match="already"):
        name(call, called="Kim")


@pytest.mark.parametrize("who", ["amir", "grace", "joanne", "ama"])
def test_others_name_nobody(call, who):
    with pytest.raises(Refused):
        name(call, by=hand(people.person(who)))
    answer = people.browser(people.person(who)).post(
        reverse("bookings:company", args=[call.pk]), BEN | {"agrees": "on"}
    )
    assert answer.status_code == 404


def test_a_coordinator_says_how_she_agreed(call):
    theo = hand(people.person("theo"))
    with pytest.raises(Refused, match="how they agreed"):
        name(call, by=theo)
    assert name(call, by=theo, how="phone").agreed_how == "phone"


@pytest.mark.parametrize("wish", [{"email": "ROSA@example.org"}, {"called": "  "}])
def test_her_own_address_and_no_name_are_refused(call, wish):
    with pytest.raises(Refused):
        name(call, **wish)


def test_a_call_that_is_off_or_over_takes_nobody(call, monday):
    actions.cancel(call, by=hand(call.patient))
    with pytest.raises(Refused, match="canceled"):
        name(call)


def test_hostile_names_stay_text_and_out_of_mail(call, mailoutbox):
    name(call, called="<script>alert(1)</script> https://evil.example")
    assert "<script>alert" not in people.browser(call.patient).get(call.get_absolute_url()).content.decode()
    (mail,) = sent(mailoutbox)
    assert "evil.example" not in str(mail.message())


def test_their_entry_is_renewed_by_each_move_and_taken_away_with_the_call(call, case, mailoutbox, monday):
    name(call)
    (first,) = sent(mailoutbox)
    asked = entry_in(first)
    kept = factories.hold(case, service="first_talk", starts_at=call.starts_at + timedelta(days=2), moving=call)
    moved = actions.move(hold=kept, by=hand(case.patient))
    (second,) = sent(mailoutbox)
    renewed = entry_in(second)
    assert renewed["event"].decoded("DTSTART") == moved.starts_at
    actions.cancel(moved, by=hand(case.patient))
    (third,) = sent(mailoutbox)
    off = entry_in(third)
    assert [each["method"] for each in (asked, renewed, off)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [each["sequence"] for each in (asked, renewed, off)] == [0, 1, 2]
    assert len({each["uid"] for each in (asked, renewed, off)} | {call.uid}) == 2
    assert str(asked["event"]["SUMMARY"]) == "Call with Rosa"
    assert Companion.objects.get().ended_as == "cancelled"


def test_taken_off_they_hear_it_and_their_link_opens_nothing(call, mailoutbox):
    companion = name(call)
    sent(mailoutbox)
    assert people.browser().get(address(companion)).status_code == 200
    take_off(call, companion)
    assert company.remove(companion, by=hand(call.patient)).ended_as == "removed"
    (mail,) = sent(mailoutbox)
    assert entry_in(mail)["method"] == "CANCEL"
    assert people.browser().get(address(companion)).status_code == 410
    assert people.browser().get(reverse("bookings:together_file", args=[links.token_of(companion)])).status_code == 404
    assert name(call, called="Kim").pk != companion.pk


def take_off(call, companion, **wish):
    sent = {"do": "remove", "who": str(companion.pk)} | wish
    return people.browser(call.patient).post(reverse("bookings:company", args=[call.pk]), sent)


def test_pressed_on_an_old_page_it_takes_off_who_stood_there_and_not_who_came_since(call):
    before = name(call)
    assert f'value="{before.pk}"' in words(
        people.browser(call.patient).get(reverse("bookings:company", args=[call.pk]))
    )
    take_off(call, before)
    since = name(call, called="Kim")
    assert take_off(call, before).status_code == 302
    assert Companion.objects.open().get() == since


@pytest.mark.parametrize("who", ["", "x", "1", "00000000-0000-0000-0000-000000000000"])
def test_taking_off_nobody_in_particular_is_nothing(call, who):
    companion = name(call)
    assert take_off(call, companion, who=who).status_code == 404
    other = name(factories.book(factories.open_case(people.person("grace")), service="first_talk"))
    assert take_off(call, other).status_code == 404
    assert Companion.objects.open().count() == 2


def test_who_never_heard_of_it_hears_nothing_of_its_end(call, mailoutbox):
    companion = name(call)
    company.remove(companion, by=hand(call.patient))
    assert sent(mailoutbox) == []


def test_their_page_shows_the_call_and_nothing_else(call, monday, practice):
    practice.video_address = "https://video.example/{reference}"
    practice.save(update_fields=["video_address"])
    companion = name(call)
    early = words(people.browser().get(address(companion)))
    assert "A call with Rosa" in early
    assert "video.example" not in early
    for hidden in (call.patient.name, str(call.case_id), str(call.pk), call.reference, "Remission"):
        assert hidden not in early
    monday.move_to(call.starts_at - timedelta(minutes=10))
    assert "video.example" in words(people.browser().get(address(companion)))
    monday.move_to(call.ends_at + timedelta(minutes=20))
    assert people.browser().get(address(companion)).status_code == 410


def test_their_file_is_a_request_then_a_cancel_and_a_made_up_link_is_nothing(call, monday):
    companion = name(call)
    file = reverse("bookings:together_file", args=[links.token_of(companion)])
    assert b"METHOD:REQUEST" in people.browser().get(file).content
    actions.cancel(call, by=hand(call.patient))
    assert b"METHOD:CANCEL" in people.browser().get(file).content
    assert people.browser().get(file.replace("together/", "together/x")).status_code == 404
    monday.shift(timedelta(days=4))
    assert people.browser().get(file).status_code == 404
    assert people.browser().get(reverse("bookings:together", args=["x" * 46])).status_code == 410


def test_they_say_that_they_cannot_once_and_she_hears_of_it(call):
    companion = name(call)
    page = people.browser()
    assert "We tell Rosa." in words(page.post(address(companion), {"do": "no"}))
    assert page.post(address(companion), {"do": "no"}).status_code == 200
    assert Companion.objects.get().ended_as == "declined"
    told = Reminder.objects.to_person(call.patient).unsettled().filter(kind="bookings.companion_cannot")
    assert told.count() == 1


def test_looking_changes_nothing(call):
    companion = name(call)
    before = Event.objects.count()
    people.browser().get(address(companion))
    assert Event.objects.count() == before
    assert Companion.objects.get().ended_at is None


def test_with_a_phone_alone_one_of_us_rings_and_a_name_alone_is_hers_to_tell(call, case):
    companion = name(call, email="", phone="+14165550118")
    todo = ToDo.objects.open().get(kind=company.RING)
    assert (todo.case_id, rows(companion).count()) == (case.pk, 0)
    company.remove(companion, by=hand(call.patient))
    assert ToDo.objects.open().filter(kind=company.RING).count() == 1  # they are told that it is off
    ToDo.objects.all().delete()
    name(call, email="")
    assert not ToDo.objects.filter(kind=company.RING).exists()


NIGHT = timedelta(hours=12)  # from 9 in the morning to when nobody is texted


def move(call, case, days=2):
    kept = factories.hold(case, service="first_talk", starts_at=call.starts_at + timedelta(days=days), moving=call)
    return actions.move(hold=kept, by=hand(case.patient))


def test_a_text_that_waits_for_the_morning_tells_the_newest_truth_only(call, case, gateway, monday):
    monday.shift(NIGHT)
    name(call, email="", phone="+14165550118")
    moved = move(call, case)
    sender.run(clock.now())
    assert list(gateway.sent) == []
    monday.shift(NIGHT)
    sender.run(clock.now())
    (text,) = [said["text"] for said in gateway.sent.values()]
    assert "would like you to be there" in text
    assert f"{moved.starts_at.astimezone(case.patient.zone):%b %-d}" in text
    monday.shift(NIGHT)
    actions.cancel(move(moved, case, days=1), by=hand(case.patient))
    monday.shift(NIGHT)
    sender.run(clock.now())
    (later,) = [said["text"] for said in gateway.sent.values()][1:]
    assert "is off for you" in later


def test_who_heard_of_nothing_overnight_hears_nothing_in_the_morning(call, case, gateway, monday):
    monday.shift(NIGHT)
    name(call, email="", phone="+14165550118")
    actions.cancel(move(call, case), by=hand(case.patient))
    monday.shift(NIGHT)
    sender.run(clock.now())
    assert list(gateway.sent) == []


def test_the_consultant_sees_who_is_there(call, joanne):
    name(call, phone="+14165550118")
    page = words(people.browser(joanne).get(call.get_absolute_url()))
    assert "Ben Adu will be there." in page
    assert "0118" in page
    assert BEN["email"] not in page


def test_the_day_of_the_consultant_names_who_will_be_there(call, joanne, monday):
    name(call)
    monday.move_to(call.starts_at - timedelta(hours=1))
    assert "Will be there: Ben Adu." in words(people.browser(joanne).get(reverse("pages:today")))


def test_when_she_has_died_nobody_is_written_to_and_nobody_rings(call, rosa):
    companion = name(call)
    phoned = Companion.objects.filter(pk=companion.pk)
    say_died(rosa, right="ends", why="Her daughter rang.", by=hand(people.person("theo")))
    assert phoned.get().ended_as == "cancelled"
    assert not rows(companion).unsettled().exists()
    assert people.browser().get(address(companion)).status_code == 410
    assert not ToDo.objects.open().filter(kind=company.RING).exists()


def test_closing_the_case_closes_their_page(call, case):
    companion = name(call)
    case.state = "closed"
    case.closed_at, case.closed_by, case.closed_why = clock.now(), case.patient, "asked"
    case.save()
    assert people.browser().get(address(companion)).status_code == 410


def test_names_and_addresses_are_forgotten_30_days_after(call, monday):
    companion = name(call)
    monday.move_to(call.ends_at + timedelta(days=29))
    assert erasing.forget(clock.now()) == 0
    monday.shift(timedelta(days=2))
    assert erasing.forget(clock.now()) == 1
    companion.refresh_from_db()
    assert (companion.name, companion.email, companion.phone, companion.ended_as) == ("", "", "", "past")


def test_nobody_rings_about_a_call_that_is_over_and_the_name_goes_from_the_board(call, monday):
    theo = hand(people.person("theo"))
    first = name(call, email="", phone="+14165550118")
    settle_to_do(ToDo.objects.open().get(kind=company.RING), by=theo)
    company.remove(first, by=hand(call.patient))
    assert company.end_over(clock.now()) == 0
    monday.move_to(call.ends_at)
    tasks.end_asked()
    assert not ToDo.objects.open().filter(kind=company.RING).exists()
    assert company.end_over(clock.now()) == 0
    assert {todo.note[:3] for todo in ToDo.objects.filter(kind=company.RING)} == {"Ben"}
    monday.shift(timedelta(days=31))
    assert erasing.forget(clock.now()) == 1
    assert {todo.note for todo in ToDo.objects.filter(kind=company.RING)} == {""}


def test_the_database_refuses_bad_rows(call):
    companion = name(call)
    bad = [
        {"name": ""},
        {"agreed_how": "guess"},
        {"ended_at": clock.now()},
        {"ended_as": "removed"},
        {"ended_at": companion.named_at - timedelta(days=1), "ended_as": "removed"},
    ]
    for change in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            Companion.objects.filter(pk=companion.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Companion.objects.create(call=call, name="Kim", agreed_how="page", named_at=clock.now(), named_by=call.patient)
