"""A consultant away: the days, who stands in, cases handed over and back, and the patient's yes to reading."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from bookings import actions as bookings
from bookings import availability
from bookings.models import Service
from cases.case import people as rule
from cases.case.actions import assign, end_assignment, settle_to_do
from cases.case.away import actions, notices, showing
from cases.case.away.models import Away, Cover
from cases.case.models import Assignment, Consent, ToDo
from cases.reviews import actions as reviews
from cases.reviews import opening
from cases.reviews.models import Review
from cases.threads import actions as threads
from cases.threads import answering
from portal import clock
from portal.accounts import actions as accounts
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import factories, people
from tests.documents.files import folder  # noqa: F401
from tests.reviews import world as reading

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 12, 1, 17, tzinfo=dt.UTC)
FIRST, LAST = dt.date(2026, 12, 7), dt.date(2026, 12, 18)


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture(autouse=True)
def noon():
    with clock.lived_at(NOON):
        yield


@pytest.fixture
def case():
    """Rosa's, with Joanne as its consultant."""
    case = factories.open_case()
    assign(case, people.person("joanne"), why="taking", by=act("joanne"))
    return case


@pytest.fixture
def away():
    return said()


def said(who="joanne", stand_in="amir", first=FIRST, last=LAST, by="theo") -> Away:
    return actions.say_away(
        people.person(who), from_on=first, until_on=last, stands_in=people.person(stand_in), by=act(by)
    )


def places(case) -> set[str]:
    return {each.user.name for each in case.assignments.filter(ended_at=None).select_related("user")}


def may(key, verb, case) -> bool:
    return rule.may(verb, case, people.person(key))


def test_a_coordinator_or_the_consultant_herself_says_it_and_twice_is_once():
    first = said(by="joanne")

    assert said() == first
    assert (first.time_zone, first.back_on) == ("America/Toronto", dt.date(2026, 12, 19))
    assert Event.objects.filter(verb="away.said").count() == 1
    for other in ("amir", "rosa", "mara"):
        with pytest.raises(Refused, match="Only a coordinator"):
            said(first=LAST + dt.timedelta(days=9), last=LAST + dt.timedelta(days=9), by=other)


@pytest.mark.parametrize(
    ("first", "last", "stand_in", "why"),
    [
        (LAST, FIRST, "amir", "must not come before"),
        (dt.date(2026, 11, 2), dt.date(2026, 11, 30), "amir", "are over"),
        (FIRST, FIRST + dt.timedelta(days=366), "amir", "a year at most"),
        (FIRST, LAST, "joanne", "Choose somebody else"),
        (FIRST, LAST, "theo", "not one of our consultants"),
    ],
)
def test_days_and_people_that_cannot_be(first, last, stand_in, why):
    with pytest.raises(Refused, match=why):
        said(first=first, last=last, stand_in=stand_in)
    assert not Away.objects.exists()


