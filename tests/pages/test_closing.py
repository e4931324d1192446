"""Closing a case and opening it again: who may, what ends, who is told, and what a closed page still does."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from bookings import actions as bookings
from bookings.models import Consultation
from cases.case import people as rule
from cases.case.actions import ask_to_do, assign, end_assignment
from cases.case.away import actions as aways
from cases.case.corrections import actions as corrections
from cases.case.corrections.models import Correction
from cases.case.helping import actions as helping
from cases.case.helping.models import Helper
from cases.case.models import Assignment, Case, Cover, ToDo
from cases.case.worry_actions import clear_worries, raise_worry
from cases.desk.links.actions import link_for
from cases.desk.models import OfficeLink
from cases.documents.erasing import erase_case
from cases.opinions.deciding.actions import decide
from cases.opinions.questions import actions as questions
from cases.records import actions as records
from cases.records.report.actions import tell_report
from cases.reviews import actions as reviews
from cases.reviews.models import Review
from cases.threads import actions as threads
from portal import clock
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import actions as page_actions
from portal.pages import closing_actions as closing
from portal.pages import closing_notices
from portal.reminders.models import Reminder
from tests import factories, people
from tests.documents.files import folder  # noqa: F401
from tests.pages_table import PAGES
from tests.reviews import world as review_world
from tests.test_access import ask, in_lines, state_of_the_house
from tests.world import built, world  # noqa: F401

pytestmark = pytest.mark.django_db


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


def browser(key):
    return people.browser(people.person(key))


@pytest.fixture
def case():
    """Rosa's, read by Joanne, with Inés as her helper and a visit in six weeks."""
    case = factories.case_with_visit(days=42)
    assign(case, people.person("joanne"), why="taking", by=act("joanne"))
    helping.agree(helping.ask(case, people.person("ines"), by=act("rosa")), chosen="most", by=act("rosa"))
    return case


def close(case, why="asked", key="theo"):
    return closing.close_case(Case.objects.get(pk=case.pk), why, by=act(key))


def reopen(case, key="rosa"):
    return closing.reopen_case(Case.objects.get(pk=case.pk), by=act(key))


def told(case) -> dict[str, set[str]]:
    rows = Reminder.objects.unsettled().filter(case_id=case.pk)
    names = {str(people.person(key).pk): key for key in people.CAST}
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.kind, set()).add(names[row.recipient_id])
    return found


def test_closing_ends_places_links_help_to_dos_and_reminders_and_tells_all_once(case):
    visit = case.visits.get()
    link = link_for(visit, visit.office, by=act("theo"))
    page_actions.ask_for_a_call(case, by=act("rosa"))

    for _press in range(2):
        closed = close(case)

    assert (closed.state, closed.closed_why) == ("closed", "asked")
    assert not Assignment.objects.filter(case=case, ended_at=None).exists()
    assert not Helper.objects.open().filter(case=case).exists()
    assert OfficeLink.objects.get(pk=link.pk).ended_at
    assert not ToDo.objects.filter(case=case, done_at=None).exists()
    assert told(case) == {closing_notices.CLOSED: {"rosa"}, closing_notices.CLOSED_TOO: {"ines", "joanne"}}
    assert Event.objects.filter(verb="case.closed", why="closed_asked").count() == 1


def test_only_a_coordinator_closes_and_the_patient_can_ask(case):
    for key in ("rosa", "ines", "joanne", "amir", "mara", "grace"):
        with pytest.raises(Refused):
            close(case, key=key)
    for _press in range(2):
        closing.ask_to_close(case, by=act("rosa"))
    assert ToDo.objects.open().filter(kind=closing.CLOSE_CASE).count() == 1
    for key in ("ines", "theo", "grace"):
        with pytest.raises(Refused):
            closing.ask_to_close(case, by=act(key))


def test_the_patient_closes_it_by_one_press_and_pressed_twice_it_is_closed_once(case):
    rosa, address = browser("rosa"), reverse("pages:ask_to_close", args=[case.pk])
    for _press in range(2):
        assert "Your page is closed." in rosa.post(address, follow=True).content.decode()
    case.refresh_from_db()
    assert (case.state, case.closed_why) == ("closed", "asked")
    assert Event.objects.filter(verb="case.closed", about_id=str(case.pk), actor_id=case.patient_id).count() == 1
    for key in ("ines", "theo", "grace"):
        assert browser(key).post(address).status_code == 404


