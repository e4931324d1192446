"""Lines and answers stay those of the doctor for whom they were written, whoever has that role later."""

from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from cases.case import actions as case_actions
from cases.opinions.comparing import actions as comparing
from cases.opinions.comparing.models import Point, Source
from cases.opinions.deciding import actions as deciding
from cases.opinions.models import Decision
from portal.errors import Refused
from tests import factories, plan_files
from tests.documents.files import read as put_in
from tests.people import browser, person
from tests.records.builders import actor

pytestmark = pytest.mark.django_db
LINE = "Remove the whole breast."


def add(case, text=LINE, topic="suggests", pages=None, **said):
    return comparing.add(case, topic=topic, text=text, pages=pages or {"first": (2, None)}, by=actor("rosa"), **said)


def change(point, text="Other words", pages=None, seen=1, **said):
    pages = pages or {"first": (3, None)}
    return comparing.change(point, topic="suggests", text=text, pages=pages, seen=seen, by=actor("rosa"), **said)


def decide(case, choice="first", **said):
    stands = Decision.objects.current().filter(case=case).first()
    return deciding.decide(case, choice=choice, seen=stands and stands.pk, by=actor("rosa"), **said)


def name(case, doctor="Dr. Other", role="first"):
    return case_actions.set_clinician(case, role, name=doctor, by=actor("rosa"))


def shown(case) -> str:
    return browser(person("rosa")).get(reverse("opinions:compare", args=[case.pk])).text


def whose(point) -> list[str]:
    return list(Source.objects.filter(point=point).order_by("role").values_list("clinician__name", flat=True))


def test_a_line_names_its_doctor_after_another_took_the_role(case):
    add(case)
    add(case, "An operation comes first.", topic="agree", pages={"first": (3, None), "second": (2, None)})
    name(case)
    add(case, "Wait a year.")
    html = shown(case)
    assert "From Dr. Keller, who was named here before:" in html
    for said in ("Dr. Keller, page 2", "Dr. Keller, page 3", "Dr. Priya Raman, page 2", "Dr. Other, page 2"):
        assert said in html
    assert html.index("Wait a year.") < html.index("From Dr. Keller") < html.index(LINE)


def test_the_same_doctor_at_another_office_is_nobody_else(case):
    add(case)
    decide(case)
    name(case, "dr. keller ")
    assert "who was named here before" not in shown(case)
    assert decide(case) == Decision.objects.get()


def test_a_changed_line_stays_the_doctors_for_whom_it_was_written(case):
    point = add(case)
    name(case)
    page = browser(person("rosa")).get(reverse("opinions:compare", args=[case.pk]) + f"?line={point.pk}")
    assert page.context["line_form"]["page_first"].label == "Dr. Keller: on page"
    change(point)
    assert whose(point) == ["Dr. Keller"]
    change(point, pages={"second": (1, None)}, seen=2)
    assert whose(point) == ["Dr. Priya Raman"]


def test_no_page_of_another_doctors_paper_opens_or_counts_for_an_earlier_line(case):
    point = add(case)
    put_in(case, content=plan_files.pdf(pages=2))
    assert "?page=2#page-2" in shown(case)
    name(case)
    assert "?page=2#page-2" not in shown(case)
    change(point, pages={"first": (7, None)})
    with pytest.raises(Refused):
        add(case, "Of the new one", pages={"first": (7, None)})


def test_a_page_that_still_names_the_former_doctor_writes_nothing_under_the_new_one(case):
    typed = {"topic": "suggests", "text": LINE, "page_first": "2", "shown_first": "Dr. Keller"}
    name(case)
    rosa, address = browser(person("rosa")), reverse("opinions:add_line", args=[case.pk])
    answer = rosa.post(address, typed)
    assert (answer.status_code, Point.objects.count()) == (409, 0)
    form = answer.context["line_form"]
    assert (form["page_first"].label, form["shown_first"].value()) == ("Dr. Other: on page", "Dr. Other")
    assert LINE in answer.text
    assert rosa.post(address, typed | {"shown_first": "Dr. Other"}).status_code == 302
    assert whose(Point.objects.get()) == ["Dr. Other"]


def test_with_the_first_stays_with_who_was_first_and_said_of_the_new_one_it_is_another_answer(case):
    decide(case, words="She listens.")
    name(case)
    html = shown(case)
    assert "<b>Dr. Keller</b>" in html
    assert "I’d like to go with Dr. Other’s plan" in html
    assert 'value="first" checked' not in html.replace("\n", " ")
    decide(case, words="She listens.")
    assert list(Decision.objects.order_by("decided_at").values_list("clinician__name", flat=True)) == [
        "Dr. Keller",
        "Dr. Other",
    ]
    assert "<b>Dr. Other</b>" in shown(case)
    assert 'rs-lines__t">Dr. Keller<' in shown(case)


