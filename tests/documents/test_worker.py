"""A file, a nudge, a real worker on the real broker; and what beat finds without the nudge."""

import pytest
from django.db import connection

from cases.documents import actions, tasks
from cases.documents.joining import actions as joining
from cases.documents.models import Version
from portal.actors import Actor
from portal.celery import app
from portal.vault import files as vault
from tests import factories, page_pictures, people, plan_files
from tests.documents.files import upload
from tests.programs import Worker, wait_until


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


@pytest.mark.full
@pytest.mark.timeout(400)
def test_scanner_that_comes_back_is_noticed_within_two_minutes(transactional_db, clamd, smtp_sink, tmp_path):
    """A real scanner stopped and started; nobody tells the worker and its beat."""
    worker = Worker(connection.settings_dict["NAME"], smtp_sink.url, tmp_path / "worker.log")
    worker.environment |= {"CLAMD_URL": clamd.address}
    clamd.stop()
    worker.start("--beat", f"--schedule={tmp_path / 'beat'}")
    try:
        case = factories.open_case()
        version = actions.add_file(case, upload(), by=Actor.person(people.person("rosa")))
        wait_until(lambda: state(version) == "unscanned", 60, "a file that waits")
        clamd.start()
        wait_until(lambda: state(version) == "ready", 120, "the file to be released")
    finally:
        worker.stop()
    version.refresh_from_db()
    assert version.checked_for_viruses


@pytest.mark.full
def test_joined_photos_go_on_by_themselves_once_the_last_one_is_checked(real_worker):
    case, rosa = factories.open_case(), Actor.person(people.person("rosa"))
    sent = [plan_files.photo(), plan_files.photo(kind="PNG")]
    photos = [
        actions.add_file(case, upload(f"IMG_{number}{ending}", content), by=rosa).document_id
        for number, (ending, content) in enumerate(zip((".jpg", ".png"), sent, strict=True))
    ]
    joined = joining.join(case, photos, by=rosa)
    wait_until(lambda: state(joined.versions.get()) == "ready", 60, "a joined file")
    assert joined.versions.get().pages == 2
