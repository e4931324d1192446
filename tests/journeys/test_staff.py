"""The consultant reads a plan and shares a summary; the coordinator sees which visits are near and who wants a call."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.urls import reverse
from playwright.sync_api import expect

from cases.case.models import ToDo
from cases.reviews.models import Summary
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages import actions
from tests import factories, people
from tests.reviews import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

WIDTHS = pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.full)])


def sign_in_with_app(page, site, key: str) -> None:
    """Through the sign-in page: password first, then the code of the authenticator app."""
    user = people.person(key)
    Authenticator.objects.filter(user=user).delete()
    secret = people.second_factor(user)
    page.goto(f"{site}/accounts/login/")
    page.get_by_text("Use a password").click()
    page.locator("#id_login").fill(user.email)
    page.locator("#id_password").fill(people.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("#id_code").fill(code_of_now(secret))
    page.locator("main form button[type=submit]").first.click()


def code_of_now(secret: str) -> str:
    """What the app shows: the code of the present half minute; the one before and the one after are taken, too."""
    _before, now, _after = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, now))


@pytest.mark.full
@WIDTHS
def test_a_consultant_reads_and_shares_and_the_patient_reads(width, come, site):
    world.waiting("rosa")
    page = come(width=width)
    sign_in_with_app(page, site, "joanne")
    expect(page.get_by_role("heading", level=1)).to_have_text("No calls today, 1 plan to read")
    page.get_by_role("link", name="Open next plan").click()
    page.get_by_role("button", name="Take this plan").click()
    page.get_by_role("link", name="Open the plan").first.click()
    page.get_by_label("What the plan says").fill("A daily tablet: For five years. (page 2)")
    for field in page.locator("#part-checklist input[name$='-page']").all():
        field.fill("1")
    page.get_by_role("button", name="Preview and share").click()
    page.get_by_label("I explained and helped to weigh").check()
    page.get_by_role("button", name="Share with Rosa").click()
    expect(page.get_by_text("Shared with Rosa.")).to_be_visible()
    assert page.said == []
    the_patient_reads(come("rosa", width=width), site)


def the_patient_reads(page, site) -> None:
    page.goto(site + reverse("pages:home"))
    page.get_by_role("link", name="Read the summary").click()
    expect(page.get_by_text("For five years.")).to_be_visible()
    page.get_by_role("link", name=re.compile("Privacy")).first.click()
    assert Summary.objects.get().first_read_at
    assert page.said == []


@pytest.mark.full
@WIDTHS
def test_a_coordinator_sees_the_nearest_visit_first_and_settles_a_call(width, come, site):
    for name, days in (("Later Lee", 40), ("Sooner Sam", 25)):
        patient = User.objects.create_user(email=f"{days}@example.org", name=name, time_zone="America/Toronto")
        factories.case_with_visit(days=days, patient=patient)
    case = factories.open_case()
    ToDo.objects.filter(pk=actions.ask_for_a_call(case, by=Actor.person(case.patient)).pk).update(due_on="2026-01-02")
    page = come(width=width)
    sign_in_with_app(page, site, "theo")
    expect(page.get_by_role("heading", level=1)).to_have_text("Caseload")
    page.get_by_role("link", name="Show as a list").click()
    expect(page.locator("table tbody th a")).to_have_text(["Sooner Sam", "Later Lee", "Rosa Delgado"])
    page.get_by_role("button", name=re.compile("Done.*Call back")).click()
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
    page.get_by_role("link", name="Show as a list").click()
    page.get_by_label("Find a case").fill("sam")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("table tbody th a")).to_have_text(["Sooner Sam"])
    page.get_by_role("link", name="Sooner Sam").click()
    expect(page.get_by_role("heading", name="Time to the visit")).to_be_visible()
    assert page.said == []


def test_staff_without_a_second_factor_reach_nothing_but_setting_it_up(come, site):
    page = come("nils")
    for address in ("pages:today", "reviews:queue", "bookings:hours"):
        page.goto(site + reverse(address))
        expect(page).to_have_url(re.compile("second-factor|2fa"))
