"""A call logged in three presses: what is written down, what follows, who may."""

import threading
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from cases.case import calls
from cases.case.actions import ask_to_do
from cases.case.models import CallLog, ToDo
from cases.records.models import RecordItem
from cases.records.report.actions import tell_report
from portal import clock
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import actions
from tests import factories, people
from tests.records.builders import on_november_5
from tests.records.report_builders import open_report

pytestmark = pytest.mark.django_db

EASTERN = ZoneInfo("America/Toronto")
HOSTILE = "<script>alert(1)</script> ‮ {{ 7 }} %(name)s"


def theo() -> Actor:
    return Actor.person(people.person("theo"))


def log(case, **said) -> CallLog:
    said = {"press": uuid4(), "whom": "patient", "came_of": "reached", "follows": "done", "by": theo()} | said
    return actions.log_call(case, **said)


def wanted_call(case) -> ToDo:
    return actions.ask_for_a_call(case, by=Actor.person(case.patient))


def asked_item(case) -> RecordItem:
    item = RecordItem.objects.get(visit__case=case, kind="pathology_report")
    from cases.records.actions import tell

    return tell(item, "asked", by=theo())


def address(case, query: str = "") -> str:
    return reverse("pages:log_call", args=[case.pk]) + query


def test_three_presses_settle_the_call_that_was_wanted():
    case = factories.open_case()
    todo = wanted_call(case)
    browser = people.browser(people.person("theo"))
    first = browser.get(address(case, f"?todo={todo.pk}")).content.decode()
    assert f"?todo={todo.pk}&amp;came_of=reached" in first
    second = browser.get(address(case, f"?todo={todo.pk}&came_of=reached"))
    saved = browser.post(
        address(case, f"?todo={todo.pk}"),
        {"press": second.context["press"], "came_of": "reached", "follows": "done", "words": HOSTILE},
    )
    assert saved.url == reverse("pages:caseload")
    call = CallLog.objects.get()
    assert (call.words, call.came_of, call.todo, call.by) == (HOSTILE, "reached", todo, people.person("theo"))
    assert ToDo.objects.get(pk=todo.pk).done_by == people.person("theo")
    event = Event.objects.get(verb="call.made")
    assert (event.why, event.patient, event.case_id) == ("reached", case.patient_id, case.pk)


