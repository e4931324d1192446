"""What the patient reads about who did what with the records."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case import actions as case_actions
from cases.case.hands import read_privacy_out
from cases.case.helping import actions as helping
from cases.case.helping.models import Helper
from cases.case.helping.rules import SETS, SWITCHES, Chosen
from cases.case.models import Consent
from cases.case.opening import KINDS, who_opens
from cases.case.people import has_consent_to_read, may, who_can_open
from cases.desk.links.actions import link_for
from cases.records.models import Visit
from portal import clock, retention, when
from portal.actors import Actor
from portal.history.actions import record
from portal.history.models import Event
from portal.history.words import known_verbs, why
from portal.pages import privacy, privacy_parts
from portal.texts.words import text
from tests import factories, people
from tests.pages.test_growth import SIGNING_IN
from tests.reviews.world import plan

pytestmark = pytest.mark.django_db


def address(case) -> str:
    return reverse("pages:privacy", args=[case.pk])


def read(case) -> str:
    return people.browser(case.patient).get(address(case)).content.decode()


def test_a_look_by_staff_is_told_with_its_reason():
    case = factories.open_case()
    people.browser(people.person("theo")).get(reverse("pages:case_file", args=[case.pk]))
    html = read(case)
    assert "Theo Lindqvist" in html
    assert "Looked at the case" in html
    assert "Keeping your records moving" in html


def test_the_file_that_was_opened_is_named_and_the_line_holds_no_name():
    case = factories.assign(factories.open_case(), people.person("joanne"))
    version = plan(case, name="Plan of Dr. Keller.pdf")
    people.browser(people.person("joanne")).get(version.get_absolute_url())
    people.browser(people.person("amir")).get(version.get_absolute_url())
    assert read(case).count("Plan of Dr. Keller.pdf") == 2  # once opened, once refused
    assert not [line for line in Event.objects.values_list() if "Keller" in str(line)]


def test_the_same_look_again_that_day_is_one_line_and_stays_whole_in_the_list_to_keep():
    case = factories.open_case()
    theo, file = people.browser(people.person("theo")), reverse("pages:case_file", args=[case.pk])
    for _ in range(3):
        theo.get(file)
    html = read(case)
    assert html.count("Looked at the case") == 1
    assert "3 times that day" in html
    assert "4 times that day" in theo.get(file).content.decode()
    whole = people.browser(case.patient).get(reverse("pages:privacy_list", args=[case.pk])).getvalue().decode()
    assert whole.count("Looked at the case") == 4


def test_who_can_open_is_the_rule_itself():
    case = factories.assign(factories.open_case(), people.person("joanne"))
    html = read(case)
    for user, _words in who_can_open(case):
        assert user.name in html
    assert "Amir Haddad" not in html


def test_a_permission_is_taken_back_at_once():
    joanne = people.person("joanne")
    case = factories.assign(factories.open_case(), joanne)
    given = Consent.objects.get(case=case, kind="read")
    browser = people.browser(case.patient)
    browser.post(reverse("pages:withdraw_consent", args=[case.pk, given.pk]))
    assert not has_consent_to_read(case, joanne)
    assert "Taken back on" in read(case)


def test_a_permission_taken_back_is_given_again_while_the_consultant_is_here():
    joanne = people.person("joanne")
    case = factories.assign(factories.open_case(), joanne)
    given = Consent.objects.get(case=case, kind="read")
    browser, by = people.browser(case.patient), Actor.person(case.patient)
    again = reverse("pages:consent_again", args=[case.pk, given.pk])
    browser.post(again)  # it stands: nothing to give
    case_actions.withdraw_consent(given, by=by)
    assert "Say yes again" in read(case)
    for _press in range(2):
        assert browser.post(again).status_code == 302
    assert has_consent_to_read(case, joanne)
    assert Consent.objects.filter(case=case, kind="read").count() == 2
    assert "Say yes again" not in read(case)


def test_nobody_reads_again_who_has_left_the_case():
    joanne = people.person("joanne")
    case = factories.assign(factories.open_case(), joanne)
    given = Consent.objects.get(case=case, kind="read")
    case_actions.withdraw_consent(given, by=Actor.person(case.patient))
    case_actions.end_assignment(case, joanne, by=Actor.person(people.person("theo")))
    assert "Say yes again" not in read(case)
    people.browser(case.patient).post(reverse("pages:consent_again", args=[case.pk, given.pk]))
    assert not Consent.objects.standing().filter(kind="read").exists()


def test_what_our_calls_are_cannot_be_taken_back():
    case = factories.open_case()
    from cases.case.actions import give_consent

    given = give_consent("scope", person=case.patient, case=case, by=Actor.person(case.patient))
    browser = people.browser(case.patient)
    assert browser.post(reverse("pages:withdraw_consent", args=[case.pk, given.pk])).status_code == 404


@pytest.mark.parametrize("key", ["ama", "theo", "joanne", "grace", "mara"])
def test_the_page_is_the_patients_alone(key):
    case = factories.assign(factories.open_case(starter=people.person("ama")), people.person("joanne"))
    assert people.browser(people.person(key)).get(address(case)).status_code == 404


def test_nothing_of_another_case_is_told():
    other = factories.open_case(people.person("grace"))
    people.browser(people.person("theo")).get(reverse("pages:case_file", args=[other.pk]))
    assert "Looked at the case" not in read(factories.open_case())


def looks(case, count: int) -> None:
    theo = Actor.person(people.person("theo"))
    for _look in range(count):
        record(theo, "case.seen", case, patient=case.patient_id, case=case.pk, why="care")


def queries(browser, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        browser.get(address)
    return len([query for query in seen if query["sql"].startswith("SELECT")])


def test_long_histories_are_walked_by_key_with_as_many_queries():
    case = factories.assign(factories.open_case(), people.person("joanne"))
    looks(case, 1)
    browser = people.browser(case.patient)
    browser.get(address(case))
    one = queries(browser, address(case))
    looks(case, 60)
    assert queries(browser, address(case)) == one <= SIGNING_IN["rosa"] + 15
    seen, older = [], ""
    while True:
        page = browser.get(address(case) + (f"?before={older}" if older else "")).context
        seen += [row["at"] for row in page["rows"] for _ in range(row["times"])]
        if not (older := page["older"]):
            break
    assert len(seen) == Event.objects.filter(patient=case.patient_id).count()
    assert seen == sorted(seen, reverse=True)


def test_a_line_of_anothers_list_is_no_place_to_begin():
    other = factories.open_case(people.person("grace"))
    line = Event.objects.filter(case_id=other.pk).first()
    case = factories.open_case()
    for wrong in (line.pk, "x", "9" * 40, "-1"):
        answer = people.browser(case.patient).get(f"{address(case)}?before={wrong}")
        assert answer.status_code == 404


def test_the_full_list_is_streamed_and_runs_in_no_spreadsheet(monkeypatch):
    monkeypatch.setattr(privacy, "LINES_AT_ONCE", 7)
    theo = people.person("theo")
    theo.name = "=HYPERLINK(1)"
    theo.save()
    case = factories.open_case()
    looks(case, 20)
    answer = people.browser(case.patient).get(reverse("pages:privacy_list", args=[case.pk]))
    assert answer.streaming
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 1 + Event.objects.filter(patient=case.patient_id).count()
    assert [row[1] for row in rows].count("'=HYPERLINK(1)") == 20
    assert Event.objects.filter(verb="privacy.list_taken", actor_id=case.patient_id).exists()


@pytest.mark.parametrize("chosen", ["dates", "most", "acts"])
def test_who_opens_what_is_the_rule_for_each_kind(chosen):
    ama, amir = people.person("ama"), people.person("amir")
    case = factories.assign(factories.open_case(), people.person("joanne"))
    case_actions.assign(case, amir, why="booking", by=Actor.person(people.person("theo")))  # who may not read yet
    now = clock.now()
    Helper.objects.create(
        case=case, patient=case.patient, person=ama, chosen=chosen, asked_at=now, asked_by=ama, agreed_at=now,
        agreed_how="page", recorded_by=case.patient, **{switch: switch in SETS[chosen] for switch in SWITCHES},
    )  # fmt: skip
    found = who_opens(case)
    for verb in KINDS:
        assert [each.user for each in found if verb in each.verbs] == [user for user, _ in who_can_open(case, verb)]
    html = read(case)
    assert "Ama Osei" in html
    assert "Until you end it." in html
    assert f"your helper: {Chosen(chosen).label}" in html


def test_whoever_began_stands_there_with_their_reach_until_there_is_an_answer():
    ama = people.person("ama")
    case = factories.assign(factories.open_case(starter=ama), people.person("joanne"))
    found = who_opens(case)
    for verb in KINDS:
        assert [each.user for each in found if verb in each.verbs] == [user for user, _ in who_can_open(case, verb)]
        assert (ama in [each.user for each in found if verb in each.verbs]) == may(verb, case, ama)
    html = read(case)
    assert "began this case for you" in html
    theirs = "Can open only what they put in: dates and where records are, and the files they add."
    assert f"{theirs} Until you say yes or no." in html
    helping.decline(helping.ask(case, ama, by=Actor.person(ama)), by=Actor.person(case.patient))
    assert "began this case for you" not in read(case)
    assert ama not in [user for user, _ in who_can_open(case, "see")]


@pytest.mark.parametrize("key", ["theo", "joanne"])
def test_staff_who_began_a_case_of_their_own_family_stand_there_as_that(key):
    """They open no more than whoever begins, until the patient has answered."""
    case = factories.assign(factories.open_case(starter=people.person(key)), people.person("joanne"))
    found = {each.user: each for each in who_opens(case)}
    assert found[people.person(key)].role == "beginner"
    for verb in KINDS:
        able = [user for user, _ in who_can_open(case, verb)]
        assert set(able) == {user for user, each in found.items() if verb in each.verbs}
        assert (people.person(key) in able) == may(verb, case, people.person(key))


def test_a_page_of_an_office_stands_with_its_last_day():
    case = factories.case_with_visit(days=40)
    visit = Visit.objects.get(case=case)
    link_for(visit, visit.office, by=Actor.person(people.person("theo")))
    html = read(case)
    assert "Northfield Medical Center" in html
    last = visit.on_date + dt.timedelta(days=30)
    assert f"Until {when.day(last, year=True)}, 30 days after the visit." in html


def test_a_consent_says_how_it_was_given_and_what_follows():
    case = factories.assign(factories.open_case(), people.person("joanne"))
    by = Actor.person(people.person("theo"))
    read_privacy_out(case.patient, version=text("privacy_notice").version, by=by)
    html = read(case)
    assert "It was read out to you on the phone." in html
    assert "Joanne Pike can open no file of yours" in html


def test_how_long_things_are_kept_is_the_nightly_table():
    codes = {rule.code for rule in retention.RULES}
    assert set(privacy_parts.KEPT_WORDS) | privacy_parts.NOT_HERS == codes
    html = read(factories.open_case())
    assert "To be confirmed by counsel" in html
    assert "6 years" in html


def test_every_verb_that_was_recorded_has_words():
    factories.assign(factories.case_with_visit(days=30), people.person("joanne"))
    assert set(Event.objects.values_list("verb", flat=True)) <= known_verbs()
    reasons = set(Event.objects.exclude(why="").values_list("why", flat=True))
    assert [reason for reason in reasons if why(reason) == reason] == []
