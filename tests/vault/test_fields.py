"""Words of a case are sealed in the row, bound to it, and gone with its key."""

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection

from cases.case.actions import open_case
from cases.case.models import Case
from portal.accounts.models import User
from portal.actors import SYSTEM
from portal.vault import keys

pytestmark = pytest.mark.django_db
CANARY = "Zitronenfalter"


@pytest.fixture
def case():
    patient = User.objects.create_user("ana@example.org", name="Ana Costa")
    return open_case(patient=patient, diagnosis=CANARY, by=SYSTEM)


def test_words_come_back_and_rows_hold_none(case):
    assert Case.objects.get(pk=case.pk).diagnosis == CANARY
    with connection.cursor() as cursor:
        cursor.execute("SELECT diagnosis FROM case_case")
        assert CANARY.encode() not in bytes(cursor.fetchone()[0])


def test_bytes_of_another_row_are_refused(case):
    other = open_case(patient=case.patient, diagnosis="other", by=SYSTEM)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE case_case SET diagnosis = (SELECT diagnosis FROM case_case WHERE id = %s)", [case.pk])
    with pytest.raises(InvalidTag):
        _ = Case.objects.get(pk=other.pk).diagnosis


def test_erased_case_reads_empty(case):
    keys.destroy(case.key)
    assert Case.objects.get(pk=case.pk).diagnosis == ""


def test_empty_words_are_not_sealed(case):
    assert Case.objects.get(pk=case.pk).matters == ""


def test_saving_other_fields_keeps_the_words(case):
    fresh = Case.objects.only("id", "reference").get(pk=case.pk)
    fresh.reference = "RS ABC DEF"
    fresh.save(update_fields=["reference"])
    assert Case.objects.get(pk=case.pk).diagnosis == CANARY
