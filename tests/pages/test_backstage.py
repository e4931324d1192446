"""Behind the scenes: there in development, nowhere else."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import NoReverseMatch, reverse

from portal import clock, mail
from portal.pages import backstage
from tests import factories, people

ROOT = Path(__file__).parent.parent.parent
ABSENT = """
import django; django.setup()
from django.urls import Resolver404, resolve
try:
    resolve("/backstage/")
except Resolver404:
    print("absent")
"""


@pytest.fixture
def development(settings, db, tmp_path):
    settings.ROOT_URLCONF = "tests.pages.backstage_urls"
    settings.CLOCK_CAN_BE_SET = True
    settings.EMAIL_FILE_PATH = tmp_path
    yield
    clock.set_offset(0)


def test_there_is_no_backstage_in_tests():
    with pytest.raises(NoReverseMatch):
        reverse("backstage:index")


@pytest.mark.full
def test_there_is_no_backstage_in_production():
    keys = {"SECRET_KEY": "x" * 50, "PORTAL_MASTER_KEY": "a:bm90LXNlY3JldC1vdXRzaWRlLXByb2R1Y3Rpb24tMDEyMzQ="}
    env = {**os.environ, **keys, "PORTAL_ENV": "production", "DJANGO_SETTINGS_MODULE": "portal.settings"}
    done = subprocess.run([sys.executable, "-c", ABSENT], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.stdout.strip() == "absent", done.stderr


@pytest.mark.django_db
def test_the_demo_refuses_in_production(settings):
    settings.IN_PRODUCTION = True
    for again in (False, True):
        with pytest.raises(CommandError):
            call_command("demo", again=again)


def test_one_press_signs_in_with_the_second_factor(development):
    joanne = people.person("joanne")
    browser = people.browser()
    browser.post(reverse("backstage:sign_in", args=[joanne.pk]))
    assert browser.get(reverse("pages:home"))["Location"] == reverse("pages:today")
    assert browser.get(reverse("pages:today")).status_code == 200


def test_only_the_demos_people_can_be(development):
    nils = people.person("nils")
    assert people.browser().post(reverse("backstage:sign_in", args=[nils.pk])).status_code == 404


def test_the_page_names_people_and_the_date(development):
    people.person("rosa")
    html = people.browser().get(reverse("backstage:index")).content.decode()
    assert "Rosa Delgado" in html
    assert "The date is" in html


def test_the_date_goes_forward_for_everyone(development):
    before = clock.now()
    people.browser().post(reverse("backstage:set_date"), {"jump": "day"})
    assert clock.now() - before >= dt.timedelta(hours=23, minutes=59)


def test_the_date_does_not_go_back(development):
    people.browser().post(reverse("backstage:set_date"), {"date": "2020-01-01", "time": "09:00"})
    assert clock.offset() == 0


@pytest.mark.parametrize("typed", [{"date": "soon", "time": "09:00"}, {"date": "", "time": ""}, {}])
def test_a_date_that_cannot_be_read_changes_nothing(development, typed):
    assert people.browser().post(reverse("backstage:set_date"), typed).status_code == 302
    assert clock.offset() == 0


def test_reminders_go_out_on_the_way(development, settings):
    settings.EMAIL_BACKEND = "portal.mail.FolderBackend"
    case = factories.case_with_visit(days=42)
    people.browser().post(reverse("backstage:set_date"), {"jump": "reminder"})
    for _day in range(2):
        people.browser().post(reverse("backstage:set_date"), {"jump": "day"})
    assert case.patient.email in {kept.to for kept in mail.kept()}


def test_a_message_is_shown_as_text_and_source(development, settings):
    settings.EMAIL_BACKEND = "portal.mail.FolderBackend"
    raw = mail.compose(
        mail.Mail(
            to="rosa@example.org",
            subject="A <b>subject</b>",
            plain="See http://localhost:8000/home/",
            html="<script>alert(1)</script>",
            sender_name="RS office",
            message_id="<a@example.org>",
            at=clock.now(),
        )
    )
    with mail.Line() as line:
        line.send(raw, "rosa@example.org")
    name = mail.kept()[0].name
    html = people.browser().get(reverse("backstage:mail", args=[name])).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert '<a href="http://localhost:8000/home/"' in html
    assert people.browser().get(reverse("backstage:mail", args=["no-such"])).status_code == 404


@pytest.mark.parametrize("name", ["set_date", "start_again"])
def test_opening_changes_nothing(development, name):
    assert people.browser().get(reverse(f"backstage:{name}")).status_code == 405


def test_every_view_behind_the_scenes_is_marked():
    for view in (backstage.index, backstage.sign_in, backstage.mail_page, backstage.set_date, backstage.start_again):
        assert view.open_to == {"public"}
