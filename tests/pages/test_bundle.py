"""What is posted to someone without email: one bundle in large print, one row on the board, posted once."""

import datetime as dt
import io

import pikepdf
import pypdfium2
import pytest
import time_machine
from django.urls import reverse

from bookings import actions as booking_actions
from bookings import availability
from bookings.models import Practice, Service
from cases.case.helping import actions as helping
from cases.case.models import ToDo
from cases.records import actions as records
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.history.models import Event
from portal.pages import bundle_pages
from portal.reminders import sender
from portal.reminders.models import Delivery
from tests import factories, people
from tests.pdf_letters import words_of

pytestmark = pytest.mark.django_db

TUESDAY = "2026-11-10T15:00:00Z"  # 10 am in Toronto: messages may go


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def case():
    walter = User.objects.create_user(
        name="Walter Ames", called="Walter", can_sign_in=False, phone="+12125550123", channel="letter",
        postal="14 Mill Lane\nAlbany, NY 12207", time_zone="America/Toronto",
    )  # fmt: skip
    by = Actor.person(people.person("theo"))
    case = factories.open_case(walter)
    visit = records.name_visit(case, doctor="Dr. Raman", office_name="Northfield", by=by)
    records.set_visit_date(visit, on=dt.date(2026, 12, 22), by=by)
    factories.open_hours()
    practice, service = Practice.objects.get(), Service.objects.get(code="first_talk")
    start = availability.free_starts(case, practice, service, clock.now())[-1]
    wish = {"consultant": practice.consultant, "service": service, "starts_at": start, "how": "phone"}
    booking_actions.book(
        hold=booking_actions.hold(case=case, by=by, **wish), accepts_scope=True, may_read=True, how="phone", by=by
    )
    sender.run()
    return case


def theo():
    return people.browser(people.person("theo"))


def page_of(case) -> str:
    return reverse("pages:to_post", args=[case.pk])


def print_it(case):
    return theo().post(reverse("pages:print_bundle", args=[case.pk]))


def test_the_bundle_holds_letter_sheet_dates_and_records(case):
    printed = print_it(case)
    assert printed.content.startswith(b"%PDF")
    words = words_of(printed.content)
    for part in ("A letter for you", "14 Mill Lane", "Next for me", "My dates", "My records", "Pathology report"):
        assert part in words
    assert Event.objects.get(verb="bundle.printed").patient == case.patient_id


def test_a_bundle_is_one_row_with_its_letters(case):
    letters = Delivery.objects.by_hand().filter(channel="letter")
    assert letters
    before = theo().get(reverse("pages:caseload")).context["needs"]
    assert [row["label"] for row in before].count("Post a letter") == len(letters)
    print_it(case)
    print_it(case)
    after = theo().get(reverse("pages:caseload")).context["needs"]
    assert [row["label"] for row in after if row["name"] == "Walter Ames"].count("Post the pages") == 1
    assert "Post a letter" not in [row["label"] for row in after]


def test_posted_is_said_once_for_all(case):
    assert not theo().get(page_of(case)).context["is_printed"]
    print_it(case)
    shown = theo().get(page_of(case)).context
    assert shown["is_printed"]
    assert shown["letters"]
    for _press in range(2):
        theo().post(reverse("pages:post_bundle", args=[case.pk]), {"letter": shown["letters"]})
    assert not Delivery.objects.by_hand().filter(channel="letter").exists()
    assert not ToDo.objects.open().filter(kind="post_sheet").exists()
    assert Event.objects.filter(verb="bundle.posted").count() == 1


def test_a_letter_that_came_since_waits_for_the_next_bundle(case):
    print_it(case)
    theo().post(reverse("pages:post_bundle", args=[case.pk]), {"letter": ["x", "y" * 36 + ":z"]})
    assert Delivery.objects.by_hand().filter(channel="letter").exists()
    assert bundle_pages.waiting(people.person("theo"), case, clock.now())
    after = theo().get(reverse("pages:caseload")).context["needs"]
    assert "Post a letter" in [row["label"] for row in after]


def test_nothing_of_theirs_ever_waits_for_an_email(case):
    own = Delivery.objects.filter(recipient_type="user", recipient_id=str(case.patient_id))
    assert own
    assert not own.filter(channel__in=["mail", "text"])


def test_nothing_in_it_is_smaller_than_sixteen_points(case):
    pdf = pypdfium2.PdfDocument(print_it(case).content)
    sizes = set()
    for page in pdf:
        words = page.get_textpage()
        seen = [n for n in range(words.count_chars()) if words.get_text_range(n, 1).strip()]
        sizes |= {round(pypdfium2.raw.FPDFText_GetFontSize(words, n), 1) for n in seen}
    assert min(sizes) >= 16


def test_it_is_one_tagged_file_with_all_that_her_pages_say(case):
    content = print_it(case).content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert "/StructTreeRoot" in pdf.Root
    words = " ".join(words_of(content).split())
    for part in ("Where I am", "The next thing", "My records", "What was agreed", "Who can open what", "Page 1 of"):
        assert part in words
    assert "Joanne Pike may read your files" in words
    assert words.count("The final choice is yours.") == 2


def test_help_and_what_was_signed_stand_in_it_with_their_end(case):
    ines, by = people.person("ines"), Actor.person(people.person("theo"))
    until = clock.today(case.patient.zone) + dt.timedelta(days=20)
    asked = helping.ask(case, ines, by=by)
    helping.agree(asked, chosen="dates", until_on=until, how="phone", by=by)
    words = " ".join(words_of(print_it(case).content).split())
    assert "Inés Delgado, your helper Can open: dates. Until" in words
