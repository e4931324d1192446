"""Words looked for in all of a case: what is found, by whom, within what bounds, and what nobody learns of it."""

import logging
import tracemalloc

import pytest
from django.urls import reverse

from cases.case.actions import assign, give_consent
from cases.case.helping import actions as helping
from cases.case.models import Case
from cases.documents.search.case_search import sought
from cases.opinions.questions import actions as questions
from cases.records import actions as records
from cases.threads import actions as threads
from cases.threads.models import Message, Thread
from portal import clock
from portal.actors import Actor
from portal.history.models import Event
from portal.pages import search
from tests import factories, people
from tests.documents.files import folder  # noqa: F401
from tests.documents.test_search import letter

pytestmark = pytest.mark.django_db


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture
def case(folder) -> Case:  # noqa: F811
    case = factories.open_case()
    assign(case, people.person("joanne"), why="taking", by=act("joanne"))
    return case


def helps(case, key, chosen) -> None:
    helping.agree(helping.ask(case, people.person(key), by=act("rosa")), chosen=chosen, by=act("rosa"))


def found(case, words, key="rosa") -> dict[str, list[str]]:
    """What stands in each part, in words."""
    case = Case.objects.select_related("key", "patient").get(pk=case.pk)
    parts, files = search.in_case(case, people.person(key), sought(words))
    by_part = {str(part.name): ["".join(each.words for each in hit.pieces) for hit in part.hits] for part in parts}
    return {name: hits for name, hits in (by_part | {"Files": [row.name for row in files.files]}).items() if hits}


def look(case, words, key="rosa"):
    client = people.browser(people.person(key))
    return client.post(reverse("pages:search", args=[case.pk]), {"words": words})


def test_words_are_found_in_every_part_of_the_case(case):
    message = threads.send(case, "Does Tamoxifen hurt?", by=act("rosa"))
    questions.add(case, text="Is tamoxifen the only way?", by=act("rosa"))
    letter(case, "Take tamoxifen daily")
    visit = records.name_visit(case, doctor="Dr. Tamoxifenova", office_name="Northfield Medical Center", by=act("rosa"))

    assert found(case, "tamoxifen") == {
        "Messages": ["Does Tamoxifen hurt?"],
        "Questions": ["Is tamoxifen the only way?"],
        "Files": ["letter.pdf"],
        "Visits and offices": ["Dr. Tamoxifenova, Northfield Medical Center"] * len(_places(case)),
    }
    html = look(case, "TAMOXIFEN").content.decode()
    for place in (message.get_absolute_url(), "#question-", visit.get_absolute_url()):
        assert place in html
    assert "<mark>Tamoxifen</mark>" in html
    assert "Records" in found(case, "northfield") or "Visits and offices" in found(case, "northfield")


def _places(case) -> list[object]:
    return [*case.visits.all(), *case.clinicians.all()]


def test_records_are_found_by_their_name_and_office():
    case = factories.case_with_visit(days=40)
    assert "Records" in found(case, "pathology")
    html = look(case, "pathology").content.decode()
    assert reverse("records:list", args=[case.pk]) in html


def test_helpers_find_only_what_they_may_see(case):
    threads.send(case, "Openly zebra.", by=act("rosa"))
    threads.send(case, "Secretly zebra.", is_private=True, by=act("rosa"))
    questions.add(case, text="A private zebra?", is_private=True, by=act("rosa"))
    helps(case, "ines", "most")
    helps(case, "bea", "dates")

    assert found(case, "zebra", "ines") == {"Messages": ["Openly zebra."]}
    assert found(case, "zebra", "bea") == {}
    assert look(case, "zebra", "bea").status_code == 404
    assert "Secretly" not in look(case, "zebra", "ines").content.decode()
    assert len(found(case, "zebra")["Messages"]) == 2


def test_notes_of_the_team_are_found_by_the_team_alone(case):
    threads.note(case, "The lab said zebra.", by=act("theo"))
    assert found(case, "zebra", "theo") == {"Messages": ["The lab said zebra."]}
    assert found(case, "zebra") == {}


