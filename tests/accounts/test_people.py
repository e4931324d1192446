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


@pytest.mark.parametrize(
    "ends",
    [
        lambda mara, by: actions.close_account(mara, by=by),
        lambda mara, by: actions.change_role(mara, role="coordinator", by=by),
        lambda mara, by: actions.change_role(mara, role="", by=by),
    ],
    ids=["closed", "another role", "no role"],
)
def test_invitations_of_who_leaves_are_withdrawn_on_record(ends):
    link, of_another = invite(), "max@example.org"
    ben = Actor.person(actions.change_role(person("amir"), role="administrator", by=Actor.person(person("mara"))))
    stays = actions.invite(name="Max Frei", email=of_another, role="consultant", by=ben)
    ends(person("mara"), ben)
    assert Client().get(link).status_code == 410
    assert Client().post(link).status_code == 410
    gone = Invitation.objects.get(email="lena@example.org")
    lines = Event.objects.filter(verb="account.invitation_withdrawn")
    assert [(line.about_id, line.actor_id) for line in lines] == [(str(gone.pk), ben.id)]
    assert gone.withdrawn_at is not None
    with pytest.raises(Refused):
        actions.accept_invitation(gone, by=Actor("anonymous"))
    assert Client().get(reverse("accounts:invitation", args=[actions.token_of(stays)])).status_code == 200
    actions.reopen_account(person("mara"), by=ben)
    assert Client().get(link).status_code == 410


def test_an_invitation_sent_while_its_sender_is_closed_lets_nobody_in():
    """It was not there to be withdrawn: who sent it is looked at when it is taken up."""
    link, mara = invite(), person("mara")
    User.objects.filter(pk=mara.pk).update(can_sign_in=False)
    assert Client().post(link).status_code == 410
    with pytest.raises(Refused):
        actions.accept_invitation(Invitation.objects.get(), by=Actor("anonymous"))
    User.objects.filter(pk=mara.pk).update(can_sign_in=True)
    assert Client().get(link).status_code == 200


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
