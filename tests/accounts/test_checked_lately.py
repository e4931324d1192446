"""What asks again who one is, 10 minutes after the last time; and what ends with a role or an account."""

import pytest
from django.test import Client
from django.urls import reverse

from bookings import feeds
from portal.accounts import actions, drafts, middleware
from portal.accounts.models import Draft, User
from portal.actors import Actor
from tests import people
from tests.people import PASSWORD, person
from tests.test_access import ADDRESSES

CHECK = "/account/check/"
# Each of these words of the promise has its addresses.
PROMISED = {
    "e-mail": {"account_email"},
    "second factor": {"mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_remove_webauthn"},
    "export": {"pages:archive", "pages:privacy_list", "records:export", "desk:packet_pdf", "desk:packet_zip"},
    "share": {
        "case:ask_helper",
        "case:ask_again",
        "bookings:own_calendar",
        "bookings:company",
        "desk:open_again",
        "desk:send_page",
    },
    "role": {"accounts:change_person", "accounts:invite", "accounts:people"},
    "for somebody else": {"pages:fix_address", "pages:ask_helper", "pages:invite_address", "pages:helper_mandate"},
    "rights": {"pages:rights"},
    "end of everything": {"pages:farewell", "pages:leaving", "pages:erase"},
}


def test_all_that_is_promised_asks():
    assert set().union(*PROMISED.values()) <= middleware.SENSITIVE <= set(ADDRESSES)


@pytest.mark.django_db
@pytest.mark.parametrize("named", ["x" * 61, "a\vb", "../up", "a/" + "9" * 41, ""])
def test_a_draft_with_no_name_of_ours_is_not_kept(named):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("rosa"), backend="portal.accounts.backend.Backend")
    form, _slash, about = named.partition("/")
    signed = drafts.named(person("rosa"), form, about)
    page = client.post("/account/you/", {"name": "Rosa", "draft_of": signed})
    assert page.status_code == 403
    assert not Draft.objects.exists()


@pytest.mark.django_db
class TestEverythingEndsAtOnce:
    def everything(self, user: User) -> tuple[Client, str, Client]:
        """A session, a calendar address, and a sign-in that waits for its code."""
        client, half_way = people.browser(user), Client()
        assert client.get("/account/").status_code == 200
        path = feeds.path_of(feeds.make(user, by=Actor.person(user)))
        assert Client().get(path).status_code == 200
        half_way.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
        return client, path, half_way

    def test_of_a_closed_account(self):
        joanne = person("joanne")
        client, path, half_way = self.everything(joanne)
        actions.close_account(joanne, by=Actor.person(person("mara")))
        actions.reopen_account(joanne, by=Actor.person(person("mara")))  # brings none of it back
        assert Client().get(path).status_code == 404
        actions.close_account(joanne, by=Actor.person(person("mara")))
        assert client.get("/account/").status_code == 302
        assert Client().get(path).status_code == 404
        assert half_way.get("/account/").status_code == 302
        wrong = Client().post(reverse("account_login"), {"login": joanne.email, "password": PASSWORD}, follow=True)
        assert not wrong.wsgi_request.user.is_authenticated

    def test_a_session_that_no_list_knows_ends_with_the_role(self):
        from allauth.usersessions.models import UserSession

        joanne = person("joanne")
        client, _path, _half_way = self.everything(joanne)
        UserSession.objects.all().delete()
        actions.change_role(joanne, role="coordinator", by=Actor.person(person("mara")))
        assert client.get("/account/").status_code == 302

    def test_a_calendar_ends_with_the_role(self):
        """What a consultant's address showed is not what a patient's would."""
        joanne = person("joanne")
        _client, path, _half_way = self.everything(joanne)
        actions.change_role(joanne, role="", by=Actor.person(person("mara")))
        assert Client().get(path).status_code == 404
