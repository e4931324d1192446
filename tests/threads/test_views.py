"""The pages of a thread: what each person sees, what a press does, how often the database is asked."""

import datetime as dt
import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.case import actions as case_actions
from cases.case.models import ToDo
from cases.documents import actions as documents
from cases.threads import actions, answering, rules
from cases.threads.models import Attachment, Message, ReadMark, Thread
from portal import clock
from portal.accounts import drafts, sessions
from portal.texts.models import Organisation
from tests import people
from tests.documents.files import folder, upload
from tests.pages.test_growth import own_queries
from tests.records.builders import actor
from tests.threads.builders import ANSWER, QUESTION, case_with_joanne, newest, note, read, ref, write

__all__ = ["folder"]
pytestmark = pytest.mark.django_db
OWN_AT_MOST = 12  # and three more where files are named
HOSTILE = "<script>alert(1)</script> {{ 7|add:7 }} \u202egnp.exe javascript:alert(2) ' OR 1=1 --"


@pytest.fixture
def case():
    return case_with_joanne()


@pytest.fixture
def rosa():
    return people.browser(people.person("rosa"))


@pytest.fixture
def theo():
    return people.browser(people.person("theo"))


def url(case, rest: str = "") -> str:
    return f"/cases/{case.pk}/messages/{rest}"


def seen(client, case, query: str = "") -> str:
    answer = client.get(url(case) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def wears(page: str, label: str) -> bool:
    """Whether a tag of these words stands on the page."""
    return bool(re.search(rf"</svg>\s*{label}\s*</span>", page))


def sent(text: str = QUESTION, **more) -> dict:
    return {"text": text, "send_id": str(uuid.uuid4()), **more}


def many(case, count: int) -> None:
    """A long thread, as its rows would have come about; the words sealed like any."""
    first = write(case)
    more = [
        Message(case=case, author=first.author, number=number, send_id=uuid.uuid4(), sent_at=first.sent_at)
        for number in range(2, count + 1)
    ]
    for message in more:
        message.text = f"Message {message.number}."
    Message.objects.bulk_create(more)
    Thread.objects.filter(case=case).update(last_number=count, last_shared=count)


def test_lines_for_emergencies_come_first_and_who_reads_is_said(case, rosa, theo):
    Organisation.objects.create(
        from_at=clock.now(), emergency_number="911", crisis_lines="988", answer_time="one business day"
    )
    page = seen(rosa, case)

    words = ["Not for emergencies.", "911", "988", "one business day", "In this thread: you, Joanne Pike", "Theo"]
    places = [page.index(word, page.index("<h1>")) for word in words]
    assert places == sorted(places)
    assert "Nothing is written yet" in page


def test_what_is_sent_stands_on_everybodys_page(case, rosa, theo):
    answer = rosa.post(url(case, "send/"), sent())
    assert (answer.status_code, answer["Location"]) == (302, url(case) + "#newest")

    assert QUESTION in seen(theo, case)
    assert "You can, for 10 minutes" not in seen(rosa, case)  # Theo has read it


def test_a_double_press_is_one_message(case, rosa):
    body = sent()
    for _press in range(2):
        assert rosa.post(url(case, "send/"), body).status_code == 302

    assert Message.objects.count() == 1


def test_an_empty_or_endless_message_comes_back_with_its_words(case, rosa):
    assert rosa.post(url(case, "send/"), sent(" ")).status_code == 422
    answer = rosa.post(url(case, "send/"), sent("a" * (rules.LETTERS_AT_MOST + 1)))

    assert answer.status_code == 422
    assert "a" * rules.LETTERS_AT_MOST in answer.content.decode()
    assert not Message.objects.exists()


def test_hostile_words_are_shown_and_run_nowhere(case, rosa, theo):
    rosa.post(url(case, "send/"), sent(HOSTILE))
    page = seen(theo, case)

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7|add:7 }}" in page
    assert 'href="javascript' not in page