def test_overlapping_days_are_refused_also_by_the_database(away):
    with pytest.raises(Refused, match="away on some of these days already"):
        said(stand_in="nils", first=LAST, last=LAST + dt.timedelta(days=3))
    again = {"consultant": away.consultant, "stands_in": people.person("nils"), "time_zone": "America/Toronto"}
    again |= {"from_on": LAST, "until_on": LAST, "said_at": NOON, "said_by": away.said_by}
    for wrong in ({}, {"from_on": LAST + dt.timedelta(days=9)}, {"stands_in": away.consultant, "from_on": LAST}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Away.objects.create(**again | wrong)

    actions.end_away(away, by=act("theo"))
    assert said(stand_in="nils", first=LAST, last=LAST).pk


def test_nobody_stands_in_while_away_and_nobody_goes_away_while_standing_in(away):
    with pytest.raises(Refused, match="Joanne Pike is away"):
        said("nils", stand_in="joanne")
    with pytest.raises(Refused, match="Amir Haddad stands in for Joanne Pike"):
        said("amir", stand_in="nils")
    later = LAST + dt.timedelta(days=1)
    assert said("amir", stand_in="joanne", first=later, last=later).pk


def test_the_case_goes_to_the_one_who_stands_in_with_what_was_asked(case, away):
    threads.send(case, "Hello?", by=act("rosa"))
    answering.assign(case, people.person("joanne"), due_on=FIRST, by=act("theo"))

    cover = actions.hand_over(away, case, by=act("theo"))

    assert actions.hand_over(away, case, by=act("theo")) == cover
    assert places(case) == {"Amir Haddad"}
    assert not may("joanne", "see", case)
    assert may("amir", "read_messages", case)
    assert not may("amir", "read_documents", case)
    assert ToDo.objects.open().get(case=case).for_user.name == "Amir Haddad"
    back = ToDo.objects.open().get(kind=actions.HAND_BACK)
    assert (back.due_on, back.about_id) == (away.back_on, str(away.pk))
    assert Reminder.objects.get(kind=notices.AWAY).recipient_id == str(case.patient_id)
    assert Event.objects.filter(verb="away.handed_over", patient=case.patient_id).count() == 1


def test_only_coordinators_hand_over_and_back(case, away):
    for other in ("joanne", "amir", "rosa", "mara"):
        with pytest.raises(Refused):
            actions.hand_over(away, case, by=act(other))
    cover = actions.hand_over(away, case, by=act("theo"))
    for other in ("joanne", "amir", "rosa", "mara"):
        for deed in (actions.hand_back, actions.keep):
            with pytest.raises(Refused):
                deed(cover, by=act(other))


def test_what_is_not_hers_any_more_is_not_handed_over(case, away):
    end_assignment(case, people.person("joanne"), by=act("theo"))
    with pytest.raises(Refused, match="another consultant by now"):
        actions.hand_over(away, case, by=act("theo"))

    own = factories.open_case(people.person("amir"))
    assign(own, people.person("joanne"), why="taking", by=act("joanne"))
    with pytest.raises(Refused, match="belongs to this case"):
        actions.hand_over(away, own, by=act("theo"))

    with clock.lived_at(NOON + dt.timedelta(days=30)), pytest.raises(Refused, match="is over"):
        actions.hand_over(away, own, by=act("theo"))


def test_she_reads_it_and_says_yes_or_no(case, away):
    cover = actions.hand_over(away, case, by=act("theo"))
    (line,) = showing.lines(case, case.patient)
    assert line.text == "Joanne Pike is away soon, until Friday, December 18. Amir Haddad stands in."
    assert line.link == "May Amir read your files?"

    actions.let_read(cover, False, by=act("rosa"))
    assert showing.lines(case, case.patient)[0].link.startswith("You said no")
    assert not Reminder.objects.unsettled().filter(kind=notices.AWAY).exists()
    for _press in range(2):
        actions.let_read(cover, True, by=act("rosa"))

    assert may("amir", "read_documents", case)
    assert Consent.objects.standing().filter(kind="read", consultant=people.person("amir")).count() == 1
    assert showing.lines(case, case.patient)[0].href == ""
    with pytest.raises(Refused, match="take it back on the page"):
        actions.let_read(cover, False, by=act("rosa"))


def test_nobody_else_says_yes_but_a_coordinator_writes_down_what_she_said(case, away):
    cover = actions.hand_over(away, case, by=act("theo"))
    for other, how in (("amir", "page"), ("theo", "page"), ("rosa", "phone"), ("amir", "phone"), ("grace", "page")):
        with pytest.raises(Refused, match="Only the patient"):
            actions.let_read(cover, True, how=how, by=act(other))
    assert "once the patient says yes" in showing.lines(case, people.person("theo"))[0].text

    actions.let_read(cover, True, how="phone", by=act("theo"))

    assert Consent.objects.get(kind="read").how == "phone"


def test_it_comes_back_once_with_what_was_asked(case, away):
    cover = actions.hand_over(away, case, by=act("theo"))
    threads.send(case, "Hello?", by=act("rosa"))
    answering.assign(case, people.person("amir"), due_on=FIRST, by=act("theo"))
    actions.let_read(cover, True, by=act("rosa"))

    for _press in range(2):
        cover = actions.hand_back(cover, by=act("theo"))

    assert cover.back_why == "back"
    assert places(case) == {"Joanne Pike"}
    assert not may("amir", "read_documents", case)
    assert ToDo.objects.open().get(case=case).for_user.name == "Joanne Pike"
    assert not ToDo.objects.open().filter(kind=actions.HAND_BACK).exists()
    assert not showing.lines(case, case.patient)
    with pytest.raises(Refused, match="does not stand in any more"):
        actions.let_read(cover, True, by=act("rosa"))


def test_a_time_away_ends_when_all_is_back(case, away):
    cover = actions.hand_over(away, case, by=act("theo"))
    with pytest.raises(Refused, match="Hand the cases back first"):
        actions.end_away(away, by=act("joanne"))
    actions.hand_back(cover, by=act("theo"))

    ended = actions.end_away(away, by=act("joanne"))

    assert actions.end_away(away, by=act("theo")).ended_by == ended.ended_by
    with pytest.raises(Refused, match="is over"):
        actions.change_away(away, from_on=FIRST, until_on=FIRST, stands_in=people.person("amir"), by=act("theo"))


def test_somebody_else_stands_in_and_is_asked_for_anew(case, away):
    first = actions.hand_over(away, case, by=act("theo"))
    actions.let_read(first, True, by=act("rosa"))
    said = {"from_on": FIRST, "until_on": LAST + dt.timedelta(days=2)}

    with pytest.raises(Refused, match="Ask a coordinator"):
        actions.change_away(away, **said, stands_in=people.person("nils"), by=act("joanne"))
    actions.change_away(away, **said, stands_in=people.person("nils"), by=act("theo"))

    assert places(case) == {"Nils Berg"}
    assert not may("nils", "read_documents", case)
    first.refresh_from_db()
    assert first.back_why == "moved"
    second = Cover.objects.open().get(case=case)
    assert Reminder.objects.unsettled().get(kind=notices.AWAY).about_id == second.pk
    assert ToDo.objects.open().get(kind=actions.HAND_BACK).due_on == dt.date(2026, 12, 21)


def test_who_had_a_place_of_her_own_keeps_it(case, away):
    assign(case, people.person("amir"), why="taking", by=act("amir"))
    cover = actions.hand_over(away, case, by=act("theo"))

    actions.hand_back(cover, by=act("theo"))

    assert places(case) == {"Joanne Pike", "Amir Haddad"}


def test_a_call_booked_meanwhile_gives_a_place_until_it_is_canceled(case, away):
    amir = people.person("amir")
    cover = actions.hand_over(away, case, by=act("theo"))
    call = factories.book(case, amir)
    cover.refresh_from_db()
    assert cover.has_own_place

    bookings.cancel(call, by=act("rosa"))
    cover.refresh_from_db()
    assert not cover.has_own_place
    assert places(case) == {"Amir Haddad"}


def test_when_the_consultant_leaves_the_other_one_keeps_the_case(case, away):
    cover = actions.hand_over(away, case, by=act("theo"))
    accounts.close_account(people.person("joanne"), by=act("mara"))
    for press in (actions.hand_back, actions.keep):  # of a page that was open before
        cover = press(cover, by=act("theo"))

    assert (cover.back_why, places(case)) == ("kept", {"Amir Haddad"})


def test_when_the_one_who_stands_in_leaves_the_case_comes_back(case, away):
    cover = actions.hand_over(away, case, by=act("theo"))
    accounts.close_account(people.person("amir"), by=act("mara"))
    for press in (actions.keep, actions.hand_back):
        cover = press(cover, by=act("theo"))

    assert (cover.back_why, places(case)) == ("back", {"Joanne Pike"})


def test_a_plan_half_read_waits_for_the_one_who_stands_in(folder):  # noqa: F811
    joanne = people.person("joanne")
    case = factories.open_case()
    reading.plan(case)
    reading.talk(case, joanne)
    opening.open_due_reviews(clock.now())
    review = reading.write(reviews.take(Review.objects.get(case=case), by=act("joanne")))
    cover = actions.hand_over(said(first=dt.date(2026, 12, 2)), case, by=act("theo"))

    review = Review.objects.get(pk=review.pk)
    assert (review.state, review.reader) == ("open", None)
    assert review.texts
    actions.let_read(cover, True, by=act("rosa"))
    assert reviews.take(review, by=act("amir")).reader == people.person("amir")

    actions.hand_back(cover, by=act("theo"))
    assert Review.objects.get(pk=review.pk).reader is None


def test_no_new_call_is_offered_on_days_away(case):
    practice = factories.open_hours(people.person("joanne"))
    offered = {
        start.date()
        for start in availability.free_starts(case, practice, Service.objects.get(code="first_talk"), clock.now())
    }
    assert FIRST in offered
    away = said()

    free = availability.free_starts(case, practice, Service.objects.get(code="first_talk"), clock.now())
    assert not [start for start in free if FIRST <= start.astimezone(practice.zone).date() <= LAST]
    actions.end_away(away, by=act("theo"))
    assert len(availability.free_starts(case, practice, Service.objects.get(code="first_talk"), clock.now())) > len(
        free
    )


def test_covers_that_cannot_be_are_refused_by_the_database(case, away):
    cover = actions.hand_over(away, case, by=act("theo"))
    for wrong in (
        {"back_at": NOON},
        {"back_why": "back"},
        {"back_at": NOON - dt.timedelta(days=9), "back_why": "back"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Cover.objects.filter(pk=cover.pk).update(**{"back_by": cover.handed_by} | wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Cover.objects.create(away=away, case=case, reader=cover.reader, handed_at=NOON, handed_by=cover.handed_by)
    assert Assignment.objects.filter(case=case, ended_at=None).count() == 1


def test_a_to_do_that_was_settled_by_hand_stops_nothing(case, away):
    cover = actions.hand_over(away, case, by=act("theo"))
    settle_to_do(ToDo.objects.open().get(kind=actions.HAND_BACK), by=act("theo"))
    assert actions.hand_back(cover, by=act("theo")).back_at