def test_words_are_sealed_and_shown_as_text_on_the_case_file():
    case = factories.open_case()
    call = log(case, words=HOSTILE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM case_calllog WHERE id = %s", [call.pk])
        assert b"script" not in bytes(cursor.fetchone()[0])
    page = people.browser(people.person("theo")).get(reverse("pages:case_file", args=[case.pk])).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_other_press_of_a_double_click_is_the_same_call():
    case = factories.case_with_visit(days=40)
    item, press = asked_item(case), uuid4()
    for _press in range(2):
        log(case, press=press, item=item, whom="office", follows="asked_again")
    assert CallLog.objects.count() == 1
    assert Event.objects.filter(verb="item.asked_again").count() == 1


def test_no_answer_puts_the_to_do_back_on_our_next_day():
    case = factories.open_case()
    todo = wanted_call(case)
    call = log(case, todo=todo, came_of="no_answer", follows="again")
    todo.refresh_from_db()
    assert todo.done_at is None
    assert todo.due_on == call.again_on == calls.next_call_on()


def test_again_without_a_to_do_makes_one():
    case = factories.open_case()
    log(case, follows="again")
    assert ToDo.objects.open().get().kind == "call_again"


def test_what_the_office_said_is_said_of_the_record_as_heard_by_phone():
    case = factories.case_with_visit(days=40)
    item = asked_item(case)
    todo = ask_to_do("call_holder", item, case=case, due_on=clock.today(case.patient.zone), by=SYSTEM)
    log(case, todo=todo, item=item, whom="office", follows="sent")
    item.refresh_from_db()
    assert (item.state, item.known_by) == ("sent", "staff_call")
    assert CallLog.objects.get().about_item == item.pk
    assert not ToDo.objects.open().filter(pk=todo.pk).exists()


def test_cannot_find_it_needs_words_and_writes_nothing_without():
    case = factories.case_with_visit(days=40)
    item = asked_item(case)
    with pytest.raises(Refused):
        log(case, item=item, whom="office", follows="not_located")
    assert not CallLog.objects.exists()
    log(case, item=item, whom="office", follows="not_located", words="No one of that name")
    item.refresh_from_db()
    assert (item.state, item.reason) == ("not_located", "No one of that name")


def test_a_message_is_left_only_where_that_is_wanted():
    case = factories.open_case()
    page = people.browser(people.person("theo")).get(address(case)).content.decode()
    assert "does not want messages left" in page
    assert "came_of=left_message" not in page
    with pytest.raises(Refused):
        log(case, came_of="left_message", follows="again")
    User.objects.filter(pk=case.patient_id).update(may_leave_message=True)
    log(case, came_of="left_message", follows="again")


def test_a_wrong_number_asks_for_the_right_one_once():
    case = factories.open_case()
    for _call in range(2):
        log(case, came_of="wrong_number")
    assert ToDo.objects.open().filter(kind="fix_address", about_id=str(case.patient_id)).count() == 1


def test_a_colleague_who_was_faster_is_not_undone():
    case = factories.open_case()
    todo = wanted_call(case)
    log(case, todo=todo)
    log(case, todo=todo, came_of="no_answer", follows="again")
    todo.refresh_from_db()
    assert todo.done_at is not None
    assert CallLog.objects.count() == 2


def test_a_word_that_a_colleague_said_already_is_refused_and_the_words_stay():
    case = factories.case_with_visit(days=40)
    item = asked_item(case)
    log(case, item=item, whom="office", follows="sent")
    said = {"press": str(uuid4()), "came_of": "reached", "follows": "sent", "words": "On Monday"}
    answer = people.browser(people.person("theo")).post(address(case, f"?item={item.pk}"), said)
    assert answer.status_code == 409
    assert "On Monday" in answer.content.decode()
    assert CallLog.objects.count() == 1


@pytest.mark.parametrize("key", ["rosa", "ama", "joanne", "mara"])
def test_only_a_coordinator_logs_calls(key):
    case = factories.assign(factories.open_case(starter=people.person("ama")), people.person("joanne"))
    with pytest.raises(Refused):
        log(case, by=Actor.person(people.person(key)))


def test_a_to_do_or_record_of_another_case_is_missing():
    case, other = factories.open_case(), factories.case_with_visit(days=30, patient=people.person("grace"))
    todo, item = wanted_call(other), RecordItem.objects.filter(visit__case=other).first()
    browser = people.browser(people.person("theo"))
    for query in (f"?todo={todo.pk}", f"?item={item.pk}", "?todo=nonsense", "?item=%0B", f"?todo={uuid4()}"):
        assert browser.get(address(case, query)).status_code == 404
    with pytest.raises(Refused):
        log(case, todo=todo)


@pytest.mark.parametrize(
    "said",
    [
        {"came_of": "danced"},
        {"follows": "danced"},
        {"follows": "sent"},
        {"words": "x" * 501},
        {"press": "not-a-press", "follows": ""},
    ],
)
def test_what_cannot_be_is_said_on_the_page(said):
    case = factories.open_case()
    good = {"press": str(uuid4()), "came_of": "reached", "follows": "done", "words": "kept"}
    answer = people.browser(people.person("theo")).post(address(case), good | said)
    assert answer.status_code == 422
    assert not CallLog.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"came_of": "danced"},
        {"whom": "aunt"},
        {"follows": "again"},  # without a day
        {"follows": "done", "again_on": "2026-12-01"},
        {"follows": "word"},  # about no record
        {"follows": "word", "whom": "office", "about_item": uuid4(), "came_of": "no_answer"},
        {"about_item": uuid4()},  # the patient does not speak of records
    ],
)
def test_the_table_refuses_a_call_that_cannot_be(wrong):
    case, theo = factories.open_case(), people.person("theo")
    row = {"whom": "patient", "came_of": "reached", "follows": "done", "press": uuid4()} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        CallLog.objects.create(case=case, at=clock.now(), by=theo, **row)


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_at_once_settle_one_to_do_and_log_two_calls():
    case = factories.open_case()
    todo = wanted_call(case)
    olga = User.objects.create_user(email="olga@example.org", name="Olga Berg", role="coordinator")
    ready, failed = threading.Barrier(2), []

    def press(by):
        try:
            ready.wait(10)
            log(case, todo=todo, by=by)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    presses = [threading.Thread(target=press, args=[by]) for by in (theo(), Actor.person(olga))]
    for each in presses:
        each.start()
    for each in presses:
        each.join(30)
    assert not failed
    assert CallLog.objects.count() == 2
    assert Event.objects.filter(verb="todo.done").count() == 1


@pytest.mark.parametrize(
    ("before", "offered", "said", "after"),
    [
        ("asked", ["announced", "asked_again"], "asked_again", ("asked", False)),
        ("announced", ["confirmed", "not_there"], "not_there", ("asked", True)),
        ("received", ["confirmed", "not_there"], "confirmed", ("confirmed", False)),
    ],
)
def test_what_a_desk_says_on_the_phone_is_said_of_the_report(before, offered, said, after):
    with on_november_5() as traveller:
        loop = open_report(traveller)
        loop = tell_report(loop, before, by=theo())
        todo = ask_to_do("ask_report", loop, case=loop.visit.case, due_on=clock.today(EASTERN), by=SYSTEM)
        browser = people.browser(people.person("theo"))
        second = browser.get(address(loop.visit.case, f"?todo={todo.pk}&came_of=reached"))
        assert [choice["value"] for choice in second.context["choices"]] == [*offered, "done", "again"]
        press = {"press": second.context["press"], "came_of": "reached", "follows": said}
        for _twice in range(2):
            assert browser.post(address(loop.visit.case, f"?todo={todo.pk}"), press).status_code == 302
        loop.refresh_from_db()
        assert ((loop.state, loop.missed_on is not None), loop.known_by) == (after, "staff_call")
        todo.refresh_from_db()
        assert todo.done_at is not None
        assert ToDo.objects.open().filter(kind="ask_report").exists() is after[1]
        assert CallLog.objects.get().about_item == loop.pk