def test_hostile_numbers_and_ids_are_no_crash(case, rosa):
    write(case)
    for query in ("?before=x", "?before=-1", "?after=1", f"?at={uuid.uuid4()}", "?before=٣"):
        assert rosa.get(url(case) + query).status_code == 200
    assert rosa.get(url(case, "news/?upto=zzz")).status_code == 200
    assert rosa.post(url(case, "send/"), sent(send_id="no")).status_code == 422
    assert rosa.post(url(case, "send/"), sent(documents=["no", str(uuid.uuid4())])).status_code == 302


def test_a_note_stands_apart_for_the_team_and_nowhere_for_the_patient(case, rosa, theo):
    answer = theo.post(url(case, "note/"), sent("Rang the lab."))
    assert answer.status_code == 302

    page = seen(theo, case)
    assert "Rang the lab." in page
    assert "For the team only" in page
    assert "rs-msg--note" in page
    for text in (seen(rosa, case), rosa.get(f"/cases/{case.pk}/privacy/").content.decode()):
        assert "Rang the lab." not in text
        assert "note for the team" not in text.lower()
    assert rosa.post(url(case, "note/"), sent("x")).status_code == 404


def test_a_message_is_new_until_it_was_read(case, rosa):
    write(case, "theo", ANSWER)

    assert wears(seen(rosa, case), "New")
    assert not wears(seen(rosa, case), "New")


def test_a_look_at_the_headers_reads_nothing(case, rosa):
    message = write(case, "theo", ANSWER)
    rosa.head(url(case))
    rosa.head(url(case, "news/"))

    actions.take_back(message, by=actor("theo"))
    assert not ReadMark.objects.exists()


def test_the_team_sees_who_of_it_has_read_and_nobody_sees_the_patients_reading(case, rosa, theo):
    write(case)
    read(case, "joanne")
    read(case, "rosa")
    page = seen(theo, case)
    part = page[page.index("Who of us has read") :]

    assert "Joanne Pike" in part[: part.index("</section>")]
    assert "Rosa" not in part[: part.index("</section>")]
    assert "has read" not in seen(rosa, case)


def test_a_file_is_taken_in_with_a_message_and_shows_its_state(case, rosa, theo, folder):
    rosa.post(url(case, "send/"), sent(files=[upload("letter.pdf")]))
    named = Attachment.objects.get()
    page = seen(theo, case)
    assert "letter.pdf" in page
    assert "rs-tag" in page[page.index("letter.pdf") : page.index("letter.pdf") + 300]
    documents.mark_only_me(named.document, by=actor("rosa"))

    assert "letter.pdf" not in seen(theo, case)
    assert "letter.pdf" in seen(rosa, case)


def test_a_file_that_is_refused_keeps_the_words_and_the_other_file(case, rosa, folder):
    body = sent(files=[upload("letter.pdf"), upload("odd.exe", b"MZ\x90\x00")])
    answer = rosa.post(url(case, "send/"), body)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "odd.exe" in page
    assert QUESTION in page
    assert not Message.objects.exists()
    kept = re.search(r'name="documents" value="([^"]+)"', page).group(1)
    del body["files"]
    rosa.post(url(case, "send/"), body | {"documents": [kept]})

    assert str(Attachment.objects.get().document_id) == kept


def test_a_consultant_writes_and_adds_no_files(case, folder):
    joanne = people.browser(people.person("joanne"))
    assert "Choose files" not in seen(joanne, case)
    joanne.post(url(case, "send/"), sent(files=[upload("letter.pdf")]))

    assert Message.objects.get().attachments.count() == 0


def test_a_draft_waits_in_the_box_until_it_is_sent(case, rosa):
    person = people.person("rosa")
    drafts.keep(person, actions.DRAFT, case, sent("Half a quest"))
    assert "Half a quest" in seen(rosa, case)
    rosa.post(url(case, "send/"), sent())

    assert drafts.kept(person, actions.DRAFT, case) is None