def test_a_call_is_hers_to_cancel_and_what_is_ours_is_not_told_and_left_to_us(case):
    call = factories.book(case, people.person("amir"))
    address = reverse("pages:ask_to_close", args=[case.pk])
    assert "A call is booked for" in browser("rosa").post(address, follow=True).content.decode()
    assert not ToDo.objects.open().filter(kind=closing.CLOSE_CASE).exists()
    bookings.cancel(call, by=act("rosa"))
    raise_worry(case, "Cried.", by=act("theo"))
    page = browser("rosa").post(address, follow=True).content.decode()
    assert "One of us closes your page" in page
    assert "worried" not in page
    assert ToDo.objects.open().filter(kind=closing.CLOSE_CASE).count() == 1
    case.refresh_from_db()
    assert case.state != "closed"


def test_a_booked_call_or_an_open_worry_stands_in_the_way(case):
    call = factories.book(case, people.person("amir"))
    with pytest.raises(Refused, match="A call is booked for"):
        close(case)
    bookings.cancel(call, by=act("rosa"))
    raise_worry(case, "Cried.", by=act("theo"))
    with pytest.raises(Refused, match="worried"):
        close(case)
    clear_worries(case, "We talked.", seen=1, by=act("theo"))
    assert close(case).state == "closed"


def test_a_decision_must_be_made_and_its_report_confirmed():
    case = factories.case_with_visit(days=0)
    visit = records.say_took_place(case.visits.get(), by=act("rosa"))
    with pytest.raises(Refused, match="not said yet what they decided"):
        close(case, "decided")
    decide(case, choice="own", words="I go on as planned.", by=act("rosa"))
    with pytest.raises(Refused, match="not confirmed yet"):
        close(case, "decided")
    tell_report(visit.report, "confirmed", told="staff_call", by=act("theo"))
    assert close(case, "decided").closed_why == "decided"


def test_silence_is_a_year_without_a_word(case):
    with pytest.raises(Refused, match="A year is not over yet"):
        close(case, "silence")
    with clock.lived_at(clock.now() + dt.timedelta(days=200)):
        threads.send(case, "Still here.", by=act("rosa"))
    with clock.lived_at(clock.now() + dt.timedelta(days=400)), pytest.raises(Refused, match="A year is not over yet"):
        close(case, "silence")
    with clock.lived_at(clock.now() + dt.timedelta(days=600)):
        assert close(case, "silence").closed_why == "silence"
    with pytest.raises(Refused, match="Say why"):
        closing.close_case(factories.open_case(people.person("grace")), "bored", by=act("theo"))


@pytest.mark.parametrize("key", ["rosa", "theo"])
def test_it_is_opened_again_and_what_ended_stays_ended(case, key):
    close(case)
    for _press in range(2):
        opened = reopen(case, key)

    assert (opened.state, opened.closed_at, opened.closed_why) == ("open", None, "")
    assert not Assignment.objects.filter(case=case, ended_at=None).exists()
    assert not rule.may("see", opened, people.person("ines"))
    assert rule.may("see", opened, people.person("theo"))
    expected = {closing_notices.REOPENED: {"rosa"}} if key == "theo" else {}
    assert told(case) == expected
    assert ToDo.objects.open().filter(kind=closing.REOPENED).exists() is (key == "rosa")
    assert close(case).state == "closed"
    assert told(case)[closing_notices.CLOSED] == {"rosa"}


def test_nobody_else_opens_it_again_and_nothing_that_is_erased(case):
    closed = close(case)
    for key in ("ines", "joanne", "amir", "mara", "grace"):
        with pytest.raises(Refused):
            reopen(case, key)
        assert not Case.objects.to_reopen(people.person(key)).filter(pk=case.pk).exists()
    erase_case(closed, by=SYSTEM)
    with pytest.raises(Refused, match="erased"):
        reopen(case)


