"""A file, a nudge, a real worker on the real broker; and what beat finds without the nudge."""

import pytest

from cases.documents import actions, tasks
from cases.documents.models import Version
from portal.actors import Actor
from portal.celery import app
from portal.vault import files as vault
from tests import factories, page_pictures, people, plan_files
from tests.documents.files import upload
from tests.programs import wait_until


@pytest.fixture
def own_store():
    """The worker is another process: both use the store that the settings name."""


def state(version):
    return Version.objects.values_list("state", flat=True).get(pk=version.pk)


def test_nudged_worker_checks_a_file_in_its_sandbox(real_worker):
    case = factories.open_case()
    version = actions.add_file(case, upload(content=plan_files.pdf(pages=2)), by=Actor.person(people.person("rosa")))
    wait_until(lambda: state(version) == "ready", 30, "a checked file")
    image = version.page_images.select_related("file__key").last()
    assert vault.read_bytes(image.file)[8:12] == b"WEBP"


@pytest.mark.django_db
def test_beat_finds_files_whose_nudge_was_lost(folder, settings):
    case = factories.open_case()
    settings.DOCUMENTS_FOLDER = folder / "documents"
    version = actions.add_file(case, upload(), by=Actor.person(people.person("rosa")))
    due = [entry["task"] for name, entry in settings.CELERY_BEAT_SCHEDULE.items() if "files" in name]
    assert {app.tasks[name] for name in due} == {tasks.check_waiting}
    for name in due:
        app.tasks[name].apply()
    assert state(version) == "ready"


@pytest.mark.full
def test_worker_reads_a_photo_once_it_is_ready(real_worker, text_engine):
    case = factories.open_case()
    photo = upload("plan.jpg", page_pictures.photo())
    version = actions.add_file(case, photo, by=Actor.person(people.person("rosa")))
    wait_until(lambda: state(version) == "ready", 60, "a checked file")
    tasks.read_pictures.delay()
    wait_until(lambda: version.page_images.get().is_read_by_machine, 170, "a page that was read")
    assert "Take tamoxifen 20 mg" in version.page_images.get().words
