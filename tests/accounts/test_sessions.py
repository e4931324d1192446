"""How long a sign-in lasts, by the real clock, and what ends it at once."""

import datetime as dt

import pytest
import time_machine
from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as get_adapter_of_mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.test import Client, RequestFactory
from django.urls import reverse

from portal.accounts import actions, drafts, recheck, sessions
from portal.accounts.backend import Backend
from portal.actors import Actor
from portal.history.models import Event
from tests.accounts.test_sign_in import code_in_mail
from tests.people import PASSWORD, browser, person, second_factor

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 11, 9, 14, tzinfo=dt.UTC)
ACCOUNT = "/account/"


def after(minutes: float) -> time_machine.travel:
    return time_machine.travel(START + dt.timedelta(minutes=minutes), tick=False)


def signed_in(key: str, **more: str) -> Client:
    client = Client()
    person(key)
    client.post(reverse("account_login"), {"login": f"{key}@example.org", "password": PASSWORD, **more})
    return client


def opens(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def test_a_patient_is_signed_out_after_30_quiet_minutes():
    with after(0):
        client = signed_in("rosa")
    with after(29):
        assert opens(client)
    with after(58):
        assert opens(client)
    with after(89):
        page = client.get(ACCOUNT)
    assert page.headers["Location"] == f"{reverse('account_login')}?next={ACCOUNT}"


def test_typing_and_scrolling_count_as_being_there():
    with after(0):
        client = signed_in("rosa")
    for minute in (20, 40, 60):
        with after(minute):
            assert int(client.post(reverse("accounts:stay")).content) == 30 * 60
    with after(85):
        assert opens(client)


def test_what_htmx_asks_by_itself_does_not_count():
    with after(0):
        client = signed_in("rosa")
    with after(20):
        client.get(ACCOUNT, headers={"HX-Request": "true"})
    with after(31):
        assert not opens(client)


def staff_signed_in(key: str) -> Client:
    """By password and a code of the app, as on the pages."""
    client, app = signed_in(key), Authenticator.objects.get(user=person(key), type="totp")
    secret = get_adapter_of_mfa().decrypt(app.data["secret"])
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    return client


def test_staff_are_signed_out_after_30_quiet_minutes():
    with after(0):
        client = staff_signed_in("theo")
    for minute in (29, 58):
        with after(minute):
            assert opens(client)
    with after(89):
        assert client.get(ACCOUNT).headers["Location"] == f"{reverse('account_login')}?next={ACCOUNT}"


def test_staff_are_signed_out_after_12_hours_however_busy():
    with after(0):
        client = staff_signed_in("theo")
    for minute in range(25, 12 * 60, 25):
        with after(minute):
            assert client.post(reverse("accounts:stay")).status_code == 200
    with after(12 * 60 - 1):
        assert opens(client)
    with after(12 * 60):
        assert not opens(client)


@pytest.mark.full
def test_24_hours_at_most_however_busy():
    with after(0):
        client = signed_in("rosa")
    for minute in range(25, 24 * 60, 25):
        with after(minute):
            assert opens(client)
    with after(24 * 60):
        assert not opens(client)


def test_kept_on_this_phone_for_30_days():
    with after(0):
        client = signed_in("rosa", remember="on")
        assert client.session.get_expire_at_browser_close() is False
    with after(29 * 24 * 60):
        assert opens(client)
        request = RequestFactory().get("/documents/")
        request.user, request.session = person("rosa"), client.session
        assert recheck.is_needed(request)
        sessions.checked(request, "code")
        assert not recheck.is_needed(request)
    with after(30 * 24 * 60):
        assert not opens(client)


def test_staff_are_never_kept():
    theo = person("theo")
    with after(0):
        request = RequestFactory().get("/")
        request.user, request.session = theo, Client().session
        request.session[sessions.WANTS_TO_STAY] = True
        sessions.begin(request)
        assert sessions.stay_of(request).is_kept is False


def test_a_form_that_comes_too_late_is_kept_as_a_draft():
    with after(0):
        client = signed_in("rosa")
    with after(40):
        page = client.post(
            reverse("accounts:about_you"),
            {"name": "Rosa Maria Delgado", "draft_of": drafts.named(person("rosa"), "about-you")},
            headers={"Referer": "http://testserver/account/you/"},
        )
        assert page.headers["Location"] == f"{reverse('account_login')}?next=%2Faccount%2Fyou%2F"
        assert drafts.kept(person("rosa"), "about-you") == {"name": "Rosa Maria Delgado"}
        assert "Rosa Maria Delgado" in signed_in("rosa").get("/account/you/").content.decode()


def test_expired_sign_in_under_htmx_moves_the_whole_page():
    with after(0):
        client = signed_in("rosa")
    with after(40):
        headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/account/"}
        page = client.get(ACCOUNT, headers=headers)
    assert page.headers["HX-Redirect"] == "/accounts/login/?next=%2Faccount%2F"


def test_a_new_password_ends_the_other_sessions_only():
    here, there = signed_in("rosa"), signed_in("rosa")
    new = "quiet-moss-lantern-9"
    words = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    here.post(reverse("account_change_password"), words)
    assert (opens(here), opens(there)) == (True, False)


def test_another_second_factor_ends_the_other_sessions_only(django_capture_on_commit_callbacks):
    here, there = signed_in("rosa"), signed_in("rosa")
    secret = here.get(reverse("mfa_activate_totp")).context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    with django_capture_on_commit_callbacks(execute=True):
        here.post(reverse("mfa_activate_totp"), {"code": code})
    assert person("rosa").has_second_factor
    assert (opens(here), opens(there)) == (True, False)
    elsewhere = browser(person("rosa"))
    assert opens(elsewhere)
    with django_capture_on_commit_callbacks(execute=True):
        here.post(reverse("mfa_deactivate_totp"))
    assert (opens(here), opens(elsewhere)) == (True, False)


@pytest.mark.parametrize(
    ("path", "verb"),
    [
        ("mfa_generate_recovery_codes", "account.recovery_codes_renewed"),
        ("mfa_remove_webauthn", "account.second_factor_removed"),
    ],
)
def test_new_recovery_codes_and_a_passkey_taken_away_end_the_other_sessions(
    path, verb, django_capture_on_commit_callbacks
):
    rosa = person("rosa")
    here, there = signed_in("rosa"), signed_in("rosa")
    second_factor(rosa)
    passkey = Authenticator.objects.create(user=rosa, type="webauthn", data={"name": "Phone", "credential": {}})
    args = [passkey.pk] if path == "mfa_remove_webauthn" else []
    before = RecoveryCodes(Authenticator.objects.get(user=rosa, type="recovery_codes")).get_unused_codes()
    with django_capture_on_commit_callbacks(execute=True):
        assert here.post(reverse(path, args=args)).status_code == 302
    assert Event.objects.filter(verb=verb, patient=rosa.pk).count() == 1
    after_it = RecoveryCodes(Authenticator.objects.get(user=rosa, type="recovery_codes")).get_unused_codes()
    assert (before == after_it) is (path == "mfa_remove_webauthn")
    assert (opens(here), opens(there)) == (True, False)


def test_a_role_that_changes_ends_every_session():
    client = browser(person("joanne"))
    client.get(reverse("accounts:settings"))
    actions.change_role(person("joanne"), role="coordinator", by=Actor.person(person("mara")))
    assert not opens(client)


def test_a_closed_account_loses_everything_at_once():
    client = browser(person("joanne"))
    assert opens(client)
    actions.close_account(person("joanne"), by=Actor.person(person("mara")))
    assert not opens(client)
    assert not UserSession.objects.filter(user=person("joanne")).exists()


def test_staff_without_second_factor_reach_only_enrolment():
    client = browser(person("nils"))
    for address in (ACCOUNT, "/home/", reverse("account_email"), reverse("account_change_password")):
        assert client.get(address).headers["Location"] == reverse("accounts:second_factor")
    for address in (reverse("accounts:second_factor"), reverse("mfa_index")):
        assert client.get(address).status_code == 200
    second_factor(person("nils"))
    assert opens(client)


def test_password_reset_does_not_skip_the_second_factor():
    """A new password by a mailed code opens nothing by itself, and ends what was open."""
    theo, client, new = person("theo"), Client(), "quiet-moss-lantern-9"
    before = browser(theo)
    assert opens(before)
    client.post(reverse("account_reset_password"), {"email": theo.email})
    to_set = client.post(reverse("account_confirm_password_reset_code"), {"code": code_in_mail()}, follow=True)
    client.post(to_set.redirect_chain[-1][0], {"password1": new, "password2": new})
    theo.refresh_from_db()
    assert theo.check_password(new)
    assert (opens(before), opens(client)) == (False, False)
    client.post(reverse("account_login"), {"login": theo.email, "password": new})
    assert not opens(client)
    assert client.get(reverse("mfa_authenticate")).status_code == 200


def test_signing_in_and_out_is_on_record():
    client = signed_in("rosa")
    client.post(reverse("account_logout"))
    verbs = list(Event.objects.filter(patient=person("rosa").pk).order_by("id").values_list("verb", flat=True))
    assert verbs == ["account.signed_in", "account.signed_out"]


def test_changing_how_one_signs_in_needs_a_check_of_10_minutes():
    with after(0):
        client = signed_in("rosa")
    with after(9):
        assert client.get(reverse("account_email")).status_code == 200
    with after(12):
        page = client.get(reverse("account_email"))
    assert page.headers["Location"].startswith(reverse("accounts:check"))


def test_people_can_see_and_end_their_sessions():
    here, there = signed_in("rosa"), signed_in("rosa")
    opens(there)
    assert "This one" in here.get(reverse("usersessions_list")).content.decode()
    here.post(reverse("usersessions_list"))
    assert (opens(here), opens(there)) == (True, False)


def test_secrets_of_apps_are_sealed_at_rest():
    secret = second_factor(person("rosa"))
    row = Authenticator.objects.get(user=person("rosa"), type="totp")
    assert secret not in str(row.data)
    assert get_adapter() is not None


def test_a_person_comes_with_her_second_factor_in_one_question(django_assert_num_queries):
    backend, joanne = Backend(), person("joanne")
    with django_assert_num_queries(1):
        found = backend.get_user(joanne.pk)
        assert (found, found.has_second_factor) == (joanne, True)
    assert backend.get_user(person("rosa").pk).has_second_factor is False


def test_nobody_comes_who_may_not_sign_in_any_more():
    joanne = person("joanne")
    joanne.is_active = False
    joanne.save()
    assert Backend().get_user(joanne.pk) is None
