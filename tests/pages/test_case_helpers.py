"""Asking the patient: by phone, on paper; what a coordinator puts on record of the answer, and papers that let act."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.case import people as rule
from cases.case.helping.mandates import end_mandate, record_mandate
from cases.case.helping.models import Helper, Mandate
from cases.case.models import Case, ToDo
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.texts.words import text
from tests import factories, people

pytestmark = pytest.mark.django_db
YES = {"answer": "yes", "how": "phone", "chosen": "most", "until_on": "", "is_read_out": "on", "version": "2"}


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture
def case() -> Case:
    """Ama began it for Rosa."""
    return factories.open_case(starter=people.person("ama"))


def answer(case: Case, key: str = "theo", person: str = "ama", **said):
    page = reverse("pages:helper_answer", args=[case.pk, people.person(person).pk])
    return people.browser(people.person(key)).post(page, YES | said)


def ask_by_phone(case: Case, key: str = "ama", **said):
    said = {"kin": "daughter", "note": "416 555 0117, mornings"} | said
    return people.browser(people.person(key)).post(reverse("pages:ask_by_phone", args=[case.pk]), said)


def html_of(key: str, address: str) -> str:
    return people.browser(people.person(key)).get(address).content.decode()


def test_whoever_began_reads_how_the_patient_can_say_yes(case):
    html = html_of("ama", case.get_absolute_url())
    for words in ("Rosa hasn’t said yes yet.", "Until then you see only what you put in", "On the phone with us",
                  "On paper", "Only Rosa can"):  # fmt: skip
        assert words in html


def test_asking_by_phone_twice_is_one_call_with_the_newest_note(case):
    assert ask_by_phone(case).status_code == 302
    ask_by_phone(case, note="416 555 0118")
    todo = ToDo.objects.open().get(kind="ask_patient")
    assert todo.note == "416 555 0118"
    assert Helper.objects.asked().get().kin == "daughter"
    assert "We have your wish" in html_of("ama", case.get_absolute_url())
    assert "Ask: may they help?" in html_of("theo", reverse("pages:case_file", args=[case.pk]))


def test_a_call_without_a_way_to_reach_the_patient_is_not_asked_for(case):
    answered = ask_by_phone(case, note=" ")
    assert answered.status_code == 422
    assert "Tell us how to reach them." in answered.content.decode()
    assert not ToDo.objects.filter(kind="ask_patient").exists()
    assert not Helper.objects.exists()


def test_a_stranger_cannot_ask_nor_print(case):
    assert ask_by_phone(case, "grace").status_code == 404
    page = reverse("pages:yes_on_paper", args=[case.pk])
    assert people.browser(people.person("grace")).get(page).status_code == 404


@pytest.mark.full
def test_the_page_to_sign_is_one_pdf(case):
    answered = people.browser(people.person("ama")).get(reverse("pages:yes_on_paper", args=[case.pk]))
    assert answered["Content-Type"] == "application/pdf"
    assert answered.content.startswith(b"%PDF")
    assert Event.objects.filter(verb="helping.form_printed", case_id=case.pk).count() == 1


def test_a_yes_by_phone_is_on_record_with_the_words_that_were_read_out(case):
    ask_by_phone(case)
    page = html_of("theo", reverse("pages:helper_answer", args=[case.pk, people.person("ama").pk]))
    assert "Acts for me: the same, and your private words too" in page
    until = clock.today(case.patient.zone) + dt.timedelta(days=30)
    assert answer(case, until_on=until.isoformat()).status_code == 302
    helper = Helper.objects.granted().get()
    assert (helper.chosen, helper.agreed_how, helper.until_on) == ("most", "phone", until)
    assert helper.recorded_by == people.person("theo")
    assert Event.objects.get(verb="helping.read_out").why == f"version {text('helper_yes').version}"
    assert not ToDo.objects.open().filter(kind="ask_patient").exists()
    assert "on the phone" in html_of("theo", reverse("pages:case_helpers", args=[case.pk]))
    assert "Rosa said yes on" in html_of("ama", case.get_absolute_url())


@pytest.mark.parametrize("version", ["1", "", "x"])
def test_words_that_changed_since_are_read_out_anew(case, version):
    answered = answer(case, version=version)
    assert answered.status_code == 422
    assert "Read out the new ones" in answered.content.decode()
    assert not Helper.objects.granted().exists()


def test_a_second_answer_changes_the_first(case):
    answer(case)
    answer(case, chosen="dates", how="paper")
    helper = Helper.objects.granted().get()
    assert (helper.chosen, helper.version) == ("dates", 2)


def test_a_no_by_phone_shuts_the_page(case):
    answer(case, answer="no", chosen="")
    assert Helper.objects.get().ended_why == "declined"
    assert people.browser(people.person("ama")).get(case.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    "said",
    [
        {"answer": ""},
        {"chosen": ""},
        {"how": "page"},
        {"is_read_out": ""},
        {"until_on": "2020-01-01"},
        {"until_on": "soon"},
        {"chosen": "everything"},
    ],
)
def test_what_is_not_whole_changes_nothing(case, said):
    assert answer(case, **said).status_code == 422
    assert not Helper.objects.granted().exists()
    assert not Event.objects.filter(verb="helping.read_out").exists()


@pytest.mark.parametrize("key", ["rosa", "ama", "joanne", "mara"])
def test_only_a_coordinator_records_an_answer(case, key):
    assert answer(case, key).status_code == 404
    assert not Helper.objects.granted().exists()


def test_an_answer_about_somebody_who_has_nothing_to_do_with_it_is_missing(case):
    assert answer(case, person="grace").status_code == 404


def paper(case: Case, **said):
    said = {"kind": "power", "paper": "", "from_on": clock.today(case.patient.zone).isoformat(), "is_read": "on"} | said
    page = reverse("pages:helper_mandate", args=[case.pk, people.person("ama").pk])
    return people.browser(people.person("theo")).post(page, said)


def test_a_paper_lets_the_one_who_began_act_at_once_and_sign(case):
    ama = people.person("ama")
    assert not rule.may("sign", case, ama)
    assert paper(case).status_code == 302
    assert paper(case).status_code == 302
    assert rule.may("sign", case, ama)
    assert rule.may("see_private_words", case, ama)
    mandate = Mandate.objects.get()
    assert mandate.recorded_by == people.person("theo")
    assert Event.objects.filter(verb="mandate.recorded").count() == 1
    assert "Sign a permission" not in html_of("ama", case.get_absolute_url())
    end_mandate(mandate, by=act("theo"))
    end_mandate(mandate, by=act("theo"))
    assert not rule.may("sign", case, ama)
    assert Event.objects.filter(verb="mandate.ended").count() == 1


def test_a_paper_leaves_what_the_patient_allowed_as_it_is(case):
    answer(case, chosen="dates")
    paper(case)
    assert Helper.objects.granted().get().chosen == "dates"


def test_another_paper_takes_the_place_of_the_first(case):
    paper(case)
    paper(case, kind="parent")
    assert Mandate.objects.standing().get().kind == "parent"
    assert Mandate.objects.count() == 2


@pytest.mark.parametrize(
    "said", [{"kind": ""}, {"from_on": ""}, {"from_on": "2999-01-01"}, {"until_on": "2020-01-01"}, {"is_read": ""},
             {"paper": "00000000-0000-0000-0000-000000000000"}]
)  # fmt: skip
def test_a_paper_that_does_not_count_is_not_recorded(case, said):
    assert paper(case, **said).status_code == 422
    assert not Mandate.objects.exists()


@pytest.mark.parametrize("key", ["ama", "rosa", "joanne"])
def test_only_a_coordinator_reads_a_paper(case, key):
    with pytest.raises(Refused):
        record_mandate(case, people.person("ama"), kind="power", from_on=dt.date(2026, 1, 1), by=act(key))


def test_a_coordinator_ends_help_when_the_patient_asks(case):
    answer(case)
    helper = Helper.objects.get()
    page = reverse("pages:end_helper", args=[helper.pk])
    assert people.browser(people.person("ama")).post(page).status_code == 404
    for _press in range(2):
        people.browser(people.person("theo")).post(page)
    helper.refresh_from_db()
    assert helper.ended_why == "staff"
    assert people.browser(people.person("ama")).get(case.get_absolute_url()).status_code == 404
