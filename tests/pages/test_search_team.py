"""What the team wrote down, what is said to be wrong, the opinions: found by who may see it, each look on record."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from cases.case.actions import ask_to_do, assign, give_consent, set_clinician, settle_to_dos
from cases.case.calls import CameOf, Follows, Whom, log_call
from cases.case.corrections import actions as corrections
from cases.case.models import Case, Correction, ToDo
from cases.case.worry_actions import clear_worries, raise_worry
from cases.opinions.comparing import actions as comparing
from portal import clock
from portal.actors import Actor
from portal.history.models import Event
from portal.pages import search, search_team
from tests import factories, people
from tests.pages.test_search import found

pytestmark = pytest.mark.django_db
TEAM, WRONG = "Calls, to-dos and worries", "What is said to be wrong"
EVERYBODY = ("rosa", "ines", "theo", "joanne", "amir", "grace", "ama", "mara", "egon", "bea")


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture
def case():
    case, joanne = factories.open_case(), people.person("joanne")
    assign(case, joanne, why="taking", by=act("joanne"))
    give_consent("read", person=case.patient, case=case, consultant=joanne, by=act("rosa"))
    return case


def call(case, words="She asked about the zebra."):
    said = {"whom": Whom.PATIENT, "came_of": CameOf.REACHED, "follows": Follows.DONE, "words": words}
    return log_call(case, press=uuid.uuid4(), **said, by=act("theo"))


def todo(case, note, key=None) -> ToDo:
    user = key and people.person(key)
    due_on = clock.today(people.person("theo").zone) + dt.timedelta(days=1)
    return ask_to_do(f"kind-{note[:5]}", case, case=case, due_on=due_on, for_user=user, note=note, by=act("theo"))


def look(case, words, key):
    return people.browser(people.person(key)).post(reverse("pages:search", args=[case.pk]), {"words": words})


def who_finds(case, words="zebra") -> dict[str, dict[str, list[str]]]:
    return {key: hits for key in EVERYBODY if (hits := found(case, words, key))}


def test_calls_are_found_by_coordinators_alone(case):
    call(case)
    assert who_finds(case) == {"theo": {TEAM: ["She asked about the zebra."]}}
    html = look(case, "zebra", "theo").content.decode()
    assert f"{reverse('pages:case_file', args=[case.pk])}#calls" in html
    assert "<mark>zebra</mark>" in html


def test_notes_of_to_dos_are_found_open_and_done_by_those_whose_they_are(case):
    todo(case, "Zebra to come.")
    done = todo(case, "Older zebra.")
    settle_to_dos(case, done.kind, by=act("theo"))
    todo(case, "Own zebra.", "joanne")

    assert who_finds(case)["joanne"] == {TEAM: ["Own zebra."]}
    assert sorted(who_finds(case)["theo"][TEAM]) == ["Older zebra.", "Zebra to come."]
    assert set(who_finds(case)) == {"theo", "joanne"}
    assert "done" in look(case, "older", "theo").content.decode()


def test_worries_are_found_by_the_team_of_the_case(case):
    raise_worry(case, "Sounds like a zebra.", by=act("joanne"))
    clear_worries(case, "Rang the stripes.", seen=1, by=act("theo"))
    assert set(who_finds(case)) == set(who_finds(case, "stripes")) == {"theo", "joanne"}
    assert reverse("pages:worry", args=[case.pk]) in look(case, "zebra", "joanne").content.decode()


def test_what_is_wrong_is_found_by_the_patient_and_coordinators(case):
    asked = corrections.ask(case, about="me", words="My zebra is a horse.", by=act("rosa"))
    assert who_finds(case) == {key: {WRONG: ["My zebra is a horse."]} for key in ("rosa", "theo")}
    answer = reverse("case:answer_correction", args=[asked.pk])
    assert answer in look(case, "zebra", "theo").content.decode()
    assert answer not in look(case, "zebra", "rosa").content.decode()

    corrections.answer(asked, outcome="corrected", words="It is a donkey now.", by=act("theo"))
    assert set(who_finds(case, "donkey")) == {"rosa", "theo"}


def test_a_coordinator_finds_nothing_of_the_team_in_their_own_case(case):
    theo = people.person("theo")
    own = factories.open_case(theo)
    todo(own, "Zebra about Theo.")
    assert found(own, "zebra", "theo") == {}
    assert set(search_team.read(own, theo)[0]["team"]) == set()


def test_of_another_case_nothing_is_found(case):
    other = factories.open_case(people.person("grace"))
    for each in (call, lambda case: todo(case, "Zebra."), lambda case: raise_worry(case, "Zebra.", by=act("theo"))):
        each(other)
    corrections.ask(other, about="me", words="Zebra.", by=act("grace"))
    assert who_finds(case) == {}
    assert look(other, "zebra", "rosa").status_code == look(other, "zebra", "joanne").status_code == 404


def test_a_look_at_what_is_wrong_is_on_record_but_not_her_own(case):
    corrections.ask(case, about="me", words="My zebra is a horse.", by=act("rosa"))
    for key in ("rosa", "theo"):
        assert look(case, "zebra", key).status_code == 200
    look(case, "nothing like it", "theo")
    [line] = Event.objects.filter(verb="correction.opened")
    assert (line.actor_id, line.case_id) == (people.person("theo").pk, case.pk)


def test_words_of_the_opinions_that_are_shown_are_on_record_as_seen(case):
    set_clinician(case, "first", name="Dr. Keller", by=act("rosa"))
    comparing.add(case, topic="why", text="Because of the zebra.", pages={"first": (1, None)}, by=act("rosa"))
    for key in ("rosa", "theo", "joanne"):
        assert look(case, "zebra", key).status_code == 200
    look(case, "nothing like it", "theo")
    lines = Event.objects.filter(verb="opinions.seen", case_id=case.pk).values_list("actor_id", "why")
    assert sorted(lines) == sorted((people.person(key).pk, "care") for key in ("theo", "joanne"))


def test_it_is_read_in_one_query_however_much_there_is(case, django_assert_num_queries, monkeypatch):
    for number in range(6):
        call(case, f"Zebra {number}.")
        todo(case, f"{number} zebra.")
    theo = people.person("theo")
    own = Case.objects.select_related("key", "patient").get(pk=case.pk)
    search_team.read(own, theo)
    with django_assert_num_queries(1):
        team, is_whole = search_team.read(own, theo)
    assert (len(team["team"]), is_whole) == (12, True)
    monkeypatch.setattr(search_team, "MOST", 3)
    team, is_whole = search_team.read(own, theo)
    assert (len(team["team"]), is_whole) == (6, False)
    parts, _files = search.in_case(own, theo, ["zebra"])
    assert not parts[-1].is_whole


def test_hostile_words_stay_words(case):
    call(case, "<script>alert(1)</script>")
    assert "<script>alert" not in look(case, "script", "theo").content.decode()
    assert not Correction.objects.exists()
