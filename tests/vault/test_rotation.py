"""Rotation: every key under the newest master key, with readers, writers and erasures at work meanwhile."""

import os
import subprocess
import sys
import threading
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from cases.case.models import Case
from portal import clock
from portal.vault import keys, masters
from portal.vault.fields import seal, unseal
from portal.vault.models import DataKey
from tests import factories
from tests.at_once.rivals import at_once
from tests.web_server import WebServer

FIRST = "first:" + "QUJD" * 10 + "QUI="
SECOND = "second:" + "QUJE" * 10 + "QUI="
WRONG_FIRST = "first:" + "QUJF" * 10 + "QUI="


def keys_under(settings, master: str, count: int) -> list[DataKey]:
    settings.PORTAL_MASTER_KEY = master
    made = [keys.new_key() for _number in range(count)]
    settings.PORTAL_MASTER_KEY = f"{SECOND},{FIRST}"
    return made


def sealed_under(key: DataKey) -> bytes:
    return seal(f"words of {key.pk}", key, b"here")


def said(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.django_db
def test_rotation_tells_how_many_are_left_and_what_is_not_needed_any_more(settings):
    made = keys_under(settings, FIRST, 5)
    words = [sealed_under(key) for key in made]

    lines = said("--batch", "2")

    assert lines[:3] == ["3 left", "1 left", "0 left"]
    assert lines[3] == "“second”, the newest, wraps 5 data keys."
    assert lines[4].startswith("“first” is not needed any more.")
    settings.PORTAL_MASTER_KEY = SECOND
    keys.forget_cached_keys()
    assert [unseal(sealed, b"here") for sealed in words] == [f"words of {key.pk}" for key in made]


@pytest.mark.django_db
def test_rotation_that_was_stopped_goes_on_and_may_be_repeated(settings):
    keys_under(settings, FIRST, 5)
    masters.wrap_some_anew(2)
    assert masters.needed() == {"first": 3, "second": 2}
    assert said("--dry-run")[-1] == "“first” is still needed: 3 data keys left."

    said()
    before = list(DataKey.objects.order_by("pk").values_list("wrapped", flat=True))
    said()

    assert masters.needed() == {"second": 5}
    assert list(DataKey.objects.order_by("pk").values_list("wrapped", flat=True)) == before


@pytest.mark.django_db
def test_destroyed_keys_need_no_master_key(settings):
    key, _other = keys_under(settings, FIRST, 2)
    keys.destroy(key)

    said()

    assert masters.needed() == {"second": 1}
    assert DataKey.objects.get(pk=key.pk).wrapped == b""


@pytest.mark.django_db
@pytest.mark.parametrize("setting", [SECOND, f"{SECOND},{WRONG_FIRST}"])
def test_lost_master_key_is_named_and_nothing_is_changed(settings, setting):
    keys_under(settings, FIRST, 2)
    keys_under(settings, SECOND, 1)
    settings.PORTAL_MASTER_KEY = setting
    keys.forget_cached_keys()

    assert masters.lost() == ["first"]
    with pytest.raises(CommandError, match="right key under “first”"):
        said()
    with pytest.raises(ImproperlyConfigured, match="PORTAL_MASTER_KEY does not hold the right key under “first”"):
        masters.refuse_lost()
    assert masters.needed() == {"first": 2, "second": 1}


@pytest.mark.django_db
def test_nothing_is_lost_while_every_master_key_is_here(settings):
    keys_under(settings, FIRST, 2)
    masters.refuse_lost()


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "program",
    [["-c", "import portal.wsgi"], ["-m", "celery", "-A", "portal.celery", "worker"], ["manage.py", "prepare"]],
)
def test_nothing_starts_with_a_lost_key(settings, program):
    keys_under(settings, FIRST, 1)
    named = {
        name: urlsplit(os.environ[name])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }
    done = subprocess.run(
        [sys.executable, *program],
        cwd=settings.BASE_DIR,
        env=os.environ | named | {"PORTAL_MASTER_KEY": SECOND},
        capture_output=True,
        text=True,
        timeout=100,
    )

    assert done.returncode != 0
    assert "PORTAL_MASTER_KEY does not hold the right key under “first”" in done.stderr


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rows", [60, pytest.param(10_000, marks=[pytest.mark.full, pytest.mark.timeout(600)])])
def test_rotation_with_the_site_up(settings, rows):
    made = keys_under(settings, FIRST, rows)
    words = {key.pk: sealed_under(key) for key in made}
    to_erase, to_read = made[:5], made[5:]
    rotated = threading.Event()

    def read_all() -> int:
        times = 0
        while not (times and rotated.is_set()):
            for key in to_read[:: max(1, rows // 200)]:
                keys.look_again()
                assert unseal(words[key.pk], b"here") == f"words of {key.pk}"
            times += 1
        return times

    def write() -> list[DataKey]:
        new = []
        while not (new and rotated.is_set()):
            new.append(keys.new_key())
            words[new[-1].pk] = sealed_under(new[-1])
        return new

    def erase() -> None:
        for key in to_erase:
            keys.destroy(key)

    def rotate() -> None:
        try:
            said("--batch", str(max(20, rows // 100)))
        finally:
            rotated.set()

    outcomes = at_once(read_all, write, erase, rotate, rotate)

    assert [outcome.error for outcome in outcomes] == [None] * 5
    new = outcomes[1].result
    assert masters.needed() == {"second": rows - 5 + len(new)}
    settings.PORTAL_MASTER_KEY = SECOND  # the old key is gone for good
    keys.forget_cached_keys()
    for key in to_read + new:
        assert unseal(words[key.pk], b"here") == f"words of {key.pk}"
    for key in to_erase:
        with pytest.raises(keys.KeyGone):
            unseal(words[key.pk], b"here")


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.django_db(transaction=True)
def test_rotation_beside_the_web_server_that_ships(settings, tmp_path):
    """Ten thousand keys by the command while pages are read; then the old key is taken away for good."""
    old = settings.PORTAL_MASTER_KEY
    case = factories.open_case(diagnosis="Zitronenfalter")
    DataKey.objects.bulk_create(wrapped_keys(10_000))
    database = connection.settings_dict["NAME"]
    web = WebServer(database, tmp_path, PORTAL_MASTER_KEY=f"{SECOND},{old}")
    page = reverse("pages:case_home", args=[case.pk])
    answers = []
    web.start()
    try:
        rotating = subprocess.Popen(
            [sys.executable, "manage.py", "rotate_keys"],
            cwd=settings.BASE_DIR,
            env=web.environment | {"PORTAL_DB_POOL": "0"},
            stdout=subprocess.PIPE,
            text=True,
        )
        while rotating.poll() is None:
            answers.append(web.ask(page, web.cookie(case.patient))[:13])
        said = rotating.communicate()[0]
    finally:
        web.stop()
    assert set(answers) == {b"HTTP/1.1 200 "}
    assert "is not needed any more" in said
    settings.PORTAL_MASTER_KEY = SECOND
    keys.forget_cached_keys()
    assert masters.lost() == []
    assert Case.objects.get(pk=case.pk).diagnosis == "Zitronenfalter"


def wrapped_keys(count: int) -> list[DataKey]:
    made = [DataKey(purpose="case", made_at=clock.now()) for _number in range(count)]
    for key in made:
        keys.wrap(key, os.urandom(32))
    return made
