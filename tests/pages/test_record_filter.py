"""The patient's list of who did what, narrowed to a kind and to days; who read along before."""

import datetime as dt

import pytest
from django.http import QueryDict
from django.urls import reverse

from cases.case.second import actions as second_actions
from cases.case.second.models import SecondReader
from portal import clock
from portal.actors import Actor
from portal.history.actions import record
from portal.history.models import Event
from portal.history.words import known_verbs
from portal.pages.record_filter import KINDS, LOOKED, NO_LOOK, RecordFilter
from tests import factories, people
from tests.reviews.world import plan, talk

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    """Opened; ten days ago Theo looked at it, and a file was opened."""
    case = factories.open_case()
    theo = Actor.person(people.person("theo"))
    with clock.lived_at(clock.now() - dt.timedelta(days=10)):
        for verb in ("case.seen", "document.opened"):
            record(theo, verb, case, patient=case.patient_id, case=case.pk, why="care")
    return case


def page(case, **asked):
    return people.browser(case.patient).get(reverse("pages:privacy", args=[case.pk]), asked)


def told(case, **asked):
    return [row["what"] for row in page(case, **asked).context["rows"]]


def test_a_kind_and_days_narrow_it(case):
    ago = clock.today(case.patient.zone) - dt.timedelta(days=10)
    day, next_day = ago.isoformat(), (ago + dt.timedelta(days=1)).isoformat()
    assert {"Looked at the case"} < set(told(case, kind="looks"))
    assert "Looked at the case" not in told(case, kind="files")
    assert len(told(case, since=day, until=day)) == 2
    assert "Looked at the case" not in told(case, since=next_day)
    assert len(told(case, kind="files", until=day)) == 1
    assert len(told(case, kind="", since="", until="")) == Event.objects.filter(patient=case.patient_id).count()


def test_a_day_begins_and_ends_on_the_readers_wall(case):
    zone = case.patient.zone
    at = dt.datetime(2026, 11, 3, 23, 30, tzinfo=zone)
    with clock.lived_at(at):
        record(Actor.person(people.person("theo")), "sheet.seen", case, patient=case.patient_id, case=case.pk)
    assert len(told(case, since="2026-11-03", until="2026-11-03")) == 1
    assert told(case, since="2026-11-04", until="2026-11-04") == []


def test_the_next_page_keeps_what_was_asked(case):
    theo = Actor.person(people.person("theo"))
    for number in range(60):
        verb = "case.seen" if number % 2 else "document.opened"
        record(theo, verb, case, patient=case.patient_id, case=case.pk)
    first = page(case, kind="looks")
    assert f"?kind=looks&amp;before={first.context['older']}#who" in first.content.decode()
    second = page(case, kind="files", before=page(case, kind="files").context["older"])
    assert {row["what"] for row in second.context["rows"]} == {"Opened a file"}


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "x"}, {"until": "0001-01-01"}, {"since": "9999-12-31"}, {"kind": "<script>"}, {"kind": "\u202e"},
        {"since": "2026-11-04", "until": "2026-11-03"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_and_shows_nothing(case, asked):
    answer = page(case, **asked)
    assert answer.context["rows"] == []
    assert answer.context["filter"].errors
    assert "<title>Error:" in answer.content.decode()


def test_nothing_that_fits_says_so_with_a_way_back(case):
    assert "Show the whole list" in page(case, since="2030-01-01").content.decode()


def test_anothers_line_is_no_place_to_begin_whatever_is_asked(case):
    other = factories.open_case(people.person("grace"))
    line = Event.objects.filter(case_id=other.pk).first()
    assert page(case, kind="rest", before=line.pk).status_code == 404


def test_each_verb_is_in_one_kind_and_what_the_lists_name_is_known():
    known = known_verbs()
    rooms = [room for kind in KINDS.values() for room in kind.rooms]
    assert len(rooms) == len(set(rooms))
    assert set(rooms) <= {verb.partition(".")[0] for verb in known}
    assert set(NO_LOOK) <= known
    assert set(LOOKED) <= {verb.rpartition(".")[2] for verb in known}


def test_all_kinds_together_are_the_whole_list(case):
    whole = set(Event.objects.values_list("pk", flat=True))
    found = set()
    for kind in (*KINDS, "rest"):
        asked = RecordFilter(QueryDict(f"kind={kind}"))
        some = set(asked.narrowed(Event.objects.all()).values_list("pk", flat=True))
        assert not some & found
        found |= some
    assert found == whole


def test_who_read_along_before_stands_there_with_the_reason_and_the_days():
    case = factories.open_case()
    joanne, vera, rosa = (Actor.person(people.person(key)) for key in ("joanne", "vera", "rosa"))
    plan(case)
    talk(case, people.person("joanne"))
    last = second_actions.last_days()[0]
    words = {"question": "Is the order usual?", "why": "A second pair of eyes on your plan."}
    asked = second_actions.ask(case, people.person("vera"), **words, until_on=last, by=joanne)
    assert page(case).context["read_along"] == []
    second_actions.agree(asked, by=vera)
    second_actions.let_read(asked, True, by=rosa)
    assert page(case).context["read_along"] == []  # she reads along now: she stands among those who can open it
    with clock.lived_at(asked.over_at + dt.timedelta(minutes=1)):
        (row,) = page(case).context["read_along"]
    assert row["name"] == "Vera Holm"
    assert row["why"] == "A second pair of eyes on your plan."
    assert row["times"].startswith("Asked by Joanne Pike. From ")
    assert row["times"].endswith("Its last day has passed.")
    assert SecondReader.objects.get().why in page_after(asked, case)


def page_after(asked, case):
    with clock.lived_at(asked.over_at + dt.timedelta(minutes=1)):
        return page(case).content.decode()
