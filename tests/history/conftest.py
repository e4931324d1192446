"""Each test has its own file outside the database."""

import pytest


@pytest.fixture(autouse=True)
def outside_folder(settings, tmp_path):
    settings.HISTORY_FOLDER = tmp_path / "outside"
    return settings.HISTORY_FOLDER