def test_staff_say_who_answers_and_find_it_on_their_list(case, theo):
    write(case)
    joanne = people.person("joanne")
    answer = theo.post(url(case, "assign/"), {"who": str(joanne.pk), "due_on": "2026-11-09"})
    assert answer.status_code == 302

    hers = people.browser(joanne).get("/staff/messages/").content.decode()
    assert "Rosa Delgado" in hers
    assert wears(hers, "You")
    assert QUESTION not in hers
    assert "Rosa Delgado" not in people.browser(people.person("amir")).get("/staff/messages/").content.decode()
    assert theo.post(url(case, "assign/"), {"who": "x", "due_on": "2026-11-09"}).status_code == 422
    assert theo.post(url(case, "assign/"), {"who": "", "due_on": "2026-11-01"}).status_code == 422
    seen(theo, case)
    theo.post(url(case, "no-answer/"), {"shown": ref(case, newest(case))})
    assert not ToDo.objects.open().filter(kind=answering.ANSWER).exists()


def number_on(page: str, name: str = "upto") -> str:
    """Up to which message a page says that it has shown."""
    return re.search(rf'id="{name}" value="([-0-9a-f]*)"', page).group(1)


def test_an_answer_leaves_open_what_came_after_its_page(case, theo):
    write(case)
    page = seen(theo, case)
    write(case, text="I bleed since yesterday. Is that normal?")
    for upto in (number_on(page), str(uuid.uuid4()), "", "x"):
        answer = theo.post(url(case, "send/"), sent(ANSWER, upto=upto), follow=upto == "x")
    assert "There is a newer message. It still waits for an answer." in answer.content.decode()
    assert answering.waits(case)

    theo.post(url(case, "send/"), sent("Call your cancer team.", upto=number_on(seen(theo, case))))
    assert not answering.waits(case)


def test_a_press_that_nobody_needs_to_answer_counts_for_what_its_page_showed(case, theo):
    write(case)
    page = seen(theo, case)
    write(case, text="I bleed since yesterday. Is that normal?")
    for shown in (number_on(page, "shown"), "1", ""):
        theo.post(url(case, "no-answer/"), {"shown": shown})
        assert answering.waits(case)

    look = theo.get(url(case, f"news/?upto={number_on(page)}&shown=1"), headers={"hx-request": "true"})
    theo.post(url(case, "no-answer/"), {"shown": number_on(look.content.decode(), "shown")})
    assert not answering.waits(case)


@pytest.mark.parametrize("query", ["at 45", "after 25", ""])
def test_a_page_that_ends_with_the_newest_message_has_shown_it(case, theo, query):
    many(case, 45)
    name, _space, number = query.partition(" ")
    query = f"?{name}={ref(case, int(number))}" if number else ""
    theo.post(url(case, "send/"), sent(ANSWER, upto=number_on(seen(theo, case, query))))

    assert not answering.waits(case)


def test_a_page_of_earlier_messages_has_not_shown_the_newest(case, theo):
    many(case, 45)
    for query in (f"?at={ref(case, 44)}", f"?after={ref(case, 24)}"):
        theo.post(url(case, "send/"), sent(ANSWER, upto=number_on(seen(theo, case, query))))

    assert answering.waits(case)


def test_the_message_stands_on_the_board_on_its_day(case, theo, november_5):
    write(case)
    november_5.shift(dt.timedelta(days=1))

    assert "Answer a message" in theo.get("/staff/cases/").content.decode()


def test_the_board_leads_to_the_message_that_was_not_for_the_thread(case, theo):
    many(case, 45)
    wrong = Message.objects.get(number=7)
    actions.say_misplaced(wrong, by=actor("rosa"))
    assert f"/messages/{wrong.pk}/" in theo.get("/staff/cases/").content.decode()

    place = theo.get(f"/messages/{wrong.pk}/")["Location"]
    assert place == url(case) + f"?at={wrong.pk}#m-{wrong.pk}"
    assert f'id="m-{wrong.pk}"' in seen(theo, case, f"?at={wrong.pk}")
    assert people.browser(people.person("grace")).get(f"/messages/{wrong.pk}/").status_code == 404