def test_a_consultant_finds_nothing_before_the_patients_yes(case):
    threads.send(case, "A zebra.", by=act("rosa"))
    html = look(case, "zebra", "joanne").content.decode()
    assert "has not said yes to you reading yet" in html
    assert "<mark>" not in html
    assert not Event.objects.filter(verb="document.searched").exists()

    give_consent("read", person=case.patient, case=case, consultant=people.person("joanne"), by=act("rosa"))
    assert "<mark>zebra</mark>" in look(case, "zebra", "joanne").content.decode()


def test_strangers_find_no_page(case):
    for key in ("grace", "amir", "mara", "egon"):
        assert look(case, "zebra", key).status_code == 404


def test_words_are_in_no_address_log_or_history_but_that_one_looked_is(case, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = look(case, "zebra", "theo")
    assert answer.status_code == 200
    assert "zebra" not in caplog.text
    lines = Event.objects.filter(case_id=case.pk, verb="document.searched")
    assert [line.why for line in lines] == ["care"]
    assert look(case, "  ", "theo").status_code == 422
    assert "<script>alert" not in look(case, "<script>alert(1)</script>", "theo").content.decode()
    by_address = people.browser(people.person("theo")).get(reverse("pages:search", args=[case.pk]), {"words": "zebra"})
    assert "zebra" not in by_address.content.decode()


def test_the_field_stands_on_the_pages_of_a_case(case):
    helps(case, "ines", "most")
    helps(case, "bea", "dates")
    action = f'action="{reverse("pages:search", args=[case.pk])}"'
    home = case.get_absolute_url()
    pages = {"rosa": home, "ines": home, "theo": reverse("pages:case_file", args=[case.pk])}
    pages["joanne"] = reverse("threads:thread", args=[case.pk])
    for key, address in pages.items():
        assert action in people.browser(people.person(key)).get(address).content.decode(), key
    assert action not in people.browser(people.person("bea")).get(home).content.decode()


def many(case, count) -> None:
    """So many messages, the first of which says "zebra"."""
    threads.send(case, "A zebra, first of all.", by=act("rosa"))
    rows = []
    for number in range(2, count + 1):
        row = Message(case=case, author=case.patient, number=number, send_id=clock_id(number), sent_at=clock.now())
        row.text = f"Message {number} " + "of many words " * 20
        rows.append(row)
    Message.objects.bulk_create(rows, batch_size=1000)
    Thread.objects.filter(case=case).update(last_number=count, last_shared=count)


def clock_id(number: int):
    from uuid import UUID

    return UUID(int=number)


def looks_through_all_in_bounded_memory(case, count, django_assert_max_num_queries):
    many(case, count)
    tracemalloc.start()
    with django_assert_max_num_queries(25):
        assert found(case, "zebra") == {"Messages": ["A zebra, first of all."]}
    _held, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 40 * 1024 * 1024
    html = look(case, "message").content.decode()
    assert "There is more than we show here" in html
    assert html.count("<mark>Message</mark>") == search.SHOWN


def test_a_long_thread_is_looked_through_to_its_beginning(case, django_assert_max_num_queries):
    looks_through_all_in_bounded_memory(case, 300, django_assert_max_num_queries)


@pytest.mark.full
def test_5000_messages_are_looked_through_to_their_beginning(case, django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr("cases.documents.search.case_search.SECONDS", 60.0)  # tracing memory is slow
    looks_through_all_in_bounded_memory(case, 5000, django_assert_max_num_queries)


def test_past_the_bound_the_page_says_that_there_is_more(case, monkeypatch):
    monkeypatch.setattr(search, "MOST_MESSAGES", 3)
    for text in ("A zebra.", "Two.", "Three.", "Four."):
        threads.send(case, text, by=act("rosa"))
    parts, _files = search.in_case(Case.objects.select_related("key").get(pk=case.pk), case.patient, ["zebra"])
    assert (parts[0].hits, parts[0].is_whole) == ([], False)
