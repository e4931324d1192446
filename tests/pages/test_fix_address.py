"""Putting right how a person is reached: who, when, what it ends, what goes again."""

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.urls import reverse

from bookings.models import Consultation
from cases.case import calls
from cases.case.models import ToDo
from portal.accounts import actions as about_me
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import fix_address
from portal.reminders import actions, bounces, sender
from portal.reminders.models import Delivery
from tests import factories, people

pytestmark = pytest.mark.django_db

TUESDAY = "2026-11-10T15:00:00Z"  # 10 am in Toronto: messages may go


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def refused(smtp_sink):
    """Rosa's own booking could not be mailed: her mailbox takes nothing."""
    smtp_sink.refused = {"rosa@example.org"}
    case = factories.open_case()
    factories.book(case)
    sender.run()
    return case


def theo() -> Actor:
    return Actor.person(people.person("theo"))


def out_of_order(case) -> None:
    """What we send to Rosa's address comes back, as a row on the board says."""
    calls.address_refused(case.patient, case.pk)


def put_right(email="rosa@example.net", phone="+12125550123", by=None) -> int:
    return fix_address.put_right(people.person("rosa"), email=email, phone=phone, by=by or theo())


def address(person: User) -> str:
    return reverse("pages:fix_address", args=[person.pk])


def test_a_refused_address_is_one_row_on_the_board(refused):
    delivery = Delivery.objects.failed().get()
    actions.try_again(delivery, by=theo())
    sender.run()
    todo = ToDo.objects.open().get(kind="fix_address")
    assert (todo.about_id, todo.case) == (str(refused.patient_id), refused)
    page = people.browser(people.person("theo")).get(reverse("pages:caseload")).content.decode()
    assert address(refused.patient) in page
    assert "Address does not work" in page


def test_the_row_says_what_came_back_and_leads_to_the_page_where_it_is_mended(refused):
    [row] = people.browser(people.person("theo")).get(reverse("pages:caseload")).context["needs"]
    assert row["lines"][0] == "A message to Rosa came back. The address may be wrong."
    assert row["action"] == {"label": "Fix the address", "href": address(refused.patient)}
    assert row["href"] == reverse("pages:case_file", args=[refused.pk])


def test_the_row_of_a_helper_names_the_helper_and_how_to_reach_them(smtp_sink):
    ama = people.person("ama")
    case = factories.open_case(starter=ama)
    calls.address_refused(ama, case.pk)
    [row] = people.browser(people.person("theo")).get(reverse("pages:caseload")).context["needs"]
    assert row["name"] == case.patient.name
    assert row["lines"][0] == "A message to Ama came back. The address may be wrong."
    assert row["action"]["href"] == address(ama)


def test_the_row_leaves_when_the_person_changes_the_address_themselves(refused):
    EmailAddress.objects.create(user=refused.patient, email="rosa@example.net", verified=True, primary=False)
    browser = people.browser(refused.patient)
    browser.post(reverse("account_email"), {"action_primary": "", "email": "rosa@example.net"})
    refused.patient.refresh_from_db()
    assert refused.patient.email == "rosa@example.net"
    assert not ToDo.objects.open().filter(kind="fix_address").exists()


def test_the_row_leaves_once_the_same_address_takes_a_message(refused, smtp_sink):
    smtp_sink.refused = set()
    actions.try_again(Delivery.objects.failed().get(), by=theo())
    sender.run()
    assert smtp_sink.messages[-1]["To"] == "rosa@example.org"
    assert not ToDo.objects.open().filter(kind="fix_address").exists()


def test_what_came_back_after_the_server_took_it_is_no_address_that_works(smtp_sink):
    case = factories.open_case()
    factories.book(case)
    sender.run()
    message = Delivery.objects.filter(recipient_id=str(case.patient_id)).first()
    bounces.came_back(message.message_id, "rosa@example.org", why="bounced")
    calls.address_works({str(case.patient_id)})
    assert ToDo.objects.open().filter(kind="fix_address").exists()


def own_phone(person, phone="+12125550123"):
    about_me.say_about_oneself(person, fields={"phone": phone}, by=Actor.person(person))


def test_a_number_that_was_wrong_is_not_looked_for_once_the_person_gives_another():
    case = factories.open_case()
    calls.ask_to_do("fix_address", case.patient, case=case, due_on=calls.clock.today(case.patient.zone), by=theo())
    own_phone(case.patient)
    assert not ToDo.objects.open().filter(kind="fix_address").exists()


def test_another_number_mends_no_email(refused):
    own_phone(refused.patient)
    assert ToDo.objects.open().filter(kind="fix_address").exists()


def test_a_number_that_is_wrong_says_nothing_of_the_mailbox(db):
    """Else whoever rings in her name would have her page at once: her mailbox works."""
    case = factories.open_case()
    calls.ask_to_do("fix_address", case.patient, case=case, due_on=calls.clock.today(case.patient.zone), by=theo())
    with pytest.raises(Refused, match="mailbox is lost"):
        put_right()


def test_without_an_open_case_nobody_is_asked(db):
    calls.address_refused(people.person("grace"), None)
    assert not ToDo.objects.exists()


