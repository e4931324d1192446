"""The page of the talk: plan it, write on it, hand it over, say that it took place."""

import io
from datetime import date, time

import pikepdf
import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case.helping import actions as helping
from cases.opinions.models import Talk
from cases.opinions.talk import actions, agenda, rules
from portal import clock
from portal.accounts import drafts
from portal.accounts.models import User
from tests import factories
from tests.opinions.builders import TALK_ON, booked, fresh, planned, write
from tests.pdf_letters import NAMES, no_glyph_is_missing, words_of
from tests.people import browser, person
from tests.records.builders import actor, case_of_rosa

pytestmark = pytest.mark.django_db
DAY_AFTER_TALK = "2026-12-04T15:00:00Z"
WHEN = {"who": "primary", "on": "2026-12-03", "at": "09:20"}
WROTE = {"question_1": "Why?", "question_2": "", "question_3": "When?", "points": "Cost\n\nTime"}


@pytest.fixture
def case():
    return case_of_rosa(starter=person("ama"))


@pytest.fixture
def rosa(case):
    return browser(person("rosa"))


def page(case):
    return reverse("opinions:talk", args=[case.pk])


def at(name, case):
    return reverse(f"opinions:{name}", args=[case.pk])


def move(talk, verb):
    return reverse("opinions:move_talk", args=[talk.pk, verb])


def html(client, address):
    return client.get(address).content.decode()


