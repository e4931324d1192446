"""What the organisation says, and the five questions that store nothing."""

import json
import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.case.models import Case
from portal.accounts import drafts
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages import arrive, questions
from portal.pages.public import ABOUT
from tests.people import browser, person

pytestmark = pytest.mark.django_db
START = "/start/"


def rows() -> dict[str, int]:
    """How many rows each table holds, but for the key that seals and the cache of limits."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in ("vault_datakey", "portal_cache"):
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
                found[table] = cursor.fetchone()[0]
    return found


def sealed_in(page) -> str:
    return re.search(r'name="answers" value="([^"]*)"', page.content.decode())[1]


def answer_all(client: Client, who="me"):
    """Walk the five questions as Rosa would; answers the result page."""
    page = client.get(START)
    for step, words in enumerate(
        [
            {"who": who},
            {"why": ["questions", "options"], "next": "1"},
            {"treatment": "yes", "treatment_on": "2026-12-15", "next": "1"},
            {"referrer": "primary", "asked": "refused", "next": "1"},
            {"visit": "no", "next": "1"},
        ]
    ):
        page = client.post(START, {"step": step, "answers": sealed_in(page), **words})
    return page


@pytest.mark.parametrize("slug", list(ABOUT))
def test_every_page_of_the_organisation_opens(slug):
    assert Client().get(reverse("pages:about", args=[slug])).status_code == 200


def test_an_unknown_page_is_a_404():
    assert Client().get("/about/nothing/").status_code == 404


def test_the_first_page_says_the_scope_in_full_and_its_facts():
    page = Client().get("/").content.decode()
    assert "guide you as you work out which path is right for you" in page
    assert "[our phone number]" in page
    for fact in ("Who and where we serve", "What it costs", "Languages"):
        assert fact in page


def test_nothing_is_stored_and_no_cookie_tells():
    Client().get(START)
    before = rows()
    client = Client()
    page = answer_all(client)
    assert (
        "You said your questions aren’t getting answered and you haven’t heard all the options."
        in page.content.decode()
    )
    assert rows() == before
    assert all("csrf" in name for name in client.cookies)


def test_answers_are_sealed_in_the_form():
    page = answer_all(Client())
    assert "treatment_on" not in page.content.decode()
    assert questions.unpack(sealed_in(page))["why"] == ["questions", "options"]
    assert questions.unpack("tampered") is None


@pytest.mark.full
def test_a_refusal_opens_the_way_on():
    assert '<details class="rs-stack" open>' in answer_all(Client()).content.decode()


def test_skipping_everything_turns_nobody_away():
    client = Client()
    page = client.post(START, {"step": 0, "answers": "", "who": "me"})
    for step in range(1, 5):
        page = client.post(START, {"step": step, "answers": sealed_in(page), "skip": "1"})
    assert "Wanting to be sure is enough" in page.content.decode()


def test_back_keeps_what_was_answered():
    client = Client()
    page = client.post(START, {"step": 0, "answers": "", "who": "me"})
    page = client.post(START, {"step": 1, "answers": sealed_in(page), "why": ["pushed"], "next": "1"})
    page = client.post(START, {"step": 2, "answers": sealed_in(page), "back": "1"})
    assert re.search(r'value="pushed"[^>]*checked', page.content.decode())


def test_tampered_answers_start_again_with_a_sentence():
    page = Client().post(START, {"step": 3, "answers": "made-up", "next": "1"})
    assert page.status_code == 422
    assert "We lost the thread" in page.content.decode()


def test_a_wrong_date_says_how():
    client = Client()
    page = client.post(START, {"step": 0, "answers": "", "who": "me"})
    page = client.post(START, {"step": 2, "answers": sealed_in(page), "treatment_on": "soon", "next": "1"})
    assert page.status_code == 422
    assert "like 2026-11-24" in page.content.decode()


def signed_up(client: Client, page, **ticked) -> User:
    """From the result through sign-up and code to the first page."""
    page = client.post(reverse("pages:keep"), {"answers": sealed_in(page), "patient_name": "Ana Delgado"})
    words = {"email": "ines@example.org", "privacy": "on", "answers": sealed_in(page), **ticked}
    client.post(reverse("account_signup"), words)
    code = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", mail.outbox[-1].body, re.M)[1]
    client.post(reverse("account_email_verification_sent"), {"code": code})
    about = {"name": "Inés Delgado", "birth_date": "1990-01-01", "time_zone": "America/Toronto", "language": "en"}
    client.post(reverse("accounts:about_you"), about)
    return User.objects.get(email="ines@example.org")


def test_kept_answers_open_the_first_case():
    client = Client()
    ines = signed_up(client, answer_all(client), keep_answers="on")
    page = client.get(reverse("pages:home"))
    case = Case.objects.get()
    assert page.headers["Location"] == case.get_absolute_url()
    assert case.patient == ines
    assert json.loads(case.answers)["asked"] == "refused"
    assert str(case.treatment_on) == "2026-12-15"
    assert case.visits.get().referral.state == "refused"
    client.get(reverse("pages:home"))
    assert Case.objects.count() == 1


def test_a_helper_opens_a_case_for_someone_without_an_account():
    client = Client()
    ines = signed_up(client, answer_all(client, who="other"), keep_answers="on")
    client.get(reverse("pages:home"))
    case = Case.objects.get()
    assert (case.starter, case.patient.name, case.patient.can_sign_in) == (ines, "Ana Delgado", False)


@pytest.mark.parametrize(("visit_on", "states"), [("2027-02-01", ["booked"]), ("2020-02-01", []), ("", [])])
def test_a_visit_that_is_booked_stands_in_the_case(visit_on, states):
    rosa = person("rosa")
    answers = {"who": "me", "visit": "yes", "visit_on": visit_on}
    drafts.keep(rosa, questions.DRAFT, "", {"sealed": questions.pack(answers)})
    case = arrive.first_case(rosa, by=Actor.person(rosa))
    assert list(case.visits.values_list("state", flat=True)) == states


@pytest.mark.parametrize("mistyped", ["visit_on", "treatment_on"])
def test_a_day_in_some_other_century_is_asked_for_again_and_locks_nobody_out(mistyped):
    user = person("rosa")
    answers = {"who": "me", "visit": "yes", mistyped: "2926-11-24"}
    drafts.keep(user, questions.DRAFT, "", {"sealed": questions.pack(answers)})
    assert browser(user).get("/home/", follow=True).status_code == 200
    case = Case.objects.get()
    assert case.treatment_on is None
    assert not case.visits.filter(on_date__isnull=False).exists()


@pytest.mark.parametrize(
    ("form", "field"), [(questions.TreatmentForm, "treatment_on"), (questions.VisitForm, "visit_on")]
)
def test_the_questions_refuse_a_day_in_some_other_century(form, field):
    assert "Check the year." in form({field: "2926-11-24"}).errors[field][0]


def test_unticked_answers_are_forgotten():
    client = Client()
    signed_up(client, answer_all(client))
    client.get(reverse("pages:home"))
    assert not Case.objects.exists()


def test_signed_in_people_may_look_at_the_questions_too():
    assert answer_all(browser(person("rosa"))).status_code == 200
