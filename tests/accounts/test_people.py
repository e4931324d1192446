"""Staff: invited, joined, changed, closed."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from portal.accounts import actions
from portal.accounts.models import Invitation, User
from portal.actors import Actor
from portal.clock import real_now
from portal.errors import Refused
from portal.history.models import Event
from tests.people import browser, person

pytestmark = pytest.mark.django_db
PEOPLE = "/staff/people/"


def invite(email="lena@example.org") -> str:
    """Invite a consultant as Mara does; answers the link in the mail."""
    words = {"name": "Lena Voss", "email": email, "role": "consultant"}
    browser(person("mara")).post(reverse("accounts:invite"), words)
    return re.search(r"http://testserver(/account/invitation/\S+)", mail.outbox[-1].body)[1]


def test_invited_person_joins_and_must_enrol_first():
    link = invite()
    lena = Client()
    assert "Lena Voss" in lena.get(link).content.decode()
    assert not User.objects.filter(email="lena@example.org").exists()
    page = lena.post(link)
    assert page.headers["Location"] == reverse("accounts:second_factor")
    assert lena.get("/home/").headers["Location"] == reverse("accounts:second_factor")
    assert User.objects.get(email="lena@example.org").role == "consultant"


def test_a_link_works_once_and_for_seven_days():
    link = invite()
    with time_machine.travel(real_now() + dt.timedelta(days=7, minutes=1)):
        assert Client().get(link).status_code == 410
    Client().post(link)
    assert Client().get(link).status_code == 410


def test_a_withdrawn_invitation_is_gone():
    link = invite()
    invitation = Invitation.objects.get()
    browser(person("mara")).post(reverse("accounts:withdraw_invitation", args=[invitation.pk]))
    assert Client().post(link).status_code == 410


def test_a_made_up_link_is_gone():
    assert Client().get(reverse("accounts:invitation", args=["made-up"])).status_code == 410


def test_a_known_address_is_refused_with_what_to_do():
    person("joanne")
    words = {"name": "J", "email": "JOANNE@example.org", "role": "consultant"}
    page = browser(person("mara")).post(reverse("accounts:invite"), words)
    assert page.status_code == 422
    assert "Change that person’s role instead" in page.content.decode()


def test_nobody_changes_their_own_access():
    mara = person("mara")
    with pytest.raises(Refused):
        actions.change_role(mara, role="", by=Actor.person(mara))
    with pytest.raises(Refused):
        actions.close_account(mara, by=Actor.person(mara))


def test_roles_closing_and_reopening_are_on_record():
    mara, joanne = person("mara"), person("joanne")
    page = browser(mara)
    for verb, words in (("role", {"role": "coordinator"}), ("close", {}), ("reopen", {})):
        page.post(reverse("accounts:change_person", args=[joanne.pk, verb]), words)
    joanne.refresh_from_db()
    assert (joanne.role, joanne.can_sign_in) == ("coordinator", True)
    verbs = list(
        Event.objects.filter(about_id=joanne.pk, actor_id=mara.pk).order_by("id").values_list("verb", flat=True)
    )
    assert verbs == ["account.role_changed", "account.closed", "account.reopened"]


@pytest.mark.parametrize("key", ["rosa", "joanne", "theo"])
def test_only_administrators_see_people(key):
    client = browser(person(key))
    assert client.get(PEOPLE).status_code == 404
    assert client.post(reverse("accounts:invite")).status_code == 404
    assert client.post(reverse("accounts:change_person", args=[person("amir").pk, "close"])).status_code == 404


def test_an_administrator_cannot_reach_patients_through_it():
    rosa = person("rosa")
    page = browser(person("mara")).post(reverse("accounts:change_person", args=[rosa.pk, "close"]))
    assert page.status_code == 404


def test_first_admin_is_made_once(capsys):
    from django.core.management import CommandError, call_command

    call_command("first_admin", "Ada Prior", "ada@example.org")
    assert User.objects.get(email="ada@example.org").role == "administrator"
    with pytest.raises(CommandError, match="administrator already"):
        call_command("first_admin", "Bo", "bo@example.org")
