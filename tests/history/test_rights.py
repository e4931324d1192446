"""Each change of a right leaves a row, written by the database: who, on which page, what; nobody takes it away."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.urls import reverse

from cases.case.actions import assign, end_assignment, give_consent, withdraw_consent
from cases.case.helping import actions as helping
from cases.case.models import (
    AssignmentChange,
    ConsentChange,
    Helper,
    HelperChange,
    SecondReaderChange,
    UrgentLookChange,
)
from cases.case.second import actions as second
from cases.case.urgent import actions as urgent
from portal import clock, retention
from portal.accounts import actions as accounts
from portal.accounts.models import User, UserChange
from portal.actors import SYSTEM, Actor
from portal.history import kept, proof
from tests import database, factories
from tests.documents.files import folder
from tests.people import browser, person
from tests.reviews import world

__all__ = ["folder"]

pytestmark = pytest.mark.django_db
CODES = {"pgh_label", "state", "role", "chosen", "agreed_how", "ended_why", "kind", "why", "given_as", "how"}
PLAIN = (models.UUIDField, models.ForeignKey, models.DateTimeField, models.DateField, models.BooleanField)


def by(key: str) -> Actor:
    return Actor.person(person(key))


def labels(found) -> list[str]:
    return list(found.order_by("pgh_created_at").values_list("pgh_label", flat=True))


def kept_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.db_table in kept.TABLES]


def run(statement: str, *values) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def test_a_role_says_who_gave_it_and_on_which_page():
    joanne, mara = person("joanne"), person("mara")
    browser(mara).post(reverse("accounts:change_person", args=[joanne.pk, "role"]), {"role": "coordinator"})

    given, changed = UserChange.objects.filter(pgh_obj=joanne.pk).order_by("pgh_created_at")

    assert (given.role, given.pgh_label, given.pgh_context) == ("consultant", "given", None)
    assert (changed.role, changed.can_sign_in, changed.pgh_label) == ("coordinator", True, "changed")
    assert changed.pgh_context == {"user": str(mara.pk), "page": "accounts:change_person"}


def test_who_joined_was_given_the_role_by_who_invited():
    invitation = accounts.invite(name="Nan", email="nan@example.org", role="coordinator", by=by("mara"))
    browser().post(reverse("accounts:invitation", args=[accounts.token_of(invitation)]))

    row = UserChange.objects.get(pgh_obj__email="nan@example.org")

    assert (row.role, row.pgh_label) == ("coordinator", "given")
    assert row.pgh_context == {
        "user": None, "page": "accounts:invitation", "given_by": str(person("mara").pk)
    }  # fmt: skip


def test_patients_leave_no_row_but_when_sign_in_is_taken():
    rosa = factories.open_case().patient
    assert not UserChange.objects.filter(pgh_obj=rosa.pk).exists()
    accounts.end_for_death(rosa, by=SYSTEM)
    assert labels(UserChange.objects.filter(pgh_obj=rosa.pk)) == ["changed"]


def test_help_is_followed_from_the_asking_to_its_end():
    case = factories.open_case(starter=person("ama"))
    helper = helping.ask(case, person("ama"), kin="sister", by=by("ama"))
    helping.agree(helper, chosen="most", by=by("rosa"))
    Helper.objects.update(paused_at=clock.now())  # copies of messages are no right
    helping.end(helper, by=by("rosa"))

    asked, agreed, ended = HelperChange.objects.filter(case=case).order_by("pgh_created_at")

    assert (asked.pgh_label, asked.agreed_at, asked.chosen, asked.person_id) == ("given", None, "", person("ama").pk)
    assert (agreed.recorded_by_id, agreed.chosen, agreed.files) == (case.patient_id, "most", True)
    assert (ended.ended_by_id, ended.ended_at > agreed.agreed_at) == (case.patient_id, True)


def test_places_and_consents_are_followed():
    case, joanne, rosa = factories.open_case(), person("joanne"), by("rosa")
    assign(case, joanne, why="taking", by=by("joanne"))
    end_assignment(case, joanne, by=by("theo"))
    yes = give_consent("read", person=case.patient, case=case, consultant=joanne, by=rosa)
    withdraw_consent(yes, by=rosa)

    begun, ended = AssignmentChange.objects.filter(case=case).order_by("pgh_created_at")
    given, taken = ConsentChange.objects.filter(case=case, kind="read").order_by("pgh_created_at")

    assert (begun.ended_at, begun.user_id, begun.why) == (None, joanne.pk, "taking")
    assert ended.ended_at
    assert (given.withdrawn_at, given.consultant_id, given.person_id) == (None, joanne.pk, case.patient_id)
    assert taken.withdrawn_at == yes.__class__.objects.get(pk=yes.pk).withdrawn_at


def test_urgent_looks_are_followed():
    case = factories.open_case()
    look = urgent.begin(case, "She rang and could not breathe.", by=by("amir"))
    urgent.end(look, by=by("rosa"))

    begun, ended = UrgentLookChange.objects.filter(case=case).order_by("pgh_created_at")

    assert (begun.reader_id, begun.ended_at) == (person("amir").pk, None)
    assert (ended.ended_by_id, ended.ended_why) == (case.patient_id, "patient")


def test_second_readers_are_followed(folder):
    case, until = world.written().case, second.last_days()[1]
    asked = second.ask(case, person("amir"), question="Usual?", why="To be sure.", until_on=until, by=by("joanne"))
    second.agree(asked, by=by("amir"))

    question, yes = SecondReaderChange.objects.filter(case=case).order_by("pgh_created_at")

    assert (question.asked_by_id, question.reader_id, question.state) == (
        person("joanne").pk, person("amir").pk, "asked"
    )  # fmt: skip
    assert (yes.state, yes.until_on) == ("reading", until)


def test_changes_past_the_models_are_followed_too():
    joanne = person("joanne")
    User.objects.filter(pk=joanne.pk).update(can_sign_in=False)
    run("UPDATE accounts_user SET role = '' WHERE id = %s", joanne.pk)
    assert labels(UserChange.objects.filter(pgh_obj=joanne.pk)) == ["given", "changed", "changed"]


def test_no_session_can_tell_the_triggers_to_look_away():
    joanne = person("joanne")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = 'accounts_user'::regclass")
        names = [name for (name,) in cursor.fetchall() if name.startswith("pgtrigger_")]
    run(f"SET LOCAL pgtrigger.ignore = '{{{','.join(names)}}}'")
    run("UPDATE accounts_user SET can_sign_in = false WHERE id = %s", joanne.pk)
    assert labels(UserChange.objects.filter(pgh_obj=joanne.pk)) == ["given", "changed"]


@pytest.mark.parametrize("table", kept.TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO {} DEFAULT VALUES",
        "UPDATE {} SET pgh_label = 'given'",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
    ],
)
def test_the_application_can_only_read_them(table, statement):
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        run(statement.format(table))


def test_they_hold_ids_kinds_and_times_alone():
    assert {model._meta.db_table for model in kept_models()} == set(kept.TABLES)
    for model in kept_models():
        for field in model._meta.fields:
            is_plain = isinstance(field, PLAIN) or field.name in CODES | {"pgh_id", "pgh_context"}
            assert is_plain, f"{model.__name__}.{field.name}"
            assert field.db_constraint is False if isinstance(field, models.ForeignKey) else True


def test_what_is_no_right_leaves_no_row():
    joanne = person("joanne")
    User.objects.filter(pk=joanne.pk).update(name="Joanne P.", phone="+14165550100", last_login=clock.now())
    assert labels(UserChange.objects.filter(pgh_obj=joanne.pk)) == ["given"]


def test_they_go_after_six_years_and_no_sooner():
    joanne, now = person("joanne"), clock.now()
    rule = next(rule for rule in retention.RULES if rule.code == "rights_of_staff")
    assert not rule.due(now).exists()
    with pytest.raises(DatabaseError, match="kept for six years"):
        run("SELECT rights_delete_before('accounts_userchange', now() - interval '5 years')")
    with pytest.raises(DatabaseError, match="not a table of rights"):
        run("SELECT rights_delete_before('accounts_user', now() - interval '7 years')")
    assert rule.erase(now) == 0
    assert labels(UserChange.objects.filter(pgh_obj=joanne.pk)) == ["given"]


@pytest.mark.django_db(transaction=True)
def test_an_old_row_goes_and_the_young_ones_stay():
    person("joanne")
    with database.owner(connection.settings_dict["NAME"]) as db:
        db.execute(
            "INSERT INTO accounts_userchange (pgh_created_at, pgh_label, pgh_obj_id, role, can_sign_in)"
            " SELECT now() - interval '7 years', 'given', id, role, can_sign_in FROM accounts_user"
        )
    assert UserChange.objects.count() == 2
    assert retention.run(clock.now())["rights_of_staff"] == 1
    assert labels(UserChange.objects.all()) == ["given"]


@pytest.mark.django_db(transaction=True)
def test_a_trigger_that_is_off_or_heeds_a_session_is_told():
    assert not [words for words in proof.faults(clock.real_now()) if "Change" in words or "change" in words]
    with database.owner(connection.settings_dict["NAME"]) as db:
        db.execute("ALTER TABLE case_helper DISABLE TRIGGER USER; GRANT INSERT ON case_helperchange TO portal_app")
        try:
            said = proof.faults(clock.real_now())
        finally:
            db.execute(
                "ALTER TABLE case_helper ENABLE TRIGGER USER; REVOKE INSERT ON case_helperchange FROM portal_app"
            )
    assert "case_helperchange is not written to any more when case_helper changes" in said
    assert "portal_app has the right to INSERT case_helperchange" in said
