"""Whoever began a case for somebody, before the yes: sees and changes what she put in, and nothing of the others."""

import datetime as dt
from importlib import import_module

import pytest
from django.db import connection
from django.urls import reverse

from bookings.models import Consultation
from cases.case import actions as case_actions
from cases.case import people as rule
from cases.case.helping import actions as helping
from cases.case.models import Case, CaseClinician, Office
from cases.case.opening import who_opens
from cases.opinions.models import Talk
from cases.opinions.talk import actions as talks
from cases.records import actions as records
from cases.records.models import RecordItem, Referral, ReportLoop, Visit
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.pages import facts
from tests import factories, people, plan_files
from tests.documents import files

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 4, 17, tzinfo=dt.UTC)
TREATMENT = dt.date(2026, 12, 15)
ROWS = (Visit, Referral, RecordItem, ReportLoop, Talk, CaseClinician)


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture(autouse=True)
def noon():
    with clock.lived_at(NOON):
        yield


@pytest.fixture
def case():
    """Ama began it for Rosa, and waits for her answer."""
    ama = people.person("ama")
    return case_actions.open_case(
        patient=people.person("rosa"), starter=ama, diagnosis="A lump", treatment_on=TREATMENT, by=Actor.person(ama)
    )


@pytest.fixture
def ama():
    return people.browser(people.person("ama"))


def named(case: Case, key: str, doctor: str = "Dr. Raman", office: str = "Northfield") -> Visit:
    return records.name_visit(case, doctor=doctor, office_name=office, by=act(key))


def page(client, name: str, *args) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def seen_by(model, key: str) -> set:
    return set(model.objects.visible_to(people.person(key)).values_list("pk", flat=True))


def test_she_sees_and_changes_what_she_put_in(case, ama):
    visit = named(case, "ama")
    item = visit.items.get(kind="pathology_report")

    assert "Dr. Raman" in page(ama, "records:visit", case.pk)
    assert str(item.pk) in page(ama, "records:list", case.pk)
    assert ama.post(reverse("records:tell", args=[item.pk, "asked"])).status_code == 302
    records.set_visit_date(visit, on=dt.date(2026, 12, 1), by=act("ama"))

    assert facts.as_told(case, clock.now(), people.person("ama")).facts.visit_on == dt.date(2026, 12, 1)
    assert visit.items.count() == RecordItem.objects.visible_to(people.person("ama")).count()


def test_a_visit_that_the_patient_put_in_is_not_there_for_her(case, ama):
    visit = named(case, "rosa")
    records.set_visit_date(visit, on=dt.date(2026, 11, 24), by=act("rosa"))
    item = visit.items.first()

    for name in ("records:visit", "records:list", "records:referral", "records:report", "pages:sheet", "pages:carry"):
        told = page(ama, name, case.pk)
        assert "Raman" not in told
        assert "Northfield" not in told
        assert "November 24" not in told
    assert "November 24" not in page(ama, "pages:case_home", case.pk)
    for name, thing, verb in (("tell", item, "asked"), ("move_visit", visit, "cancel")):
        assert ama.post(reverse(f"records:{name}", args=[thing.pk, verb])).status_code == 404
    assert ama.get(reverse("case:office", args=[visit.office_id])).status_code == 404


def test_she_finds_nothing_of_others_when_she_searches(case, ama):
    named(case, "rosa")
    case_actions.set_clinician(case, "primary", name="Dr. Abara", by=act("rosa"))
    case_actions.set_clinician(case, "first", name="Dr. Keller", by=act("ama"))

    for words, is_found in (("Raman", False), ("Abara", False), ("Keller", True)):
        found = ama.post(reverse("pages:search", args=[case.pk]), {"words": words})
        assert bool(found.context["parts"]) is is_found