def test_who_began_it_and_never_asked_leaves_as_well():
    ama = people.person("ama")
    case = factories.open_case(starter=ama)
    closed = close(case)
    assert (rule.may("see", closed, ama), Helper.objects.get().ended_why) == (False, "closed")
    assert people.browser(ama).get(case.get_absolute_url()).status_code == 404
    opened = reopen(case)
    assert not rule.may("see", opened, ama)
    assert helping.ask(opened, ama, by=act("theo")).is_asked
    close(case)
    assert not rule.may("see", case, ama)


def settle_calls(case):
    """Its calls are over, and their consultants have said that they took place."""
    for call in Consultation.objects.booked().filter(case=case):
        bookings.complete(call, by=Actor.person(call.consultant))


def test_a_plan_that_waits_is_nobodys_to_take(folder):  # noqa: F811
    review = review_world.waiting()
    amir = people.person("amir")
    with clock.lived_at(clock.now() + dt.timedelta(days=6)):
        settle_calls(review.case)
        close(review.case)
    assert not Review.objects.free_for(amir).exists()
    with pytest.raises(Refused):
        reviews.take(review, by=act("amir"))
    with pytest.raises(Refused, match="closed"):
        assign(review.case, amir, why="taking", by=act("amir"))
    assert not Assignment.objects.filter(case=review.case, ended_at=None).exists()


def test_a_plan_that_was_being_read_waits_for_another_reader_once_it_is_open_again(folder):  # noqa: F811
    review, amir = review_world.taken(), people.person("amir")
    with clock.lived_at(clock.now() + dt.timedelta(days=6)):
        settle_calls(review.case)
        close(review.case)
        assign(reopen(review.case), amir, why="booking", by=act("rosa"))
        assert reviews.take(Review.objects.get(), by=act("amir")).reader == amir


def test_who_stood_in_leaves_as_well(case):
    joanne, amir = people.person("joanne"), people.person("amir")
    today = clock.today(joanne.zone)
    away = aways.say_away(joanne, from_on=today, until_on=today, stands_in=amir, by=act("theo"))
    aways.hand_over(away, case, by=act("theo"))

    close(case)

    assert Cover.objects.get().back_why == "closed"
    assert not Assignment.objects.filter(case=case, ended_at=None).exists()
    assert not ToDo.objects.open().filter(kind=aways.HAND_BACK).exists()


def test_what_is_asked_of_a_closed_case_is_refused_in_plain_words(case):
    close(case)
    closed = Case.objects.get(pk=case.pk)
    for deed in (
        lambda: threads.send(closed, "Hello?", by=act("rosa")),
        lambda: page_actions.ask_for_a_call(closed, by=act("rosa")),
        lambda: questions.add(closed, text="How long?", by=act("rosa")),
        lambda: raise_worry(closed, "Hm.", by=act("theo")),
    ):
        with pytest.raises(Refused, match="closed"):
            deed()


def test_a_to_do_that_came_late_is_not_on_the_board(case):
    close(case)
    ask_to_do("call", case, case=case, due_on=clock.today(case.patient.zone), by=act("rosa"))
    assert not ToDo.objects.visible_to(people.person("theo")).filter(case=case).exists()


def test_a_call_that_nobody_settled_is_not_shut_in():
    call = factories.book(factories.open_case())
    with clock.lived_at(call.ends_at + dt.timedelta(hours=1)):
        with pytest.raises(Refused, match=r"Nobody has said yet whether the call of .* Ask Joanne to say so first"):
            close(call.case)
        assert Case.objects.get(pk=call.case_id).state == "open"
        bookings.no_show(call, by=Actor.person(call.consultant))
        assert close(call.case).state == "closed"


def test_a_call_of_which_nobody_can_say_anything_any_more_stands_in_no_way():
    call = factories.book(factories.open_case())
    User.objects.filter(pk=call.consultant_id).update(can_sign_in=False)
    with clock.lived_at(call.ends_at + dt.timedelta(hours=1)):
        assert close(call.case).state == "closed"


def test_nor_does_one_in_a_case_that_has_no_consultant_any_more():
    call = factories.book(factories.open_case())
    end_assignment(call.case, call.consultant, by=act("theo"))
    with clock.lived_at(call.ends_at + dt.timedelta(hours=1)):
        assert close(call.case).state == "closed"


