"""Sign-in and the five questions in a real browser: passkeys, accessibility, no scripts, the warning before the end."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import mail
from playwright.sync_api import Page, expect

from portal.accounts import rules
from tests import people
from tests.people import PASSWORD, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = [
    "/", "/start/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/about/when-to-ask/",
    "/about/three-steps/", "/about/privacy/", "/nowhere/",
]  # fmt: skip
OWN = [
    "/account/", "/account/you/", "/account/display/", "/account/check/", "/accounts/email/", "/accounts/2fa/",
    "/accounts/sessions/",
]  # fmt: skip


@pytest.fixture
def passkeys(page: Page):
    """A device that holds passkeys, inside Chromium, owned by this page."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    device = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    yield lambda method, **words: devtools.send(f"WebAuthn.{method}", {"authenticatorId": device, **words})
    devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})


def be(page: Page, site: str, key: str) -> None:
    """Sign one of the cast in, without walking through sign-in."""
    client = people.browser(person(key))
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    page.context.add_cookies([cookie | {"url": site}])


def sign_in_by_password(page: Page, site: str, key: str) -> None:
    person(key)
    page.goto(f"{site}/accounts/login/")
    page.get_by_text("Use a password").click()
    page.locator("#id_login").fill(f"{key}@example.org")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.full
def test_a_passkey_is_added_and_signs_in_alone(site, page, passkeys):
    sign_in_by_password(page, site, "rosa")
    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    page.get_by_label("Use it alone").check()
    page.get_by_role("button", name="Add this passkey").click()
    page.wait_for_url("**/recovery-codes/")
    assert len(passkeys("getCredentials")["credentials"]) == 1
    assert Authenticator.objects.get(user=person("rosa"), type="webauthn").wrap().is_passwordless
    page.context.clear_cookies()
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(re.compile(r"/home/|/cases/"))


@pytest.mark.full
def test_a_passkey_that_did_not_see_the_person_is_refused(site, page, passkeys):
    sign_in_by_password(page, site, "rosa")
    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    page.get_by_label("Use it alone").check()
    page.get_by_role("button", name="Add this passkey").click()
    page.wait_for_url("**/recovery-codes/")
    page.context.clear_cookies()
    passkeys("setUserVerified", isUserVerified=False)
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_timeout(500)
    page.goto(f"{site}/account/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


@pytest.mark.full
def test_staff_enrol_by_passkey_and_only_then_arrive(site, page, passkeys):
    sign_in_by_password(page, site, "nils")
    expect(page).to_have_url(re.compile("/account/second-factor/"))
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Add this passkey").click()
    page.wait_for_url("**/recovery-codes/")
    page.goto(f"{site}/account/")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()


@pytest.mark.full
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_are_accessible_and_quiet(site, page, axe, width):
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on(
        "request", lambda request: said.append(request.url) if not request.url.startswith((site, "data:")) else None
    )
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for address in PUBLIC:
        page.goto(site + address)
        found[address] = axe(page)
    be(page, site, "rosa")
    for address in OWN:
        page.goto(site + address)
        found[address] = axe(page)
    page.context.clear_cookies()
    be(page, site, "mara")
    page.goto(f"{site}/staff/people/")
    found["people"] = axe(page)
    assert {address: findings for address, findings in found.items() if findings} == {}
    assert [line for line in said if "404 (Not Found)" not in line] == []


@pytest.mark.full
def test_five_questions_and_sign_up_without_scripts(site, browser):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(site)
    page.get_by_role("link", name="See if it’s right for you").click()
    page.get_by_role("button", name="For me").click()
    page.get_by_label("My questions aren’t getting answered").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Skip this question").click()
    page.get_by_role("button", name="Back").click()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("My questions aren’t getting answered")).to_be_checked()
    for _n in range(4):
        page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("You said your questions aren’t getting answered.")).to_be_visible()
    page.get_by_role("button", name="Create my page").click()
    page.get_by_label("Email address").fill("ulla@example.org")
    page.get_by_label("Keep my answers").check()
    page.get_by_label("I have read the privacy notice").check()
    page.get_by_role("button", name="Email me a code").click()
    code = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", mail.outbox[-1].body, re.M)[1]
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="About you")).to_be_visible()
    page.context.close()


@pytest.mark.full
def test_errors_take_the_focus_and_lead_to_the_field(site, page):
    page.goto(f"{site}/accounts/signup/")
    page.get_by_role("button", name="Email me a code").click()
    expect(page.locator(".rs-errors")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_role("link", name="Enter your email address in full").click()
    expect(page.locator("#id_email")).to_be_focused()


@pytest.mark.full
def test_a_draft_is_saved_on_pause_and_says_so(site, page):
    be(page, site, "rosa")
    page.goto(f"{site}/account/you/")
    page.get_by_label("How should we call you?").fill("Rosita")
    expect(page.get_by_text(re.compile("Draft saved"))).to_be_visible(timeout=5000)
    page.reload()
    expect(page.get_by_label("How should we call you?")).to_have_value("Rosita")


@pytest.mark.full
def test_two_minutes_before_the_end_one_key_stays_and_what_was_typed_is_there(site, page, monkeypatch):
    monkeypatch.setattr(rules, "IDLE", rules.dt.timedelta(seconds=128))
    be(page, site, "rosa")
    page.goto(f"{site}/account/you/")
    page.get_by_label("How should we call you?").fill("Rosita")
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible(timeout=60_000)
    with page.expect_response("**/account/stay/") as answer:
        page.keyboard.press("Enter")
    assert answer.value.status == 200
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_hidden()
    expect(page.get_by_label("How should we call you?")).to_have_value("Rosita")
    assert page.url == f"{site}/account/you/"


@pytest.mark.full
def test_a_device_elsewhere_is_asked_about_its_zone(site, browser):
    page = browser.new_context(timezone_id="Asia/Tokyo").new_page()
    be(page, site, "rosa")
    page.goto(f"{site}/account/")
    page.get_by_role("button", name="Show times there").click()
    expect(page.get_by_text("Japan Time")).to_be_visible()
    expect(page.get_by_role("button", name="Show times there")).to_be_hidden()
    page.context.close()


@pytest.mark.full
@pytest.mark.parametrize("theme", ["light", "soft", "dark"])
def test_pages_are_accessible_in_each_theme_and_text_size(site, page, axe, theme):
    rosa = person("rosa")
    found = {}
    for size in ("", "larger"):
        rosa.theme, rosa.text_size = theme, size
        rosa.save()
        be(page, site, "rosa")
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            for address in OWN:
                page.goto(site + address)
                found[address, size, width] = axe(page)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, size, width)
    assert {place: findings for place, findings in found.items() if findings} == {}