def test_she_cannot_write_over_what_others_put_in(case, ama):
    visit = named(case, "rosa")
    case_actions.set_clinician(case, "primary", name="Dr. Abara", by=act("rosa"))

    answer = ama.post(reverse("records:name_doctor", args=[case.pk]), {"doctor": "Dr. Other", "office": "Elsewhere"})
    assert answer.status_code == 422
    assert "once Rosa has said yes" in answer.content.decode()
    assert "Abara" not in page(ama, "case:people", case.pk)
    for change in (
        lambda: records.set_visit_date(visit, on=dt.date(2026, 12, 1), by=act("ama")),
        lambda: records.add_item(visit, RecordItem.objects.first().kind, by=act("ama")),
        lambda: records.set_core(visit.items.filter(is_core=True).first(), False, by=act("ama")),
        lambda: records.set_holder(visit.items.first(), office_name="Elsewhere", by=act("ama")),
        lambda: records.move_referral(case, "asked", by=act("ama")),
        lambda: case_actions.set_clinician(case, "primary", name="Dr. Other", by=act("ama")),
    ):
        with pytest.raises(Refused, match="once Rosa has said yes"):
            change()
    assert Visit.objects.get().clinician.name == "Dr. Raman"


@pytest.mark.parametrize("key", ["rosa", "theo"])
def test_what_another_changes_is_out_of_her_sight_from_then_on(case, ama, key):
    visit = named(case, "ama")
    item, other = visit.items.get(kind="pathology_report"), visit.items.get(kind="imaging_reports")

    records.tell(item, "asked", by=act(key))

    assert item.pk not in seen_by(RecordItem, "ama")
    assert other.pk in seen_by(RecordItem, "ama")
    assert str(item.pk) not in page(ama, "records:list", case.pk)
    records.set_visit_date(visit, on=dt.date(2026, 12, 1), by=act(key))
    assert seen_by(RecordItem, "ama") == set()
    assert "Raman" not in page(ama, "records:visit", case.pk)


def test_a_file_of_the_patient_moves_no_record_in_her_sight(case):
    visit = named(case, "ama")
    plan = visit.items.get(kind="treatment_plan")
    assert plan.pk in seen_by(RecordItem, "ama")

    files.read(case, "plan.pdf", plan_files.pdf())

    assert plan.pk not in seen_by(RecordItem, "ama")
    told = facts.as_told(case, clock.now(), people.person("ama")).facts
    assert (told.plan, [item for item in told.items if item.is_plan]) == ("", [])


def test_her_own_file_shows_her_no_record_that_another_spoke_of(case):
    visit = named(case, "ama")
    plan = visit.items.get(kind="treatment_plan")
    records.set_route(plan, "carried", by=act("rosa"))
    records.set_route(plan, "through_us", by=act("rosa"))

    files.read(case, "plan.pdf", plan_files.pdf(), by=people.person("ama"))

    plan.refresh_from_db()
    assert plan.state == "held"
    assert plan.pk not in seen_by(RecordItem, "ama")


def test_a_doctor_that_the_patient_named_tells_her_of_no_office(case):
    office = case_actions.add_office(case, name="Lakeside", by=act("rosa"))
    case_actions.set_clinician(case, "first", name="Dr. Keller", office=office, by=act("rosa"))

    visit = named(case, "ama")

    seen = RecordItem.objects.visible_to(people.person("ama")).filter(visit=visit)
    assert not seen.filter(holder=office).exists()
    assert visit.items.filter(holder=office).exists()
    assert office.pk not in seen_by(Office, "ama")


def test_the_day_of_treatment_is_hers_until_the_patient_says_another(case, ama):
    assert "Treatment is planned" in page(ama, "pages:sheet", case.pk)
    case_actions.change_case(case, treatment_on=dt.date(2026, 12, 17), by=act("rosa"))
    named(case, "ama")

    for name in ("pages:case_home", "pages:sheet", "records:visit", "records:referral", "case:people"):
        told = page(ama, name, case.pk)
        assert not [day for day in ("Treatment is planned", "December 17", "Dec 17", "2026-12-17") if day in told]
    saved = ama.post(reverse("case:people", args=[case.pk]), {"first_doctor": "Dr. Keller", "treatment_on": "x"})
    assert saved.status_code == 302
    case.refresh_from_db()
    assert (case.treatment_on, case.diagnosis) == (dt.date(2026, 12, 17), "A lump")
    with pytest.raises(Refused, match="once Rosa has said yes"):
        case_actions.change_case(case, treatment_on=TREATMENT, by=act("ama"))


