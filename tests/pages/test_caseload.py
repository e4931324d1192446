"""The coordinator's list and page of a case."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case.actions import ask_to_do
from cases.case.models import Case, ToDo
from cases.records.board import keeping
from cases.records.models import Visit
from portal import clock
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.history.models import Event
from portal.pages import actions, caseload, needs
from tests import database, factories, people

pytestmark = pytest.mark.django_db


def patient(number: int) -> User:
    zone = people.person("theo").time_zone
    return User.objects.create_user(email=f"p{number}@example.org", name=f"Patient {number:02}", time_zone=zone)


def page(address: str = "") -> str:
    return people.browser(people.person("theo")).get(address or reverse("pages:caseload")).content.decode()


def names(**filters) -> list[str]:
    theo = people.person("theo")
    found = caseload.filtered(theo, clock.today(theo.zone), **filters)
    return [case.patient.name for case in found]


def test_the_nearest_visit_comes_first_then_those_without_one():
    factories.open_case(patient(1))
    factories.case_with_visit(days=30, patient=patient(2))
    factories.case_with_visit(days=7, patient=patient(3))
    assert names() == ["Patient 03", "Patient 02", "Patient 01"]


@pytest.mark.parametrize(
    ("visit", "found"),
    [("7", ["Patient 03"]), ("14", ["Patient 03"]), ("none", ["Patient 01"]), ("over", []), ("nonsense", 3)],
)
def test_filters_by_the_visit(visit, found):
    factories.open_case(patient(1))
    factories.case_with_visit(days=30, patient=patient(2))
    factories.case_with_visit(days=7, patient=patient(3))
    assert names(visit=visit) == found if isinstance(found, list) else len(names(visit=visit)) == found


def test_finds_by_name_and_by_reference_however_it_is_typed():
    case = factories.open_case(patient(1))
    factories.open_case(patient(2))
    bare = case.reference.replace("RS ", "").replace(" ", "").lower()
    for typed in ("patient 01", case.reference, bare, f"rs{bare}"):
        assert names(find=typed) == ["Patient 01"]


def keep_anew(case: Case) -> None:
    """As after an action that changed the case's visits."""
    Case.objects.filter(pk=case.pk).update(look_at=clock.now())
    keeping.look_again(clock.now())


SIGNING_IN = 5  # session, person, second factor, the numbers beside two tabs: what every page of staff costs


@pytest.mark.parametrize(
    "query",
    [
        "",
        pytest.param("?view=list", marks=pytest.mark.full),
        pytest.param("?verdict=comfortable&mine=on&rest=awake&consultant=none", marks=pytest.mark.full),
    ],
)
def test_at_most_12_queries_of_its_own_however_many_cases(query):
    theo = people.browser(people.person("theo"))

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            theo.get(reverse("pages:caseload") + query)
        return len(seen) - SIGNING_IN

    def grow(numbers) -> None:
        for number in numbers:
            case = factories.case_with_visit(days=4 + number, patient=patient(number))
            if number % 2:
                actions.ask_for_a_call(case, by=Actor.person(case.patient))
        factories.book(case)

    grow(range(5))
    queries()
    few = queries()
    grow(range(5, 25))
    queries()  # when that took long, this one also writes down that Theo was seen
    assert queries() <= few <= 12


def test_the_day_to_act_is_read_along_its_index():
    theo = people.person("theo")
    asked = needs.cases_to_act_on(theo, clock.today(theo.zone))[:20]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")  # as with many rows
    assert "case_open_in_act_by_order" in asked.explain()


def act_by(number: int, days: int):
    """A case whose day to act is so many days from today."""
    case = factories.case_with_visit(days=30, patient=patient(number))
    Case.objects.filter(pk=case.pk).update(act_by=clock.today(people.person("theo").zone) + dt.timedelta(days=days))
    return case


def test_cases_whose_day_has_come_wait_with_their_reason_and_no_others():
    near = factories.case_with_visit(days=4, patient=patient(1))
    act_by(2, days=3)
    shown = people.browser(people.person("theo")).get(reverse("pages:caseload")).context["needs"]
    assert [row["name"] for row in shown] == ["Patient 01"]
    assert any("is to be asked for by " in line for line in shown[0]["lines"])
    assert str(near.pk) in shown[0]["href"]