def test_an_answer_to_a_page_that_named_another_doctor_is_asked_again(case):
    name(case)
    rosa, address = browser(person("rosa")), reverse("opinions:decide", args=[case.pk])
    answer = rosa.post(address, {"choice": "first", "shown_first": "Dr. Keller"})
    assert (answer.status_code, Decision.objects.count()) == (409, 0)
    assert answer.context["decision_form"]["shown_first"].value() == "Dr. Other"
    assert rosa.post(address, {"choice": "own", "shown_first": "Dr. Keller"}).status_code == 302
    seen = Decision.objects.get().pk
    assert rosa.post(address, {"choice": "first", "shown_first": "Dr. Other", "seen": seen}).status_code == 302


def test_the_first_plan_can_be_chosen_while_its_doctor_has_no_name():
    case = factories.open_case()
    html = shown(case)
    assert "I’d like to go with the first plan" in html
    assert "second doctor’s plan" not in html
    decide(case)
    assert Decision.objects.get().clinician is None
    name(case, "Dr. Late")
    assert "<b>The first doctor’s plan</b>" in shown(case)
    answer = browser(person("rosa")).post(
        reverse("opinions:decide", args=[case.pk]),
        {"choice": "first", "shown_first": "", "seen": Decision.objects.get().pk},
    )
    assert answer.status_code == 409


def test_the_page_leads_to_naming_each_doctor_who_has_no_name(case):
    def ways(case, key="rosa"):
        page = browser(person(key)).get(reverse("opinions:compare", args=[case.pk]))
        return [label for label, href in page.context["unnamed"] if f'href="{href}"' in page.text]

    assert ways(case) == []
    lone = factories.open_case()
    both = ["Name the doctor who gave the plan", "Name the second doctor"]
    assert ways(lone) == both
    assert ways(lone, "theo") == both
    name(lone, role="second")
    assert ways(lone) == both[:1]
    factories.assign(lone, person("joanne"))
    assert ways(lone, "joanne") == []


def test_the_database_refuses_a_line_of_no_doctor_and_a_doctor_without_a_plan(case):
    point, made = add(case), decide(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        point.sources.update(clinician=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=made.pk).update(choice="own")


def test_older_rows_take_todays_doctor_unless_one_was_named_after_the_answer(case, november_5):
    migration = import_module("cases.opinions.migrations.0010_whose_older_words")
    point, early = add(case), decide(case)
    november_5.shift(60)
    name(case)
    late, own = decide(case), decide(case, "own")
    Decision.objects.update(clinician=None)
    with connection.cursor() as cursor:
        for statement in (migration.LINES, migration.ANSWERS):
            cursor.execute(statement)
    assert whose(point) == ["Dr. Other"]
    found = dict(Decision.objects.values_list("pk", "clinician__name"))
    assert found == {early.pk: None, late.pk: "Dr. Other", own.pk: None}


def test_a_name_that_was_put_right_takes_the_line_along_where_somebody_says_so(case):
    point = add(case)
    name(case, "Dr. Kellermann")
    rosa, compare = browser(person("rosa")), reverse("opinions:compare", args=[case.pk])
    assert "This is Dr. Kellermann, who is named now" in rosa.get(compare + f"?line={point.pk}").text
    typed = {"topic": "suggests", "text": LINE, "page_first": "2", "seen": "1", "now_first": "Dr. Kellermann"}
    change_line = reverse("opinions:change_line", args=[point.pk])
    name(case, "Dr. Other")
    assert rosa.post(change_line, typed).status_code == 409
    assert whose(point) == ["Dr. Keller"]
    assert rosa.post(change_line, typed | {"now_first": "Dr. Other"}).status_code == 302
    assert whose(point) == ["Dr. Other"]
    assert "This is Dr. Other" not in rosa.get(compare + f"?line={point.pk}").text


def test_a_day_is_said_of_the_doctor_whom_the_page_named(case):
    name(case)
    rosa, address = browser(person("rosa")), reverse("opinions:first_day", args=[case.pk])
    typed = {"first-on": "2026-10-28", "first-seen": "", "first-shown": "Dr. Keller"}
    answer = rosa.post(address, typed)
    assert answer.status_code == 409
    assert case.clinicians.get(role="first").heard_on is None
    shown_now = answer.context["day_form"]["shown"].value()
    assert rosa.post(address, typed | {"first-shown": shown_now}).status_code == 302
