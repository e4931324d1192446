"""Somebody has died: what ends at once, what never goes out afterwards, what is decided, and how it is taken back."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from bookings.models import Consultation
from cases.case.farewell import erasing as forgetting
from cases.case.helping import actions as helping
from cases.case.models import Case, Farewell, Helper
from cases.case.people import may
from cases.desk.letters import actions as letters
from cases.desk.links.actions import link_for
from cases.desk.mail import planning
from cases.desk.models import OfficeLink
from portal import clock
from portal.accounts import actions as accounts
from portal.accounts.models import User
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import closing_actions
from portal.pages import farewell_actions as actions
from portal.reminders import sender
from portal.reminders.models import Delivery, Reminder
from tests import factories, people
from tests.desk import mail_builders
from tests.people import browser, person
from tests.records.builders import item, on_november_5
from tests.reviews.world import by
from tests.text_gateway import gateway

__all__ = ["gateway"]

pytestmark = pytest.mark.django_db
WORDS = {"right": "ends", "why": "Her daughter rang. Nobody acted for her."}


@pytest.fixture
def case():
    people.person("theo")
    return factories.case_with_visit(days=30)


def say(case, key="theo", **more):
    return actions.say_died(case.patient, **(WORDS | more), by=by(key))


def refused(*args, **more) -> str:
    with pytest.raises(Refused) as no, transaction.atomic():
        say(*args, **more)
    return no.value.code


def test_sign_in_case_and_calls_end_at_once(case):
    call = factories.book(case, service="first_talk")
    rosa = browser(case.patient)
    assert rosa.get(reverse("records:list", args=[case.pk])).status_code == 200
    say(case)
    assert rosa.get(reverse("records:list", args=[case.pk])).status_code == 302
    call.refresh_from_db()
    case.refresh_from_db()
    assert (call.state, case.state, case.closed_why) == (Consultation.State.CANCELLED, "closed", "died")
    assert not may("see", case, person("rosa"))


def test_only_the_consultant_hears_that_the_call_is_off(case):
    factories.book(case, service="first_talk")
    say(case)
    waiting = set(Reminder.objects.unsettled().values_list("recipient_id", flat=True))
    assert waiting == {str(person("joanne").pk)}


@pytest.fixture
def with_everybody():
    """A patient whose visit is asked for at an office by mail and by letter, with its page, and a helper."""
    with on_november_5():
        visit = mail_builders.signed_visit()
        mail_builders.ask(visit)
        letters.make("slides", item(visit, "slides"), by=by("theo"))
        link_for(visit, item(visit, "slides").holder, by=by("theo"))
        helper = helping.ask(visit.case, person("ines"), by=by("rosa"))
        helping.agree(helper, chosen="most", by=by("rosa"))
        yield visit.case


@pytest.mark.parametrize("channel", ["mail", "text", "letter"])
def test_nothing_goes_out_for_months_whatever_was_planned(
    with_everybody, channel, gateway, django_capture_on_commit_callbacks
):
    case, reached = with_everybody, {"phone": "+14165550134", "postal": "14 Mill Lane\nToronto ON M4C 1A1"}
    accounts.say_about_oneself(case.patient, fields={**reached, "channel": channel}, by=by("rosa"))
    sender.run(clock.now())
    with time_machine.travel(mail_builders.CHASE_DAY, tick=False):
        factories.book(case, service="first_talk")
        planning.plan_due(clock.now())
        planned = set(Reminder.objects.unsettled().values_list("recipient_type", flat=True))
        assert {"user", "office"} <= planned
        nothing_goes_after(case, gateway, django_capture_on_commit_callbacks)


def nothing_goes_after(case, gateway, on_commit) -> None:
    """To nobody but the consultant whose call is off, in three months, whatever is planned anew."""
    say(case)
    assert not OfficeLink.objects.standing().filter(visit__case=case).exists()
    assert not may("see", case, person("ines"))
    mail.outbox.clear()
    gateway.posts.clear()
    for days in (0, 1, 3, 7, 20, 40, 90):
        with (
            clock.lived_at(clock.real_now() + dt.timedelta(days=days)),
            on_commit(execute=True),
        ):
            planning.plan_due(clock.now())
            sender.run(clock.now())
    assert {address for message in mail.outbox for address in message.to} == {"joanne@example.org"}
    assert gateway.posts == []
    assert set(Delivery.objects.open().values_list("recipient_id", flat=True)) <= {str(person("joanne").pk)}
    assert not Reminder.objects.unsettled().exclude(recipient_id=str(person("joanne").pk)).exists()


def test_help_ends_with_it(case):
    helper = helping.ask(case, person("ines"), by=by("rosa"))
    helping.agree(helper, chosen="most", by=by("rosa"))
    say(case)
    assert not Helper.objects.granted().filter(case=case).exists()
    assert not may("see", case, person("ines"))


@pytest.mark.parametrize("key", ["mara", "joanne", "rosa", "ines"])
def test_only_a_coordinator_says_it(case, key):
    assert refused(case, key) == "role"
    assert User.objects.get(pk=case.patient_id).can_sign_in


def test_a_reason_and_a_decision_are_needed(case):
    assert refused(case, why="  ") == "why"
    assert refused(case, why="x" * 1001) == "why"
    assert refused(case, right="inherits") == "right"


def test_the_reason_is_sealed(case):
    say(case)
    with connection.cursor() as cursor:
        cursor.execute("SELECT why FROM case_farewell")
        assert b"daughter" not in bytes(cursor.fetchone()[0])


def test_said_twice_it_is_said_once(case):
    assert say(case).pk == say(case).pk
    assert Event.objects.filter(verb="account.death_known").count() == 1
    assert Event.objects.filter(verb="case.closed").count() == 1


def test_taken_back_she_signs_in_and_the_case_can_be_opened_again(case):
    farewell = say(case)
    for _press in range(2):
        actions.take_back(farewell, by=by("theo"))
    rosa = User.objects.get(pk=case.patient_id)
    assert (rosa.can_sign_in, rosa.death_known_at) == (True, None)
    assert Event.objects.filter(verb="farewell.taken_back").count() == 1
    assert say(Case.objects.get(pk=case.pk)).pk != farewell.pk


def test_nobody_opens_the_case_again_until_it_is_taken_back(case):
    farewell, theo = say(case), browser(person("theo"))
    opens, listed = reverse("pages:reopen", args=[case.pk]), reverse("pages:closed_cases")
    waiting = set(Reminder.objects.values_list("pk", flat=True))
    with pytest.raises(Refused, match="has died"), transaction.atomic():
        closing_actions.reopen_case(case, by=by("theo"))
    assert "has died" in theo.post(opens, follow=True).content.decode()
    assert Case.objects.get(pk=case.pk).state == "closed"
    assert set(Reminder.objects.values_list("pk", flat=True)) == waiting
    assert (case.reference in (page := theo.get(listed).content.decode()), opens in page) == (True, False)

    actions.take_back(farewell, by=by("theo"))
    assert opens in theo.get(listed).content.decode()
    assert closing_actions.reopen_case(case, by=by("theo")).state == "open"


def test_nobody_opens_the_account_by_another_way(case):
    say(case)
    rosa = User.objects.get(pk=case.patient_id)
    with pytest.raises(Refused):
        accounts.change_address(rosa, email="new@example.org", phone="", by=by("theo"))
    with pytest.raises(Refused):
        accounts.reopen_account(rosa, by=by("mara"))


def test_staff_are_not_ended_this_way(case):
    with pytest.raises(Refused):
        actions.say_died(person("joanne"), **WORDS, by=by("theo"))


def test_the_database_refuses_a_sign_in_of_someone_who_died(case):
    say(case)
    with pytest.raises(IntegrityError, match="user_who_died_signs_in_no_more"), transaction.atomic():
        User.objects.filter(pk=case.patient_id).update(can_sign_in=True)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("farewell_right_is_known", {"right": "all"}),
        ("farewell_says_why_until_that_is_forgotten", {"why": b""}),
        ("farewell_says_why_until_that_is_forgotten", {"why_forgotten_at": dt.datetime(2030, 1, 1, tzinfo=dt.UTC)}),
        ("farewell_taken_back_at_and_by_together", {"taken_back_at": dt.datetime(2030, 1, 1, tzinfo=dt.UTC)}),
    ],
)
def test_the_database_refuses(case, constraint, fields):
    farewell = say(case)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Farewell.objects.filter(pk=farewell.pk).update(**fields)


def test_the_words_are_forgotten_after_two_years_and_what_was_decided_stays(case):
    farewell = say(case)
    said_at = farewell.said_at
    assert forgetting.forget(said_at + forgetting.WORDS_KEPT) == 0
    assert forgetting.forget(said_at + forgetting.WORDS_KEPT + dt.timedelta(days=1)) == 1
    assert forgetting.forget(said_at + forgetting.WORDS_KEPT + dt.timedelta(days=1)) == 0
    farewell = Farewell.objects.get(pk=farewell.pk)
    assert (farewell.why, farewell.right) == ("", "ends")
    page = browser(person("theo")).get(reverse("pages:farewell", args=[case.patient_id])).content.decode()
    assert "The words about it are erased." in page


def test_what_was_not_true_is_forgotten_after_a_month(case):
    farewell = actions.take_back(say(case), by=by("theo"))
    after = farewell.taken_back_at + forgetting.KEPT_AFTER_TAKING_BACK
    assert forgetting.forget(after) == 0
    assert forgetting.forget(after + dt.timedelta(days=1)) == 1


def test_a_coordinator_says_it_on_one_page_and_reads_it_there(case):
    theo, where = browser(person("theo")), reverse("pages:farewell", args=[case.patient_id])
    assert theo.post(where, {"right": "ends"}).status_code == 422
    assert theo.post(where, WORDS).status_code == 302
    page = theo.get(where).content.decode()
    assert "Her daughter rang." in page
    assert theo.post(where, {"do": "take_back"}).status_code == 302
    assert User.objects.get(pk=case.patient_id).can_sign_in
