"""The worker's part: one claim, one verdict, nothing open before it was checked."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from cases.documents import erasing
from cases.documents.models import PageImage, Version
from cases.documents.sandbox import run as sandbox
from cases.documents.worker import checking
from portal import clock
from portal.history.models import Event
from portal.vault import files as vault
from portal.vault.models import StoredFile
from tests import factories, people, plan_files
from tests.documents.files import added, checked, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return factories.open_case()


@pytest.fixture
def rosa(case):
    return people.browser(case.patient)


def test_good_file_becomes_ready_with_its_pages(case):
    version = checked(case, content=plan_files.pdf(pages=3))
    assert (version.state, version.pages, version.reason) == (Version.State.READY, 3, "")
    assert not version.checked_for_viruses  # no scanner is configured here
    pages = list(version.page_images.all())
    assert [page.number for page in pages] == [1, 2, 3]
    assert "December 15" in pages[0].words
    assert vault.read_bytes(pages[0].file)[8:12] == b"WEBP"
    assert Event.objects.filter(verb="document.checked").count() == 1


def test_words_of_pages_are_sealed(case):
    version = checked(case)
    row = PageImage.objects.values("text").get(version=version)
    assert b"December" not in bytes(row["text"])


@pytest.mark.parametrize(
    ("name", "make", "pages", "copy"),
    [
        ("photo.heic", lambda: plan_files.photo(kind="HEIF"), 1, "photo.jpg"),
        ("letter.docx", plan_files.docx, 1, "letter.pdf"),
        ("fax.tif", lambda: plan_files.scan_of_pages(2), 2, "fax.pdf"),
        ("notes.txt", lambda: b"Ask about December 15.", 1, "notes.pdf"),
    ],
)
def test_every_kind_becomes_pages(case, name, make, pages, copy):
    version = checked(case, name, make())
    assert (version.state, version.pages, version.copy_name) == (Version.State.READY, pages, copy)
    assert version.page_images.count() == pages


def test_refused_file_keeps_its_reason_and_loses_its_bytes(case, folder):
    version = checked(case, "letter.docx", plan_files.docx_with_macros())
    assert (version.state, version.reason) == (Version.State.REFUSED, "unsafe")
    assert (version.original, StoredFile.objects.count()) == (None, 0)
    assert Event.objects.get(verb="document.refused").why == "unsafe"


def test_refused_file_is_deleted_on_disk_after_commit(case, folder, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        checked(case, "letter.docx", plan_files.docx_with_macros())
    assert stored(folder) == []


@pytest.mark.full
def test_page_that_draws_for_ever_refuses_the_file(case, folder, monkeypatch):
    monkeypatch.setattr(sandbox, "CPU_SECONDS", 2)
    version = checked(case, content=plan_files.pdf_that_draws_for_ever())
    assert (version.state, version.reason) == (Version.State.REFUSED, "too_complex")
    assert StoredFile.objects.count() == 0


def test_same_file_may_come_again_after_a_refusal(case):
    content = plan_files.docx_with_macros()
    checked(case, "letter.docx", content)
    assert checked(case, "letter.docx", content).state == Version.State.REFUSED


def test_of_two_workers_only_one_gets_the_file(case):
    version = added(case)
    assert checking.claim(version.pk) is not None
    assert checking.claim(version.pk) is None


def test_check_that_died_is_taken_up_after_three_minutes(case):
    version = added(case)
    checking.claim(version.pk)
    checking.check_waiting()
    assert Version.objects.get().state == Version.State.CHECKING
    Version.objects.update(claimed_at=clock.now() - dt.timedelta(minutes=4))
    checking.check_waiting()
    assert Version.objects.get().state == Version.State.READY


def test_worker_that_lost_its_claim_writes_nothing(case, folder):
    version = added(case)
    late = checking.claim(version.pk)
    Version.objects.update(claimed_at=clock.now() + dt.timedelta(seconds=1))  # another one took it over
    with sandbox.room(folder / "tmp") as room:
        checking.settle(late, checking.Verdict("refused", "damaged"), room)
    assert Version.objects.get().state == Version.State.CHECKING


@pytest.mark.full
def test_pages_of_a_check_that_died_are_not_drawn_again(case):
    version = added(case, content=plan_files.pdf(pages=2))
    claimed = checking.claim(version.pk)
    with sandbox.room(checking.rooms()) as room:
        checking._examine(claimed, room)
    drawn = set(PageImage.objects.values_list("pk", flat=True))
    Version.objects.update(claimed_at=clock.now() - dt.timedelta(minutes=4))
    checking.check_waiting()
    assert Version.objects.get().state == Version.State.READY
    assert set(PageImage.objects.values_list("pk", flat=True)) == drawn


def test_busy_machine_puts_a_check_off_and_a_person_looks_in_the_end(case, monkeypatch):
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.01)
    version = added(case)
    for _try in range(5):
        Version.objects.filter(state="received").update(due_at=clock.now())
        checking.check(version.pk)
    version.refresh_from_db()
    assert (version.state, version.tries) == (Version.State.STUCK, 0)
    assert b"".join(vault.read(version.original)).startswith(b"%PDF")
    assert case.todos.filter(kind="file_failed").count() == 1


def test_check_that_came_to_nothing_is_tried_again_each_day_and_by_hand(case, rosa, monkeypatch):
    version = added(case)
    monkeypatch.setattr(checking, "_examine", lambda *_: (_ for _ in ()).throw(RuntimeError("ours")))
    for _try in range(4):
        with pytest.raises(RuntimeError):
            checking.check(version.pk)
        Version.objects.update(claimed_at=clock.now() - dt.timedelta(minutes=4))
    checking.check(version.pk)
    monkeypatch.undo()
    assert Version.objects.get().state == Version.State.STUCK
    page = rosa.get(reverse("documents:list", args=[case.pk])).content.decode()
    assert "It is safe with us" in page
    assert not erasing.refused(clock.now() + dt.timedelta(days=3)).exists()
    checking.check_waiting()
    assert Version.objects.get().state == Version.State.STUCK  # not before tomorrow
    address = reverse("documents:move", args=[version.document_id, "check"])
    assert address in page
    rosa.post(address)
    rosa.post(address)  # twice is no fault
    checking.check_waiting()
    assert Version.objects.get().state == Version.State.READY
    assert Event.objects.filter(verb="document.check_again").count() == 1


def test_stuck_file_is_found_by_itself_the_day_after(case):
    version = added(case)
    Version.objects.update(state=Version.State.STUCK, due_at=clock.now() + dt.timedelta(days=1))
    with time_machine.travel(clock.now() + dt.timedelta(days=1, minutes=1), tick=False):
        checking.check_waiting()
    version.refresh_from_db()
    assert version.state == Version.State.READY


def test_withdrawn_file_is_not_checked(case):
    from cases.documents import actions
    from portal.actors import Actor

    version = added(case)
    actions.withdraw(version.document, by=Actor.person(people.person("rosa")))
    checking.check_waiting()
    assert Version.objects.get().state == Version.State.RECEIVED


def test_what_a_dead_process_left_open_is_swept(folder):
    import os

    rooms = folder / "tmp"
    (rooms / "check-dead").mkdir(parents=True)
    (rooms / "check-dead" / "source").write_bytes(b"x")
    (rooms / "check-new").mkdir()
    old = clock.now().timestamp() - 2 * 3600
    os.utime(rooms / "check-dead", (old, old))
    checking.sweep_rooms()
    assert [path.name for path in rooms.iterdir()] == ["check-new"]