def test_what_is_urgent_stands_first_then_what_was_due_first():
    early, later = factories.open_case(patient(1)), factories.open_case(patient(3))
    near = factories.case_with_visit(days=4, patient=patient(2))
    today = clock.today(people.person("theo").zone)
    ask_to_do("call", later, case=later, due_on=today, by=SYSTEM)
    ask_to_do("call", early, case=early, due_on=today - dt.timedelta(days=60), by=SYSTEM)
    shown = people.browser(people.person("theo")).get(reverse("pages:caseload")).context["needs"]
    found = [row["href"] for row in shown]
    assert found[0] == reverse("pages:case_file", args=[near.pk])
    at = [found.index(reverse("pages:case_file", args=[case.pk])) for case in (early, later)]
    assert at == sorted(at)


def test_a_to_do_tells_when_a_call_suits_in_text():
    case = factories.open_case()
    actions.ask_for_a_call(case, suits="evening", note="<i>Ring twice</i>", by=Actor.person(case.patient))
    ToDo.objects.update(due_on=clock.today(people.person("theo").zone))
    assert "Suits: Evenings. &lt;i&gt;Ring twice" in page()


def test_the_choice_of_view_is_kept_in_the_address_with_the_filters():
    act_by(1, days=0)
    board = page(reverse("pages:caseload") + "?find=patient&mine=on")
    assert "rs-board" in board
    assert "?find=patient&amp;mine=on&amp;view=list" in board
    listed = page(reverse("pages:caseload") + "?find=patient&mine=on&view=list")
    assert "rs-board" not in listed
    assert 'name="view" value="list"' in listed


def test_filters_by_consultant_by_rest_and_by_what_needs_me():
    mine, other = act_by(1, days=0), act_by(2, days=3)
    factories.assign(other, people.person("joanne"))
    until = clock.today(people.person("theo").zone) + dt.timedelta(days=3)
    Case.objects.filter(pk=mine.pk).update(rests_until=until)
    assert names(consultant="none") == names(rest="resting") == names(mine="on") == ["Patient 01"]
    assert names(consultant=str(people.person("joanne").pk)) == names(rest="awake") == ["Patient 02"]


def test_filters_by_the_verdict():
    factories.case_with_visit(days=90, patient=patient(1))
    factories.case_with_visit(days=4, patient=patient(2))
    factories.open_case(patient(3))
    board = page(reverse("pages:caseload") + "?verdict=comfortable")
    assert "<h3><a" in board
    assert board.count('class="rs-case') == 1


def many_cases() -> Case:
    """One with a visit in 90 days, and 400 more with that day: every tenth of them comfortable, the others tight."""
    case = factories.case_with_visit(days=90, patient=patient(0))
    case.refresh_from_db()
    own = {name: getattr(case, name) for name in ("patient_id", "key_id", "opened_at", "visit_on")}
    others = [Case(reference=f"RS {n:03} 000", verdict="tight" if n % 10 else "comfortable", **own) for n in range(400)]
    Case.objects.bulk_create(others)
    return case


def test_a_verdict_is_looked_for_among_all_cases_page_by_page():
    case = many_cases()
    browser, found = people.browser(people.person("theo")), []
    for number in (1, 2):
        address = f"{reverse('pages:caseload')}?view=list&verdict=comfortable&page={number}"
        found += [row["reference"] for row in browser.get(address).context["rows"]]
    assert sorted(found) == sorted([case.reference, *(f"RS {n:03} 000" for n in range(0, 400, 10))])


@pytest.mark.django_db(transaction=True)
def test_cases_are_read_along_the_index_of_their_visits_and_verdicts():
    theo = people.person("theo")
    many_cases()  # with few, two indexes cost the same
    with database.owner(connection.settings_dict["NAME"]) as db:
        db.execute("ANALYZE case_case")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        plan = caseload.filtered(theo, clock.today(theo.zone)).explain()
        narrowed = caseload.filtered(theo, clock.today(theo.zone), verdict="comfortable").explain()
    assert "case_open_by_visit" in plan
    assert "case_open_undated" in plan
    assert "case_open_by_verdict" in narrowed