def test_the_board_settles_no_message_unread(case, theo):
    write(case)
    todo = ToDo.objects.open().get(kind=answering.ANSWER)
    settling = f"/staff/to-dos/{todo.pk}/done/"

    assert settling not in theo.get("/staff/cases/").content.decode()
    assert theo.post(settling)["Location"] == url(case)
    assert answering.waits(case)


def test_a_press_of_another_person_finds_nothing(case):
    message = write(case)
    for key in ("grace", "amir"):
        client = people.browser(people.person(key))
        for verb in ("take-back", "not-here"):
            assert client.post(f"/messages/{message.pk}/{verb}/").status_code == 404


def test_an_assignment_that_ends_while_the_page_is_open_ends_the_thread(case):
    client = people.browser(people.person("joanne"))
    seen(client, case)
    case_actions.end_assignment(case, people.person("joanne"), by=actor("theo"))

    assert client.get(url(case, "news/?upto=0")).status_code == 404
    assert client.post(url(case, "send/"), sent()).status_code == 404
    assert not Message.objects.exists()


def test_pages_go_one_after_the_other_and_nothing_is_left_out(case, rosa):
    many(case, 45)
    numbers = {str(pk): number for pk, number in Message.objects.values_list("pk", "number")}
    found, query = [], ""
    while True:
        page = seen(rosa, case, query)
        found += sorted((numbers[pk] for pk in re.findall(r'id="m-([-0-9a-f]+)"', page)), reverse=True)
        earlier = re.search(r'rel="prev" href="(\?before=[-0-9a-f]+)#', page)
        if not earlier:
            break
        query = earlier.group(1)

    assert found == list(range(45, 0, -1))
    assert re.findall(r'id="m-([-0-9a-f]+)"', seen(rosa, case, f"?after={ref(case, 3)}"))[:1] == [ref(case, 4)]
    assert f'id="m-{ref(case, 5)}"' in seen(rosa, case, f"?at={ref(case, 5)}")


def test_the_page_that_looks_gets_what_is_new_or_nothing(case, rosa):
    first = write(case)
    assert rosa.get(url(case, f"news/?upto={first.pk}"), headers={"hx-request": "true"}).status_code == 204
    note(case)
    assert rosa.get(url(case, f"news/?upto={first.pk}"), headers={"hx-request": "true"}).status_code == 204
    write(case, "theo", ANSWER)
    answer = rosa.get(url(case, f"news/?upto={first.pk}"), headers={"hx-request": "true"})

    assert ANSWER in answer.content.decode()
    assert f'id="upto" value="{ref(case, 3)}"' in answer.content.decode()
    assert QUESTION not in answer.content.decode()


@pytest.mark.parametrize("key", ["rosa", "theo", "joanne"])
def test_a_look_without_news_asks_three_times_at_most(case, key):
    last = write(case)
    client = people.browser(people.person(key))
    seen(client, case)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url(case, f"news/?upto={last.pk}")).status_code == 204
    own = [each["sql"] for each in asked if "case_" in each["sql"] or "threads_" in each["sql"]]

    assert len(own) <= 3


def test_a_look_keeps_no_sign_in_alive(case, rosa, november_5):
    seen(rosa, case)
    before = rosa.session[sessions.SEEN]
    rosa.get(url(case, "news/"), headers={"hx-request": "true"})

    assert rosa.session[sessions.SEEN] == before


@pytest.mark.parametrize("key", ["rosa", "theo", "joanne"])
def test_the_page_asks_as_often_with_many_messages_as_with_few(case, key):
    many(case, 3)
    few = own_queries(key, url(case))
    Message.objects.filter(case=case).delete()
    Thread.objects.filter(case=case).delete()
    many(case, 400)

    assert own_queries(key, url(case)) <= few <= OWN_AT_MOST
