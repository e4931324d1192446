"""Letters that ask for a referral, with the strip and the page of the office that is to refer."""

import datetime as dt
import io
import json

import pikepdf
import pytest
from django.urls import reverse

from cases.case import actions as cases
from cases.case.models import ToDo
from cases.desk.letters import actions, sending
from cases.desk.links import codes
from cases.desk.links.actions import link_for
from cases.records import actions as records
from cases.records.models import Referral, ReferralLetter
from cases.records.planning import FAX_LETTER
from cases.records.referral import letter_actions
from portal.errors import Refused
from tests import people
from tests.desk.conftest import BORN
from tests.desk.letter_builders import may_ask
from tests.pdf_letters import words_of
from tests.records.builders import actor, booked_visit, item

pytestmark = pytest.mark.django_db


def rows_of(made) -> dict[str, str]:
    return {row["label"]: row["value"] for row in json.loads(made.said)["rows"]}


def sheets(content: bytes) -> int:
    return len(pikepdf.open(io.BytesIO(content)).pages)


@pytest.fixture
def to_refer(november_5):
    visit = booked_visit()
    may_ask(visit)
    return visit


def test_a_letter_for_a_referral_has_a_strip_and_asks_for_it(to_refer):
    made = actions.make("refer", to_refer, by=actor("rosa"))
    assert made.office.name == "Elm Street"
    said, rows = json.loads(made.said), rows_of(made)
    assert said["to"][:2] == ["Elm Street", "Dr. Abara"]
    assert rows["Please refer to"].startswith("Dr. Priya Raman, Northfield Medical Center")
    assert rows["Why"] == (
        "A second opinion on the plan of Dr. Keller. Treatment is planned to begin on December 15, 2026."
    )
    assert (rows["Visit on"], rows["Needed by"]) == ("Tuesday, November 24, 2026", "Monday, November 23, 2026")
    assert said["strip"]["not_found"] == "We do not refer, since:"
    _made, content = actions.print_letter(made, by=actor("rosa"))
    assert sheets(content) == 2  # the page, and that we may ask
    sending.sent(made, "handed", by=actor("rosa"))
    assert Referral.objects.get(visit=to_refer).state == "asked"
    assert item(to_refer, "referral_letter").state == "asked"


def test_after_a_no_another_doctor_is_asked_for_another_specialist_without_a_word_of_the_disease(to_refer):
    made = actions.make("another", to_refer, by=actor("theo"))
    assert rows_of(made)["Please refer to"] == "a specialist who does not work with Dr. Keller"
    assert "tell us who can" in json.loads(made.said)["text"]
    assert to_refer.case.diagnosis not in json.dumps(made.said)


def test_patients_own_words_follow_on_a_page_of_their_own(to_refer):
    hers = "Dear Dr. Abara,\n\nplease help me to hear\na second view.\n\nRosa"
    letter_actions.change_letter(to_refer.case, "refer", hers, seen_at=None, by=actor("rosa"))
    made = actions.make("refer", to_refer, by=actor("rosa"))
    assert "the patient’s own letter" in rows_of(made)["Signed"]
    _made, content = actions.print_letter(made, by=actor("rosa"))
    assert sheets(content) == 3
    assert "please help me to hear a second view." in words_of(content)
    changed_at = ReferralLetter.objects.get().changed_at
    letter_actions.change_letter(to_refer.case, "refer", "Refer me.", seen_at=changed_at, by=actor("rosa"))
    with pytest.raises(Refused, match="has changed"):
        sending.sent(made, "handed", by=actor("rosa"))


@pytest.mark.parametrize(
    ("on", "may_go"),
    [(dt.date(2026, 11, 28), False), (None, False), (dt.date(2026, 12, 20), True)],
)
def test_a_letter_that_promises_more_time_than_there_is_does_not_go(to_refer, on, may_go):
    made = actions.make("refer", to_refer, by=actor("rosa"))
    cases.change_case(to_refer.case, treatment_on=on, by=actor("rosa"))
    assert (sending.why_not(actions.fresh(made)) == "") is may_go
    if not may_go:
        with pytest.raises(Refused, match="has changed"):
            sending.sent(made, "handed", by=actor("rosa"))
        assert Referral.objects.get(visit=to_refer).state != "asked"