@pytest.mark.parametrize(
    "query", ["?visit=%0B", "?verdict=never", "?consultant=x", "?page=999999", "?page=-1", "?page=x"]
)
def test_nonsense_in_the_address_does_no_harm(query):
    factories.open_case(patient(1))
    answer = people.browser(people.person("theo")).get(reverse("pages:caseload") + query)
    assert answer.status_code == 200


def test_the_list_is_paged():
    for number in range(caseload.CASES_ON_A_PAGE + 1):
        factories.open_case(patient(number))
    assert "Patient 00" in page()
    assert "Patient 25" not in page()
    assert "Patient 25" in page(reverse("pages:caseload") + "?page=2")


def test_a_call_that_is_wanted_stands_on_top_with_its_case_in_three_lines():
    case = factories.case_with_visit(days=30)
    User.objects.filter(pk=case.patient_id).update(phone="+15550100110", safe_to_ring="Mornings")
    todo = actions.ask_for_a_call(case, by=Actor.person(case.patient))
    ToDo.objects.update(due_on=clock.today(people.person("theo").zone))
    html = page()
    assert "Call back" in html
    assert "Visit: " in html
    assert "Mornings. Do not leave a message." in html
    assert 'href="tel:+15550100110"' in html
    assert reverse("pages:settle_to_do", args=[todo.pk]) in html


def test_what_is_for_later_waits():
    case = factories.open_case()
    later = clock.today(people.person("theo").zone) + dt.timedelta(days=3)
    ask_to_do("call", case, case=case, due_on=later, by=SYSTEM)
    assert "Call back" not in page()


def test_done_takes_it_off_the_list_and_is_written_down():
    case = factories.open_case()
    todo = actions.ask_for_a_call(case, by=Actor.person(case.patient))
    theo = people.browser(people.person("theo"))
    for _press in range(2):
        theo.post(reverse("pages:settle_to_do", args=[todo.pk]))
    assert ToDo.objects.get().done_by == people.person("theo")
    assert Event.objects.filter(verb="todo.done").count() == 1


def test_each_look_at_a_case_is_on_record():
    case = factories.case_with_visit(days=30)
    html = page(reverse("pages:case_file", args=[case.pk]))
    assert "Pathology report" in html
    looked = Event.objects.get(verb="case.seen", case_id=case.pk)
    assert (looked.actor_id, looked.why) == (people.person("theo").pk, "care")


def test_the_words_of_the_diagnosis_are_not_on_the_list():
    factories.open_case()
    assert "Breast cancer" not in page()


@pytest.mark.full
def test_pages_go_on_from_visits_ahead_to_none_to_those_that_are_over_and_leave_nobody_out():
    for number in range(20):
        factories.case_with_visit(days=5 + number, patient=patient(number))
    for number in range(20, 40):
        factories.open_case(patient(number))
    over = factories.case_with_visit(days=9, patient=patient(40))
    Visit.objects.filter(case=over).update(on_date=clock.today(over.patient.zone) - dt.timedelta(days=9))
    keep_anew(over)
    theo = people.browser(people.person("theo"))
    seen = [theo.get(f"{reverse('pages:caseload')}?view=list&page={number}").context["rows"] for number in (1, 2)]
    assert [row["name"] for row in seen[0] + seen[1]] == [f"Patient {number:02}" for number in range(41)]


def test_a_third_visit_takes_the_place_of_the_second():
    case = factories.case_with_visit(days=9, patient=patient(1))
    second = Visit.objects.get(case=case)
    Visit.objects.create(case=case, round=3, on_date=second.on_date + dt.timedelta(days=30), state="booked")
    keep_anew(case)
    factories.case_with_visit(days=20, patient=patient(2))
    assert names() == ["Patient 02", "Patient 01"]