def test_pages_close_and_open_it(case):
    theo, rosa = browser("theo"), browser("rosa")
    page = reverse("pages:close_case", args=[case.pk])
    assert page in theo.get(reverse("pages:case_file", args=[case.pk])).content.decode()
    closing.ask_to_close(case, by=act("rosa"))
    assert page in theo.get(reverse("pages:caseload")).content.decode()
    assert theo.post(page, {}).status_code == 422
    refused = theo.post(page, {"why": "decided"})
    assert "not said yet what they decided" in refused.content.decode()
    assert theo.post(page, {"why": "asked"}).status_code == 302

    home = rosa.get(case.get_absolute_url()).content.decode()
    assert "This page is closed." in home
    assert reverse("pages:reopen", args=[case.pk]) in home
    assert "Rosa Delgado" in theo.get(reverse("pages:closed_cases"), {"find": "delg"}).content.decode()
    assert "Rosa Delgado" not in theo.get(reverse("pages:closed_cases"), {"find": "Tanaka"}).content.decode()
    gone = theo.get(reverse("pages:case_file", args=[case.pk]), follow=True).content.decode()
    assert "This case is closed. Open it again to see it." in gone
    assert "Rosa Delgado" in gone
    assert browser("joanne").get(reverse("pages:case_file", args=[case.pk])).status_code == 404
    assert theo.post(reverse("pages:reopen", args=[case.pk]))["Location"].endswith(f"/staff/cases/{case.pk}/")
    assert "This page is closed." not in rosa.get(case.get_absolute_url()).content.decode()


# What a patient may still do where her case is closed: take back, take out, rest, open it again.
STILL_DONE = {
    "desk:not_mine",
    "documents:move",
    "documents:take_version_back",
    "documents:put_version_back",
    "pages:reopen",
    "pages:withdraw_consent",
    "records:authority",
    "records:move_release",
    "reminders:rest",
    "reminders:resume",
    "threads:move",
}
OF_READING = {"threads_readmark"}
OF_ONESELF = ("account_", "accounts_", "usersessions_")  # whoever's case is closed still signs in


def closed_world(world) -> Case:  # noqa: F811
    case = Case.objects.get(pk=world["case"])
    for call in Consultation.objects.upcoming(clock.now()).filter(case=case):
        bookings.cancel(call, by=act("rosa"))
    for asked in Correction.objects.open().filter(case=case):
        corrections.take_back(asked, by=act("rosa"))
    return closing.close_case(case, "asked", by=act("theo"))


@pytest.mark.full
def test_no_form_of_a_closed_case_changes_anything_or_crashes(world):  # noqa: F811
    closed_world(world)
    before, wrong = state_of_the_house(), []
    for name, page in PAGES.items():
        if not page.posts or not page.is_ours or "patient" not in page.who or not page.args or name in STILL_DONE:
            continue
        with transaction.atomic():
            answer = ask(world.client("patient"), "post", name, world)
            if answer.status_code == 500:
                wrong.append((name, 500))
            transaction.set_rollback(True)
    assert not wrong, in_lines(wrong)
    for name, page in PAGES.items():
        if not page.posts or not page.is_ours or "patient" not in page.who or not page.args or name in STILL_DONE:
            continue
        with transaction.atomic():
            answer = _post_for_good(world, name, page)
            after = state_of_the_house()
            changed = sorted(table for table in after if after[table] != before[table] and table not in OF_READING)
            changed = [table for table in changed if not table.startswith(OF_ONESELF)]
            if changed:
                wrong.append((name, answer.status_code, changed))
            transaction.set_rollback(True)
    assert not wrong, in_lines(wrong)


def _post_for_good(world, name, page):  # noqa: F811
    client = world.client("patient")
    client.raise_request_exception = False
    return client.post(reverse(name, args=[world[key] for key in page.args]), page.body)


def test_rows_that_cannot_be_are_refused(case):
    for wrong in (
        {"closed_why": "asked"},
        {"state": "closed"},
        {"state": "closed", "closed_at": clock.now(), "closed_why": "x"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**wrong)
    assert connection.vendor == "postgresql"
