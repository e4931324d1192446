"""From "should I ask?" to a booked call and a named visit, on the real worker and a real mail server.

With a finger, with the keyboard alone, and without JavaScript.
"""

import datetime as dt
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from bookings.models import Consultation
from cases.case.models import Case
from cases.documents.models import Version
from portal import clock
from portal.reminders import sender
from portal.reminders.models import Reminder
from tests import factories, people, plan_files
from tests.journeys.hands import Keyboard, Mouse
from tests.programs import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.timeout(300)]

HOPE = "Is a smaller operation possible for me?"


@pytest.mark.parametrize(
    ("hand", "width", "scripts"),
    [
        pytest.param(Mouse, 390, True, id="phone", marks=pytest.mark.full),
        pytest.param(Mouse, 390, False, id="without JavaScript"),
        pytest.param(Keyboard, 1280, True, id="keyboard", marks=pytest.mark.full),
    ],
)
def test_the_first_path(hand, width, scripts, come, site, real_worker, smtp_sink, tmp_path):
    factories.open_hours(people.person("joanne"))
    page = come(width=width, java_script_enabled=scripts)
    me = hand(page)
    page.goto(site)
    answers_five_questions(me)
    signs_up(me, smtp_sink)
    expect(page).to_have_url(re.compile("/cases/"))
    case = Case.objects.get(patient__name="Nora Vance")
    home = site + case.get_absolute_url()
    me.sees("Name your visit with the second doctor")
    adds_the_plan(me, home, tmp_path, scripts)
    books_a_call(me, home)
    names_the_visit(me, home)
    page.goto(home)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nora")
    me.sees("Second visit with Dr. Raman")
    me.sees("Call with Joanne Pike")
    assert Version.objects.get(case=case).state == "ready"
    assert Consultation.objects.get(case=case).hope == HOPE
    confirmation = next(m for m in smtp_sink.wait_for(2) if m["To"].startswith("nora") and m.get_content_type() != "x")
    assert "cancer" not in confirmation["Subject"].lower()
    assert [said for said in page.said if "favicon" not in said] == []


def answers_five_questions(me) -> None:
    me.press("link", "See if it’s right for you")
    me.press_first("button[name=who][value=me]")
    me.choose("I have a feeling the diagnosis isn’t right")
    me.press("button", "Continue")
    me.choose("Not yet")
    me.press("button", "Continue")
    me.choose("My primary doctor")
    me.choose("Yes, and they agreed")
    me.press("button", "Continue")
    me.choose("Not yet")
    me.press("button", "Continue")
    me.sees("you have a feeling the diagnosis isn’t right")
    me.press("button", "Create my page")


def signs_up(me, smtp_sink) -> None:
    me.type("#id_email", "nora@example.org")
    me.choose("I have read the privacy notice and accept it")
    if not me.page.locator("#id_keep_answers").is_checked():
        me.press_space("#id_keep_answers")
    me.press("button", "Email me a code")
    body = smtp_sink.wait_for(1)[0].get_body(("plain",)).get_content()
    me.type("#id_code", re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", body, re.M)[1])
    me.press("button", "Go on")
    me.type("#id_name", "Nora Vance")
    me.type("#id_birth_date", "1970-05-04")
    me.press("button", "Go to my page")


def adds_the_plan(me, home: str, folder, scripts: bool) -> None:
    file = folder / "my plan.pdf"
    file.write_bytes(plan_files.pdf(2))
    me.page.goto(home + "plan/")
    me.page.locator("#id_files").set_input_files(file)
    if not scripts:
        me.press("button", "Add these files")
    expect(me.page.locator("#files")).to_contain_text("my plan.pdf")
    wait_until(lambda: Version.objects.filter(state="ready").exists(), 60, "the check of the file")
    me.press("button", "Save and continue")
    expect(me.page).to_have_url(home)


def books_a_call(me, home: str) -> None:
    me.page.goto(home + "consultation/")
    me.press_first("button[name=slot]")
    me.type("#id_hope", HOPE)
    me.press_space("#id_scope")
    me.press_space("#id_may_read")
    me.press("button", "Book this time")
    expect(me.page).to_have_url(re.compile("/consultations/"))
    me.sees("Joanne")


def names_the_visit(me, home: str) -> None:
    me.page.goto(home + "visit/")
    me.type("#id_doctor", "Dr. Raman")
    me.type("#id_office", "Northfield Medical Center")
    me.press("button", "Save the doctor")
    expect(me.page.locator("#id_new_day")).to_be_visible()
    day = clock.now().date() + dt.timedelta(days=50)
    day += dt.timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))
    me.type("#id_new_day", day.isoformat())
    me.type("#id_new_time", "14:30")
    me.press("button", "Add this date")
    me.sees("Comfortable")
    me.press_first("button[name=save]")
    me.sees("Cancel this visit")


def test_a_reminder_goes_out_by_the_worker(come, site, real_worker, smtp_sink):
    """Due now: the nudge after the commit reaches the worker, and the message opens the page it speaks of."""
    case = factories.case_with_visit(days=42)
    row = Reminder.objects.unsettled().filter(case_id=case.pk).order_by("due_at").first()
    assert row.due_at > clock.now()
    factories.open_hours(people.person("joanne"))
    factories.book(case)
    message = next(m for m in smtp_sink.wait_for(1) if m["To"] == case.patient.email)
    assert message["X-Reminder-Key"]
    assert "Breast" not in message.as_string()
    assert sender.last_run() is not None
    page = come("rosa")
    page.goto(site + reverse("pages:ledger", args=[case.pk]))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.said == []
