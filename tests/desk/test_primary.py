"""The primary doctor's office on its page: one press each, twice, late, taken back; the copy it takes from us."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.case.authority_actions import take_back_authority
from cases.case.models import ToDo
from cases.desk.links import actions as link_actions
from cases.desk.links import codes
from cases.desk.links.actions import link_for
from cases.documents.describing.actions import say_kind
from cases.documents.reading import readers
from cases.records import actions
from cases.records.models import ReportLoop, Visit
from cases.records.report.passing import SECOND_REPORT
from portal.history.models import Event
from tests import factories, plan_files
from tests.documents.files import read
from tests.people import browser, person
from tests.records.builders import actor, offices_named
from tests.records.report_builders import put_in_report, sign_that_we_may

BORN = "5 2 1961"


@pytest.fixture
def loop(visit, november_5):
    november_5.move_to("2026-11-25T15:00:00Z")
    return ReportLoop.objects.get(visit=actions.say_took_place(visit, by=actor("rosa")))


@pytest.fixture
def elm(loop):
    """The link of Elm Street, where the primary doctor works."""
    [office] = offices_named("Elm Street")
    return link_for(loop.visit, office, by=actor("theo"))


@pytest.fixture
def desk(client, elm):
    """A browser at that desk: code and birth date were typed."""
    client.post("/o/", {"code": codes.paper_code(elm), "born": BORN})
    return client


def page(desk, link):
    return desk.get(reverse("desk:page", args=[link.pk])).content.decode()


def press(desk, link, said, **more):
    return desk.post(reverse("desk:primary_tell", args=[link.pk]), {"said": said, **more})


def take_back(desk, link):
    return desk.post(reverse("desk:primary_take_back", args=[link.pk]))


def fresh(loop):
    return ReportLoop.objects.get(pk=loop.pk)


def asks_us():
    return ToDo.objects.open().filter(kind="ask_report").count()


def test_the_page_asks_one_thing(desk, elm):
    said = page(desk, elm)
    assert "Rosa Delgado asks: do you have the report?" in said
    assert "Yes, straight from Northfield Medical Center" in said
    assert "We ask Northfield Medical Center again, not you" in said
    assert "Yes, it came from you" not in said  # we have no copy
    assert "The signed permission" not in said


def test_straight_from_them_confirms_it_as_the_offices_own_word(desk, elm, loop):
    assert press(desk, elm, "direct").status_code == 302
    told = fresh(loop)
    assert (told.state, told.came, told.known_by, told.moved_by) == ("confirmed", "direct", "office_page", None)
    event = Event.objects.get(verb="report.confirmed")
    assert (event.actor_kind, event.actor_id) == ("office", elm.office_id)
    assert "Noted: you have it, since November 25." in page(desk, elm)
    ledger = browser(person("rosa")).get(reverse("pages:privacy", args=[loop.visit.case_id])).content.decode()
    assert "Elm Street" in ledger


def test_pressed_twice_is_pressed_once(desk, elm, loop):
    for _press in range(2):
        assert press(desk, elm, "direct").status_code == 302
    assert fresh(loop).version == 2
    assert Event.objects.filter(verb="report.confirmed").count() == 1


def test_not_yet_gives_the_asking_back_to_us_and_not_to_them(desk, elm, loop):
    actions.tell_report(loop, "announced", by=actor("rosa"))
    for _press in range(2):
        assert press(desk, elm, "not_yet").status_code == 302
    assert (fresh(loop).state, asks_us()) == ("asked", 1)
    said = page(desk, elm)
    assert "We ask Northfield Medical Center again, not you." in said
    assert 'value="not_yet"' not in said
    assert press(desk, elm, "direct").status_code == 302
    assert (fresh(loop).state, asks_us()) == ("confirmed", 0)


@pytest.mark.full
def test_it_came_on_another_day(desk, elm, loop, november_5):
    november_5.move_to("2026-11-30T15:00:00Z")
    desk.post("/o/", {"code": codes.paper_code(elm), "born": BORN})
    press(desk, elm, "direct")
    assert press(desk, elm, "direct", on="2026-11-27").status_code == 302
    assert str(fresh(loop).received_on) == "2026-11-27"
    for on, status in (("2026-11-20", 422), ("2027-01-01", 422), ("soon", 422)):
        assert press(desk, elm, "direct", on=on).status_code == status
    assert str(fresh(loop).received_on) == "2026-11-27"


def test_an_answer_is_taken_back_for_ten_minutes(desk, elm, loop, november_5):
    press(desk, elm, "not_yet")
    for _press in range(2):
        assert take_back(desk, elm).status_code == 302
    assert (fresh(loop).state, asks_us()) == ("not_asked", 0)
    press(desk, elm, "direct")
    november_5.shift(dt.timedelta(minutes=11))
    assert take_back(desk, elm).status_code == 409
    assert "Take my answer back" not in page(desk, elm)
    actions.undo(fresh(loop), why="office_differs", by=actor("theo"))
    assert fresh(loop).state == "not_asked"


def test_what_somebody_else_said_is_not_theirs_to_take_back(desk, elm, loop):
    actions.tell_report(loop, "confirmed", by=actor("rosa"))
    assert take_back(desk, elm).status_code == 409
    answer = press(desk, elm, "not_yet")
    assert answer.status_code == 409
    assert "If that is not right, call us." in answer.content.decode()
    assert fresh(loop).state == "confirmed"


@pytest.mark.parametrize("said", ["", "maybe", "<script>alert(1)</script>"])
def test_made_up_answers_say_nothing(desk, elm, loop, said):
    assert press(desk, elm, said).status_code in {409, 422}
    assert fresh(loop).version == 1


def test_said_not_to_have_happened_meanwhile_the_page_asks_no_more(desk, elm, loop):
    actions.undo(Visit.objects.get(), by=actor("rosa"))
    assert press(desk, elm, "direct").status_code == 404
    assert "do you have the report?" not in page(desk, elm)
    assert fresh(loop).state == "not_asked"


def test_a_link_that_is_ended_while_the_page_is_open_answers_no_more(desk, elm, loop):
    link_actions.close(elm, by=actor("theo"))
    assert press(desk, elm, "direct").status_code == 410
    assert fresh(loop).state == "not_asked"


def test_another_office_of_the_case_says_nothing_of_it(client, loop, second_link):
    client.post("/o/", {"code": codes.paper_code(second_link), "born": BORN})
    assert press(client, second_link, "direct").status_code == 404
    assert client.get(reverse("desk:primary_permission", args=[second_link.pk])).status_code == 404


def test_a_stranger_finds_nothing(client, elm, loop):
    assert press(client, elm, "direct").status_code == 404
    assert take_back(client, elm).status_code == 404
    assert press(browser(person("theo")), elm, "direct").status_code == 404


@pytest.fixture
def copy(loop):
    sign_that_we_may(loop)
    return put_in_report(loop).versions.get()


def report_of(elm, copy):
    return reverse("desk:primary_report", args=[elm.pk, copy.pk])


@pytest.mark.full
def test_the_copy_that_is_with_us_is_theirs_to_take_and_came_through_us(desk, elm, loop, copy):
    assert report_of(elm, copy) in page(desk, elm)
    assert desk.head(report_of(elm, copy)).status_code == 200
    assert fresh(loop).state == "announced"
    assert "A copy is with us." in page(desk, elm)
    for _time in range(2):
        answer = desk.get(report_of(elm, copy))
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
        assert answer["Content-Disposition"].startswith("attachment")
    told = fresh(loop)
    assert (told.state, told.came, told.known_by) == ("received", "through_us", "office_page")
    assert Event.objects.filter(verb="document.downloaded", actor_id=elm.office_id, why="primary_office").count() == 2
    press(desk, elm, "from_you")
    assert (fresh(loop).state, fresh(loop).came) == ("confirmed", "through_us")


def test_not_yet_while_a_copy_is_with_us_asks_no_office(desk, elm, loop, copy):
    assert "We pass on the copy that we have" in page(desk, elm)
    assert press(desk, elm, "not_yet").status_code == 302
    kinds = set(ToDo.objects.open().values_list("kind", flat=True))
    assert ("ask_report" in kinds, "pass_on_report" in kinds) == (False, True)
    assert "A copy is with us: take it below, or we send it to you." in page(desk, elm)


def test_a_part_that_is_missing_is_asked_for_of_the_second_office(desk, elm, loop):
    for _press in range(2):
        assert press(desk, elm, "part", words="Pages 3 and 4 of the fax").status_code == 302
    assert (fresh(loop).state, fresh(loop).version) == ("asked", 2)
    [todo] = ToDo.objects.open().filter(kind="ask_report")
    assert todo.note == "Pages 3 and 4 of the fax"
    said = page(desk, elm)
    assert "Part of it is missing, you said on November 25." in said
    assert 'value="part"' not in said
    assert press(desk, elm, "direct").status_code == 302
    assert (fresh(loop).state, asks_us()) == ("confirmed", 0)
    assert 'value="part"' not in page(desk, elm)


def test_a_copy_of_ours_that_is_not_the_whole_is_given_again_once_more_has_come(desk, elm, loop, copy, november_5):
    b"".join(desk.get(report_of(elm, copy)).streaming_content)
    november_5.shift(dt.timedelta(minutes=5))
    assert press(desk, elm, "part").status_code == 302
    assert (fresh(loop).state, asks_us()) == ("asked", 1)
    assert report_of(elm, copy) not in page(desk, elm)
    assert desk.get(report_of(elm, copy)).status_code == 404
    assert "Elm Street can save a copy on its page." not in readers.beyond(copy.document)
    november_5.shift(dt.timedelta(minutes=5))
    rest = read(loop.visit.case, "rest.pdf", plan_files.pdf(pages=3))
    say_kind(rest.document, SECOND_REPORT, by=actor("rosa"))
    shown = page(desk, elm)
    assert report_of(elm, copy) in shown
    assert report_of(elm, rest) in shown


def test_a_part_of_what_came_straight_leaves_our_whole_copy_to_be_taken(desk, elm, loop, copy):
    for _press in range(2):
        assert press(desk, elm, "part", words="The last page").status_code == 302
    kinds = set(ToDo.objects.open().values_list("kind", flat=True))
    assert ("ask_report" in kinds, "pass_on_report" in kinds) == (False, True)
    assert report_of(elm, copy) in page(desk, elm)
    assert fresh(loop).state == "asked"


def test_what_is_missing_is_said_in_a_sentence_or_two(desk, elm, loop):
    assert press(desk, elm, "part", words="x" * 301).status_code == 422
    assert fresh(loop).state == "not_asked"


def test_the_copy_asks_for_code_and_birth_date(client, elm, loop, copy):
    client.post(f"/o/{codes.mailed_token(elm)}/", {"born": BORN})
    assert report_of(elm, copy) not in page(client, elm)
    assert "so we ask for both" in page(client, elm)
    assert client.get(report_of(elm, copy)).url == reverse("desk:page", args=[elm.pk])
    client.post(reverse("desk:add_proof", args=[elm.pk]), {"code": codes.paper_code(elm)})
    assert client.get(report_of(elm, copy)).status_code == 200


@pytest.mark.full
def test_a_permission_taken_back_ends_the_copy_and_what_shows_it(desk, elm, loop, copy):
    permission = reverse("desk:primary_permission", args=[elm.pk])
    assert desk.get(permission)["Content-Type"] == "application/pdf"
    assert Event.objects.filter(verb="release.opened", actor_id=elm.office_id).count() == 1
    take_back_authority(loop.visit.case, by=actor("rosa"))
    for address in (permission, report_of(elm, copy)):
        assert desk.get(address).status_code == 404
    shown = page(desk, elm)
    assert "The patient took back that we ask about the report." in shown
    for words in ("Need the report from us?", "Northfield", "Raman", "November 24"):
        assert words not in shown
    assert press(desk, elm, "direct").status_code == take_back(desk, elm).status_code == 409
    assert fresh(loop).state in {"announced", "not_asked"}


def test_a_copy_that_breaks_off_on_its_way_has_not_reached_them(desk, elm, loop, copy):
    answer = desk.get(report_of(elm, copy))
    next(iter(answer.streaming_content))
    assert fresh(loop).state == "announced"
    assert "Elm Street can save a copy on its page." in readers.beyond(copy.document)
    b"".join(desk.get(report_of(elm, copy)).streaming_content)
    assert fresh(loop).state == "received"


def test_who_can_open_the_report_names_the_primary_office(desk, elm, loop, copy):
    assert readers.beyond(copy.document) == ["Elm Street can save a copy on its page."]
    b"".join(desk.get(report_of(elm, copy)).streaming_content)
    assert readers.beyond(copy.document) == ["Elm Street saved a copy on November 25, 2026."]
    take_back_authority(loop.visit.case, by=actor("rosa"))
    assert readers.beyond(copy.document) == ["Elm Street saved a copy on November 25, 2026."]


@pytest.mark.parametrize("what", ["taken back", "closed", "another kind"])
def test_who_cannot_save_it_any_more_is_not_named(elm, loop, copy, what):
    if what == "taken back":
        take_back_authority(loop.visit.case, by=actor("rosa"))
    elif what == "closed":
        link_actions.close(elm, by=actor("theo"))
    else:
        say_kind(copy.document, "clinic_notes", by=actor("rosa"))
    copy.document.refresh_from_db()
    assert readers.beyond(copy.document) == []


def test_a_file_of_another_kind_or_case_is_not_given(desk, elm, loop, copy):
    plan = read(loop.visit.case, "plan.pdf", plan_files.pdf(pages=2))
    other = read(factories.open_case(person("grace")), "report.pdf")
    for version in (plan, other):
        assert desk.get(report_of(elm, version)).status_code == 404
