"""A key, a place, and a house with something in it."""

import base64

import pytest
from django.db import connection, connections

from portal.backup.envelope import backup_key
from portal.vault import files, keys
from tests import database, factories, migrated

KEY = base64.b64encode(bytes(range(100, 132))).decode()
OTHER_KEY = base64.b64encode(bytes(32)).decode()
CANARY = "Zitronenfalter"
NAME = "Schwalbenschwanz"  # stands in a row as it is


@pytest.fixture(autouse=True)
def settled(settings, tmp_path):
    settings.BACKUP_KEY, settings.BACKUP_TO = KEY, str(tmp_path / "archives")
    settings.DOCUMENTS_FOLDER = tmp_path / "documents"
    settings.HISTORY_FOLDER = tmp_path / "history"
    assert len(backup_key()) == 32
    return tmp_path


@pytest.fixture
def house(settled, db):
    """A case with words, and three files of it: empty, small, of several chunks."""
    case = factories.open_case(diagnosis=CANARY)
    type(case.patient).objects.filter(pk=case.patient_id).update(name=NAME)
    for content in (b"", CANARY.encode() * 9, bytes(range(256)) * 10_000):
        files.put([content], key=case.key)
    assert keys.house_key()
    return case


@pytest.fixture
def empty_database(transactional_db):
    """Makes the portal's connection one to a migrated, empty database, by the owner's account, when called."""
    made = []
    given = connections["default"].settings_dict["NAME"]

    def go_there():
        name = f"{given}_back"
        database.drop(name)
        with database.owner(given) as db:
            db.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        connection.close()
        connections["default"].settings_dict["NAME"] = name
        made.append(name)
        migrated.migrate(name, database._migrate)
        owner = database.django_as_owner()
        owner.__enter__()
        made.append(owner)

    yield go_there
    if made:
        made[1].__exit__(None, None, None)
        connections["default"].settings_dict["NAME"] = given
        database.drop(made[0])