def test_a_talk_is_hers_until_another_speaks_of_it(case, ama):
    talk = talks.arrange(case, doctor="Dr. Abara", on=dt.date(2026, 12, 8), by=act("ama"))
    assert "Abara" in page(ama, "opinions:talk", case.pk)

    talks.change_agenda(talk, questions=["How long?"], points=[], seen_at=None, by=act("rosa"))

    assert "Abara" not in page(ama, "opinions:talk", case.pk)
    with pytest.raises(Refused, match="once Rosa has said yes"):
        talks.arrange(case, doctor="Dr. Other", by=act("ama"))


def test_calls_that_others_booked_are_not_hers(case, ama):
    factories.book(case, service="first_talk")

    assert seen_by(Consultation, "ama") == set()
    assert facts.as_told(case, clock.now(), people.person("ama")).consultation is None


def test_after_the_yes_she_sees_all_that_it_opens(case, ama):
    visit = named(case, "rosa")
    helper = helping.ask(case, people.person("ama"), by=act("ama"))
    helping.agree(helper, chosen="most", by=act("rosa"))

    assert "Dr. Raman" in page(ama, "records:visit", case.pk)
    assert seen_by(RecordItem, "ama") == set(visit.items.values_list("pk", flat=True))
    records.set_visit_date(visit, on=dt.date(2026, 12, 1), by=act("ama"))


@pytest.mark.parametrize("by", ["rosa", "ama", "theo"])
def test_rows_and_the_rule_for_one_row_agree_for_everybody(case, by):
    visit = named(case, by)
    records.set_visit_date(visit, on=dt.date(2026, 11, 4), by=act(by))
    records.say_took_place(visit, by=act(by))
    talks.arrange(case, doctor="Dr. Abara", by=act(by))

    for model in ROWS:
        for key in ("rosa", "ama", "theo"):
            for row in model.objects.all():
                theirs = not rule.why_not_theirs(case, people.person(key), row.put_in_by_id)
                assert (row.pk in seen_by(model, key)) == theirs, (model, key)


def test_the_list_of_who_opens_what_names_her_and_only_what_she_put_in(case):
    """One way: she is on it with what she can open; the other: after a no she is not."""
    ama = next(each for each in who_opens(case) if each.user == people.person("ama"))
    assert (ama.role, ama.verbs) == (rule.BEGINNER, {"see", "see_records"})
    privacy = page(people.browser(case.patient), "pages:privacy", case.pk)
    assert "Can open only what they put in: dates and where records are, and the files they add." in privacy

    helping.decline(helping.ask(case, people.person("ama"), by=act("ama")), by=act("rosa"))
    assert people.person("ama") not in {each.user for each in who_opens(case)}


def test_older_rows_are_hers_where_the_history_names_nobody_else(case):
    hers = named(case, "ama")
    talk = talks.arrange(case, doctor="Dr. Abara", by=act("ama"))
    moved = hers.items.get(kind="pathology_report")
    records.tell(moved, "asked", by=act("rosa"))
    other = factories.open_case(people.person("grace"), starter=people.person("ama"))
    theirs = named(other, "theo")
    for model in (Visit, Referral, RecordItem, Talk, Office):
        model.objects.update(put_in_by=None)
    Case.objects.update(described_by=None)

    rooms = {"case.migrations.0024": ("CASES", "OFFICES"), "opinions.migrations.0008": ("TALKS",)}
    for room, names in rooms.items():
        module = import_module(f"cases.{room}_whose_older_rows_are")
        run(getattr(module, name) for name in names)
    run(import_module("cases.records.migrations.0022_whose_older_rows_are").STATEMENTS)

    assert seen_by(Visit, "ama") == {hers.pk}
    assert moved.pk not in seen_by(RecordItem, "ama")
    assert RecordItem.objects.visible_to(people.person("ama")).count() == hers.items.count() - 1
    assert (seen_by(Talk, "ama"), Office.objects.get(name="Northfield", for_case=case).put_in_by) == (
        {talk.pk},
        people.person("ama"),
    )
    assert Case.objects.get(pk=case.pk).described_by == people.person("ama")
    theirs.refresh_from_db()
    assert theirs.put_in_by is None


def run(statements) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