def test_not_for_me_asks_for_the_right_address_too(smtp_sink):
    case = factories.open_case()
    factories.book(case)
    sender.run()
    delivery = Delivery.objects.filter(recipient_id=str(case.patient_id)).first()
    actions.not_for_me(delivery, by=Actor("answer", case.patient_id, user=case.patient))
    assert ToDo.objects.open().filter(kind="fix_address", about_id=str(case.patient_id)).exists()


def test_saved_it_settles_the_row_and_what_failed_goes_to_the_new_address(refused, smtp_sink):
    assert put_right() == 1
    assert not ToDo.objects.open().filter(kind="fix_address").exists()
    sender.run()
    assert smtp_sink.messages[-1]["To"] == "rosa@example.net"
    event = Event.objects.get(verb="account.address_put_right")
    assert (event.patient, event.why, event.actor_id) == (refused.patient_id, "email_and_phone", theo().id)
    assert Consultation.objects.count() == 1


def test_a_new_email_ends_sessions_and_addresses_that_waited(refused):
    rosa = people.person("rosa")
    hers = people.browser(rosa)
    hers.get(reverse("pages:case_home", args=[refused.pk]))
    EmailAddress.objects.create(user=rosa, email="waiting@example.org", verified=False, primary=False)
    put_right()
    assert hers.get(reverse("pages:case_home", args=[refused.pk])).status_code == 302
    [now] = EmailAddress.objects.filter(user=rosa)
    assert (now.email, now.verified, now.primary) == ("rosa@example.net", False, True)


def test_a_code_that_was_mailed_to_the_old_address_signs_nobody_in(db, mailoutbox):
    out_of_order(factories.open_case())
    thief = people.browser()
    thief.post(reverse("account_request_login_code"), {"email": "rosa@example.org"})
    code = next(word for word in mailoutbox[-1].body.split() if len(word) == 9 and "-" in word)
    put_right()
    thief.post(reverse("account_confirm_login_code"), {"code": code})
    assert not any("_auth_user_id" in row.get_decoded() for row in Session.objects.all())


def test_the_old_address_gets_a_notice(db, mailoutbox, django_capture_on_commit_callbacks):
    out_of_order(factories.open_case())
    with django_capture_on_commit_callbacks(execute=True):
        put_right()
    [notice] = [message for message in mailoutbox if message.to == ["rosa@example.org"]]
    assert "was changed" in notice.body
    assert "example.net" not in notice.body


@pytest.mark.parametrize("taken", ["grace@example.org", "GRACE@example.org"])
def test_an_address_of_someone_else_is_refused_and_nothing_changes(taken):
    factories.open_case()
    people.person("grace")
    with pytest.raises(Refused):
        put_right(email=taken)
    assert people.person("rosa").email == "rosa@example.org"
    assert not Event.objects.filter(verb="account.address_put_right").exists()


def test_pressed_twice_it_is_one_change():
    out_of_order(factories.open_case())
    for _press in range(2):
        fix_address.put_right(User.objects.get(name="Rosa Delgado"), email="r@example.net", phone="", by=theo())
    assert Event.objects.filter(verb="account.address_put_right").count() == 1


def test_staff_are_not_changed_here():
    case = factories.assign(factories.open_case(), people.person("joanne"))
    browser = people.browser(people.person("theo"))
    assert browser.get(address(people.person("joanne"))).status_code == 404
    assert browser.get(address(people.person("grace"))).status_code == 404  # no case of hers
    with pytest.raises(Refused):
        fix_address.put_right(people.person("joanne"), email="j@example.net", phone="", by=theo())
    assert browser.get(address(case.patient)).status_code == 200


@pytest.mark.parametrize("key", ["rosa", "joanne", "mara"])
def test_only_a_coordinator_puts_it_right(key):
    factories.open_case()
    with pytest.raises(Refused):
        put_right(by=Actor.person(people.person(key)))


def test_without_the_check_by_phone_nothing_is_saved():
    case = factories.open_case()
    out_of_order(case)
    browser = people.browser(people.person("theo"))
    said = {"email": "rosa@example.net", "phone": "212 555 0123", "channel": "mail"}
    answer = browser.post(address(case.patient), said)
    assert answer.status_code == 422
    assert "First make sure by phone" in answer.content.decode()
    assert browser.post(address(case.patient), said | {"is_known": "on"}).status_code == 302
    assert User.objects.get(pk=case.patient_id).phone.as_e164 == "+12125550123"


@pytest.mark.parametrize("typed", ["<script>@x", "a@b\nBcc: c@d.org", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_said_at_the_field(typed):
    case = factories.open_case()
    answer = people.browser(people.person("theo")).post(address(case.patient), {"email": typed, "is_known": "on"})
    assert answer.status_code == 422
    assert "<script>@" not in answer.content.decode()


def test_a_refused_number_is_a_row_too_and_the_new_one_is_tried(gateway, smtp_sink):
    rosa = people.person("rosa")
    rosa.phone, rosa.channel = "+14165550134", User.Channel.TEXT
    rosa.save()
    gateway.answers = [400]
    factories.book(factories.open_case())
    sender.run()
    assert Delivery.objects.failed().get().channel == "text"
    assert ToDo.objects.open().get(kind="fix_address").about_id == str(rosa.pk)
    assert put_right(email=rosa.email) == 1
    sender.run()
    assert gateway.posts[-1][1]["to"] == "+12125550123"
    assert not Delivery.objects.failed().exists()
    assert not ToDo.objects.open().filter(kind="fix_address").exists()
