"""Keys: wrapped by the master key, lost with it, forgotten on purpose."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction

from portal import clock
from portal.vault import keys
from portal.vault.models import DataKey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_keys():
    keys.forget_cached_keys()
    yield
    keys.forget_cached_keys()


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


@pytest.mark.parametrize("setting", ["", "short:QUJD"])
def test_missing_or_short_master_key_is_refused(settings, setting):
    settings.PORTAL_MASTER_KEY = setting
    with pytest.raises(ImproperlyConfigured, match="PORTAL_MASTER_KEY"):
        keys.new_key()


def test_destroyed_key_is_gone():
    key = keys.new_key()
    keys.destroy(key)
    with pytest.raises(keys.KeyGone):
        keys.raw(DataKey.objects.get(pk=key.pk))


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
