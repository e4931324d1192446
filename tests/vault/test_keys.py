"""Keys: wrapped by the master key, lost with it, forgotten on purpose."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case.models import Case
from portal import clock
from portal.vault import keys
from portal.vault.models import DataKey
from tests import factories

pytestmark = pytest.mark.django_db
GOOD = "QUJD" * 10 + "QUI="


def test_raw_key_is_not_in_the_row():
    key = keys.new_key()
    assert keys.raw(key) not in bytes(key.wrapped)
    assert len(keys.raw(key)) == 32


def test_wrong_master_key_is_a_clear_error(settings):
    key = keys.new_key()
    keys.forget_cached_keys()
    settings.PORTAL_MASTER_KEY = "other:" + "QUJD" * 10 + "QUI="
    with pytest.raises(ImproperlyConfigured, match="PORTAL_MASTER_KEY does not hold"):
        keys.raw(key)


@pytest.mark.parametrize(
    "setting", ["", "short:QUJD", "spoilt:?", "a:" + "QUJD" * 10 + "QUI=,a:" + "QUJD" * 10 + "QUI="]
)
def test_missing_short_or_doubled_master_key_is_refused(settings, setting):
    settings.PORTAL_MASTER_KEY = setting
    with pytest.raises(ImproperlyConfigured, match="PORTAL_MASTER_KEY"):
        keys.new_key()


def test_destroyed_key_is_gone():
    key = keys.new_key()
    keys.destroy(key)
    with pytest.raises(keys.KeyGone):
        keys.raw(DataKey.objects.get(pk=key.pk))


def test_destroyed_twice_is_once():
    key = keys.new_key()
    keys.destroy(key)
    again = DataKey.objects.get(pk=key.pk)
    keys.destroy(DataKey.objects.get(pk=key.pk))
    assert DataKey.objects.get(pk=key.pk).destroyed_at == again.destroyed_at


def erased_elsewhere(key):
    """What another process does: nothing tells this one."""
    DataKey.objects.filter(pk=key.pk).update(wrapped=b"", destroyed_at=clock.now())


def test_key_in_memory_does_not_outlive_an_erasure_by_another_process(client):
    key, other = keys.new_key(), keys.new_key()
    assert keys.raw_by_id(key.pk) == keys.raw_by_id(key.pk)
    kept = keys.raw_by_id(other.pk)

    erased_elsewhere(key)
    client.get(reverse("healthz"))  # the next request of this process

    with pytest.raises(keys.KeyGone):
        keys.raw_by_id(key.pk)
    assert keys.raw_by_id(other.pk) == kept


def test_a_request_asks_once_about_erasures(django_assert_num_queries):
    key = keys.new_key()
    keys.raw_by_id(key.pk)
    keys.look_again()
    with django_assert_num_queries(1):
        for _time in range(3):
            keys.raw_by_id(key.pk)


def test_a_page_learns_of_erasures_with_its_person_and_a_form_when_it_reads(client):
    case = factories.open_case()
    client.force_login(case.patient)
    for method, number in ((client.get, 0), (client.post, 1)):
        keys.look_again()
        with CaptureQueriesContext(connection) as asked:
            method(reverse("pages:case_home", args=[case.pk]))
            Case.objects.get(pk=case.pk).diagnosis  # noqa: B018
        assert sum(each["sql"].startswith("SELECT COUNT(*)") for each in asked.captured_queries) == number


def test_what_a_page_learned_counts_for_nothing_where_keys_are_destroyed():
    key = keys.new_key()
    keys.destroy(key)
    keys.seen(0)
    keys.raw_by_id(keys.new_key().pk)
    assert keys._row.cache_info().currsize == 0


def test_erased_words_are_gone_from_the_next_page(client):
    case = factories.open_case(diagnosis="Zitronenfalter")
    client.force_login(case.patient)
    page = reverse("pages:case_home", args=[case.pk])
    assert client.get(page).status_code == 200
    assert Case.objects.get(pk=case.pk).diagnosis == "Zitronenfalter"

    erased_elsewhere(case.key)

    assert client.get(page).status_code == 200
    assert Case.objects.get(pk=case.pk).diagnosis == ""


def test_inside_the_erasing_transaction_nothing_is_kept_in_memory():
    key, other = keys.new_key(), keys.new_key()
    keys.destroy(key)
    keys.raw_by_id(other.pk)
    assert keys._row.cache_info().currsize == 0


def test_house_key_is_one():
    assert keys.house_key() == keys.house_key()
    with pytest.raises(IntegrityError), transaction.atomic():
        keys.new_key("house")


def test_database_refuses_a_destroyed_key_that_holds_something():
    key = keys.new_key()
    key.destroyed_at = clock.now()
    with pytest.raises(IntegrityError, match="datakey_destroyed_keys_hold_nothing"), transaction.atomic():
        key.save()


def test_derived_digests_differ_by_label():
    assert keys.derive("a", b"x") == keys.derive("a", b"x")
    assert keys.derive("a", b"x") != keys.derive("b", b"x")