def test_letter_that_we_were_asked_to_fax_is_done_once_it_went(to_refer):
    letter_actions.ask_to_fax(to_refer.case, "refer", by=actor("rosa"))
    made = actions.make("refer", to_refer, by=actor("theo"))
    sending.sent(made, "faxed", by=actor("theo"))
    assert not ToDo.objects.open().filter(kind=FAX_LETTER).exists()
    again = actions.make("refer", to_refer, by=actor("theo"))
    sending.sent(again, "posted", by=actor("theo"))
    assert item(to_refer, "referral_letter").chased_on is not None


@pytest.mark.parametrize("verb", ["agreed", "sent", "not_needed"])
def test_a_referral_that_was_answered_is_not_asked_for(to_refer, verb):
    made = actions.make("refer", to_refer, by=actor("rosa"))
    records.move_referral(to_refer.case, verb, by=actor("rosa"))
    with pytest.raises(Refused, match="Nothing on it is left"):
        sending.sent(made, "handed", by=actor("rosa"))
    with pytest.raises(Refused, match="nothing to ask for"):
        actions.make("refer", to_refer, by=actor("rosa"))


def test_the_referrals_page_leads_to_the_letter_with_a_strip(to_refer):
    address = reverse("desk:new_letter", args=["refer", to_refer.pk])
    rosa = people.browser(people.person("rosa"))
    assert address in rosa.get(reverse("records:referral", args=[to_refer.case_id])).content.decode()
    made = rosa.post(address)["Location"]
    assert "A patient asks for a referral" in rosa.get(made).content.decode()


@pytest.fixture
def elm(to_refer, client):
    """The browser of the doctor who is to refer, on the page that the letter's code opened."""
    patient = to_refer.case.patient
    patient.birth_date = BORN
    patient.save(update_fields=["birth_date"])
    made = actions.make("refer", to_refer, by=actor("rosa"))
    link = link_for(to_refer, made.office, by=actor("rosa"))
    opened = client.post("/o/", {"code": codes.paper_code(link), "born": "5 2 1961"})
    client.page = opened["Location"]
    client.link = link
    return client


def say(elm, visit, **fields):
    letter = item(visit, "referral_letter")
    data = {f"r{letter.pk.hex[:8]}-{name}": value for name, value in fields.items()}
    return elm.post(reverse("desk:answer", args=[elm.link.pk, letter.pk]), data)


def test_its_code_opens_a_page_where_the_office_says_that_it_referred(elm, to_refer):
    page = elm.get(elm.page).content.decode()
    assert "We do not refer" in page
    assert say(elm, to_refer, said="sent").status_code == 302
    assert Referral.objects.get(visit=to_refer).state == "sent"


def test_an_office_that_does_not_refer_says_so_and_the_patient_reads_it(elm, to_refer):
    say(elm, to_refer, said="not_found", words="Ask Dr. Keller")
    letter = item(to_refer, "referral_letter")
    assert (letter.state, letter.reason) == ("needs_you", "They do not refer. Ask Dr. Keller")
    assert "You told us: They do not refer. Ask Dr. Keller." in elm.get(elm.page).content.decode()
    rosa = people.browser(people.person("rosa"))
    page = rosa.get(reverse("records:list", args=[to_refer.case_id])).content.decode()
    assert "Elm Street answered: They do not refer. Ask Dr. Keller." in page


def test_nothing_is_asked_of_an_office_whose_letter_nobody_made(to_refer, client):
    link = link_for(to_refer, item(to_refer, "referral_letter").holder, by=actor("rosa"))
    letter = item(to_refer, "referral_letter")
    assert client.post(reverse("desk:answer", args=[link.pk, letter.pk])).status_code == 404