def test_from_nothing_to_a_talk_with_a_date(rosa, case):
    said = html(rosa, page(case))
    assert "Plan your talk" in said
    assert "Dr. Abara, the primary doctor" in said
    answer = rosa.post(at("arrange_talk", case), WHEN)
    assert answer["Location"] == page(case)
    talk = Talk.objects.get()
    assert (talk.on_date, talk.at_time, talk.clinician.name) == (TALK_ON, time(9, 20), "Dr. Abara")
    said = html(rosa, page(case))
    for words in ("Thursday, December 3", "Eastern Time", "Elm Street", "Where do the two opinions agree?"):
        assert words in said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"who": ""}, "Choose with whom you talk."),
        ({"who": "third"}, "Select a valid choice"),
        ({"who": "other"}, "Enter the doctor’s name."),
        ({"on": ""}, "Enter the day as well."),
        ({"on": "someday"}, "Enter the day in full"),
        ({"on": "2026-11-01"}, "That day has passed."),
        ({"at": "25:00"}, "Enter the time like 2:30 pm."),
    ],
)
def test_what_cannot_be_saved_is_said_beside_the_field(rosa, case, changes, words):
    answer = rosa.post(at("arrange_talk", case), WHEN | changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Talk.objects.exists()


def test_without_a_primary_doctor_another_one_can_be_named():
    client, case = browser(person("grace")), factories.open_case(person("grace"))
    assert "We don’t know your primary doctor yet." in html(client, page(case))
    client.post(at("arrange_talk", case), {"who": "other", "doctor": "Dr. Lin", "office": "Harbor Practice"})
    assert Talk.objects.get().office.name == "Harbor Practice"


def test_her_lines_are_saved_and_stand_on_the_page_and_on_paper(rosa, case):
    booked(case)
    rosa.post(at("save_agenda", case), WROTE)
    talk = Talk.objects.get()
    assert (talk.questions, talk.points) == ("Why?\nWhen?", "Cost\nTime")
    content = rosa.get(at("agenda_pdf", case)).content
    for words in ("Why?", "When?", "Cost", "Time", "Dr. Abara", "Rosa Delgado", "Thu, Dec 3, 9:20"):
        assert words in words_of(content).replace("\N{NO-BREAK SPACE}", " ")


def test_an_idea_is_added_with_all_that_was_typed(rosa, case):
    planned(case)
    rosa.post(at("save_agenda", case), WROTE | {"add": "time"})
    assert Talk.objects.get().points == "Cost\nTime\nHow long can I take to decide?"
    said = html(rosa, page(case))
    assert 'value="time"' not in said
    assert 'value="goal"' in said


def test_what_she_asked_us_before_is_offered_to_her_and_not_to_a_helper(rosa, case):
    factories.open_hours()
    call = factories.book(case)
    call.hope = "Is a smaller operation possible?"
    call.save(update_fields=["hope"])
    planned(case)
    assert "Is a smaller operation possible?" in html(rosa, page(case))
    rosa.post(at("save_agenda", case), WROTE | {"add": "before-0"})
    assert "Is a smaller operation possible?" in Talk.objects.get().points
    assert "smaller" not in html(browser(person("ama")), page(case))


@pytest.mark.parametrize(
    "changes", [{"question_1": "?" * 161}, {"points": "\n".join(map(str, range(9)))}, {"points": "x" * 121}]
)
def test_more_than_a_page_is_refused_and_the_words_stay(rosa, case, changes):
    planned(case)
    answer = rosa.post(at("save_agenda", case), WROTE | changes)
    assert answer.status_code == 422
    assert "When?" in answer.content.decode()
    assert Talk.objects.get().questions == ""


def test_the_ninth_line_by_an_idea_is_refused_in_words(rosa, case):
    planned(case)
    answer = rosa.post(at("save_agenda", case), {"points": "\n".join(map(str, range(8))), "add": "time"})
    assert answer.status_code == 422
    assert "Keep it to 8 lines" in answer.content.decode()


def test_a_page_that_somebody_changed_meanwhile_is_saved_at_the_second_press(rosa, case):
    write(planned(case), "theo")
    answer = rosa.post(at("save_agenda", case), WROTE)
    assert answer.status_code == 409
    seen_at = fresh(Talk.objects.get()).agenda_changed_at.isoformat()
    assert f'value="{seen_at}"' in answer.content.decode()
    assert rosa.post(at("save_agenda", case), WROTE | {"seen_at": seen_at}).status_code == 302


def test_a_draft_opens_the_form_again_until_it_is_saved(rosa, case):
    talk = planned(case)
    drafts.keep(person("rosa"), "talk-agenda", talk, {"question_1": "Half a quest"})
    assert "Half a quest" in html(rosa, page(case))
    rosa.post(at("save_agenda", case), WROTE)
    assert "Half a quest" not in html(rosa, page(case))


def test_a_helper_plans_and_prints_and_does_not_read_what_the_patient_wrote(case):
    helper = helping.ask(case, person("ama"), by=actor("theo"))
    helping.agree(helper, chosen="own", switches=["files", "papers", "bookings"], by=actor("rosa"))
    ama = browser(person("ama"))
    ama.post(at("arrange_talk", case), WHEN)
    write(Talk.objects.get(), "rosa", questions=["My secret question?"])
    said = html(ama, page(case))
    assert "secret" not in said
    assert "Your copy has lines to write on." in said
    assert "secret" not in words_of(ama.get(at("agenda_pdf", case)).content)
    assert ama.post(at("save_agenda", case), WROTE).status_code == 422
    assert "secret" in Talk.objects.get().questions


def test_one_press_after_its_day(rosa, case, november_5):
    talk = booked(case)
    assert move(talk, "did_not") not in html(rosa, page(case))
    november_5.move_to(DAY_AFTER_TALK)
    rosa = browser(person("rosa"))
    assert move(talk, "did_not") in html(rosa, page(case))
    rosa.post(move(talk, "held"))
    said = html(rosa, page(case))
    assert "This is done." in said
    assert "You told us." in said
    rosa.post(move(talk, "undo"))
    assert fresh(talk).state == "booked"


def test_it_took_place_already_on_a_day_that_is_named(rosa, case):
    talk = planned(case)
    assert rosa.post(move(talk, "held"), {"on": "2026-11-09"}).status_code == 422
    rosa.post(move(talk, "held"), {"on": "2026-11-04"})
    assert fresh(talk).on_date == date(2026, 11, 4)


def test_called_off_and_taken_back(rosa, case):
    talk = booked(case)
    rosa.post(move(talk, "cancel"))
    said = html(rosa, page(case))
    assert "is called off" in said
    rosa.post(move(talk, "undo"))
    assert fresh(talk).state == "booked"


def test_an_unknown_verb_and_a_late_one_are_refused(rosa, case):
    talk = booked(case)
    assert rosa.post(move(talk, "fly")).status_code == 422
    actions.cancel(talk, by=actor("rosa"))
    assert rosa.post(move(talk, "did_not")).status_code == 409
    assert rosa.post(at("save_agenda", case), WROTE).status_code == 409


def test_strangers_and_consultants_get_404(case):
    talk = booked(case)
    factories.assign(case, person("joanne"))
    for key in ("grace", "joanne", "amir", "mara"):
        client = browser(person(key))
        assert client.get(page(case)).status_code == 404
        assert client.post(move(talk, "cancel")).status_code == 404
        assert client.post(at("save_agenda", case), WROTE).status_code == 404
        assert client.get(at("agenda_pdf", case)).status_code == 404
    assert fresh(talk).state == "booked"


def test_the_page_costs_the_same_for_many_talks(rosa, case):
    booked(case)
    rosa.get(page(case))
    with CaptureQueriesContext(connection) as one:
        rosa.get(page(case))
    actions.cancel(Talk.objects.get(), by=actor("rosa"))
    actions.say_held(planned(case), by=actor("rosa"))
    booked(case)
    with CaptureQueriesContext(connection) as three:
        rosa.get(page(case))
    assert len(three) == len(one)


# --- the one page


def one_page(talk):
    content = agenda.pdf(fresh(talk), clock.now(), is_read=True)
    assert no_glyph_is_missing(content)
    return content, len(pypdfium2.PdfDocument(content))


@pytest.mark.parametrize("letters", ["每个问题", "What will it do to me? ", "ماذا سيحدث لي؟ "])
def test_the_most_that_can_be_written_fits_on_one_page(case, letters):
    User.objects.filter(pk=case.patient_id).update(name="عبد الرحمن بن محمد " + NAMES[0] * 4)
    talk = booked(case, role="", doctor="Dr. " + "Wolfeschlegelsteinhausen " * 4, office_name="Northfield " * 14)
    half = rules.breadth(letters[0])
    full = {"questions": [(letters * 80)[: 160 // half]] * 3, "points": [(letters * 60)[: 120 // half]] * 8}
    content, pages = one_page(write(talk, **full))
    assert pages == 1
    assert "/StructTreeRoot" in pikepdf.open(io.BytesIO(content)).Root


def test_it_is_in_the_patients_language_from_right_to_left(case):
    User.objects.filter(pk=case.patient_id).update(language="ar")
    content, pages = one_page(write(booked(case)))
    assert pages == 1
    assert "operation" in words_of(content)


def test_letters_that_no_font_has_lead_back_with_a_sentence(rosa, case):
    write(booked(case), questions=["𓀀?"])
    answer = rosa.get(at("agenda_pdf", case), follow=True)
    assert "can’t show some letters" in answer.content.decode()
