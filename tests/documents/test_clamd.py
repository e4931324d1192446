"""Files before a real clamd, with the settings that ship and one signature written by hand: EICAR."""

import io
import os
import signal

import pytest
from django.conf import settings as live_settings

from cases.documents import actions, rules
from cases.documents.models import Version
from cases.documents.worker import checking, scanner
from portal import clock
from portal.actors import Actor
from portal.history.models import Event
from portal.vault.models import StoredFile
from tests import plan_files, scan_files
from tests.documents.files import added, checked
from tests.programs import free_port

pytestmark = pytest.mark.django_db

full = pytest.mark.full
CLEAN = {
    "plan.pdf": plan_files.pdf,
    "may not be printed.pdf": plan_files.owner_locked_pdf,
    "photo.jpg": plan_files.photo,
    "photo.heic": lambda: plan_files.photo(kind="HEIF"),
    "fax.tif": lambda: plan_files.scan_of_pages(2),
    "letter.docx": plan_files.docx,
    "notes.txt": lambda: b"Ask about December 15.",
}
DRESSES = {
    "notes.txt": lambda: b"Look: " + plan_files.EICAR,
    "inside a Word file.docx": lambda: plan_files.changed_docx(
        lambda parts: parts.update({"word/media/image1.png": plan_files.EICAR})
    ),
    "attached and compressed.pdf": lambda: plan_files.pdf_with_attachment(plan_files.EICAR),
    "attached, in a zip.pdf": lambda: plan_files.pdf_with_attachment(plan_files.zipped({"a": plan_files.EICAR})),
    "attached to what is attached.pdf": lambda: plan_files.pdf_with_attachment(
        plan_files.pdf_with_attachment(plan_files.EICAR)
    ),
    "after a photo's end.jpg": lambda: plan_files.photo() + plan_files.EICAR,
    "after a PDF's end.pdf": lambda: plan_files.pdf() + b"\n" + plan_files.EICAR,
    "a zip after a PDF's end.pdf": lambda: plan_files.pdf() + plan_files.zipped({"a": plan_files.EICAR * 9}),
    "a zip after a photo's end.jpg": lambda: plan_files.photo() + plan_files.zipped({"a": plan_files.EICAR * 9}),
    "between the pages.tif": lambda: plan_files.scan_of_pages(2) + plan_files.EICAR,
    "after a photo's end.heic": lambda: plan_files.photo(kind="HEIF") + plan_files.EICAR,
    "in one scan of a disc.zip": lambda: scan_files.disc({"IM9": scan_files.scan_with_private_words(plan_files.EICAR)}),
}


def test_clean_file_is_marked_as_checked(case, clamd):
    version = checked(case)
    assert (version.state, version.checked_for_viruses) == (Version.State.READY, True)


@full
@pytest.mark.parametrize("name", CLEAN)
def test_no_good_file_is_taken_for_a_bad_one(case, clamd, name):
    version = checked(case, name, CLEAN[name]())
    assert (version.state, version.checked_for_viruses) == (Version.State.READY, True)


@pytest.mark.parametrize(
    "name", [name if name.startswith("attached to") else pytest.param(name, marks=full) for name in DRESSES]
)
def test_virus_is_found_in_every_dress(case, clamd, name):
    version = checked(case, name, DRESSES[name]())
    assert (version.state, version.reason, version.original) == (Version.State.REFUSED, "virus", None)
    assert StoredFile.objects.count() == 0


@full
def test_virus_behind_a_password_is_found_once_the_file_is_open(case, clamd):
    version = checked(case, content=plan_files.locked_pdf("rose", plan_files.EICAR))
    assert version.state == Version.State.LOCKED
    actions.unlock_with_password(version, "rose", by=Actor.person(case.patient))
    checking.check(version.pk)
    version.refresh_from_db()
    assert (version.state, version.reason) == (Version.State.REFUSED, "virus")
    assert StoredFile.objects.count() == 0


def test_part_that_cannot_be_looked_into_is_not_called_clean(case, clamd):
    version = checked(case, content=plan_files.pdf_with_attachment(plan_files.locked_zip()))
    assert (version.state, version.reason) == (Version.State.REFUSED, "locked_inside")


@full
def test_part_too_large_to_look_into_is_not_called_clean(case, clamd):
    clamd.stop()
    clamd.start(MaxFileSize="1M")
    large = plan_files.changed_docx(lambda parts: parts.update({"word/media/a.png": os.urandom(2**21)}))
    version = checked(case, "letter.docx", large)
    assert (version.state, version.reason) == (Version.State.REFUSED, "unscannable")


@pytest.mark.parametrize("through", ["a socket of this machine", "the network"])
def test_stream_that_is_cut_at_the_limit_is_not_called_clean(clamd, through):
    port, megabyte = free_port(), bytes(2**20)
    clamd.stop()
    clamd.start(StreamMaxLength="1M", TCPSocket=str(port), TCPAddr="127.0.0.1")
    there = scanner.Scanner(clamd.address if through.startswith("a") else f"tcp://127.0.0.1:{port}")
    assert there.scan(io.BytesIO(megabyte)) == scanner.CLEAN
    assert there.scan(io.BytesIO(megabyte * 8)) == scanner.NOT_SCANNED


@pytest.mark.full
def test_file_waits_while_the_scanner_is_away_and_opens_by_itself(case, clamd):
    clamd.stop()
    version = checked(case)
    assert version.state == Version.State.UNSCANNED
    Version.objects.update(due_at=clock.now())
    checking.check_waiting()
    assert Version.objects.get().state == Version.State.UNSCANNED
    clamd.start()
    checking.check_waiting()
    version.refresh_from_db()
    assert (version.state, version.checked_for_viruses) == (Version.State.READY, True)
    assert Event.objects.filter(verb="document.waiting").count() == 1


def test_file_that_waited_opens_within_two_minutes():
    beat = live_settings.CELERY_BEAT_SCHEDULE["check-files"]["schedule"]
    assert (rules.WAIT_FOR_SCANNER + beat).total_seconds() <= 100


@full
def test_scanner_that_hangs_is_away(case, clamd, monkeypatch):
    monkeypatch.setattr(scanner, "ANSWER_SECONDS", 0.3)
    clamd.send(signal.SIGSTOP)
    version = added(case)
    checking.check(version.pk)
    assert Version.objects.get().state == Version.State.UNSCANNED
    clamd.send(signal.SIGCONT)
    monkeypatch.setattr(scanner, "ANSWER_SECONDS", 60)
    Version.objects.update(due_at=clock.now())
    checking.check_waiting()
    assert Version.objects.get().state == Version.State.READY


class Cut(io.RawIOBase):
    """A stream at whose `at`-th reading the scanner is killed."""

    def __init__(self, clamd, at):
        self.clamd, self.left, self.at = clamd, 4, 4 - at

    def read(self, size=-1):
        self.left -= 1
        if self.left == self.at:
            self.clamd.stop()
        return bytes(1000 if self.left else 0)


@pytest.mark.parametrize("at", [1, 2, 4])
def test_scanner_killed_in_the_middle_is_away_and_says_nothing(clamd, at):
    with pytest.raises(scanner.Away):
        scanner.Scanner(clamd.address).scan(Cut(clamd, at))


def test_scanner_that_is_killed_before_it_answers_is_away(clamd):
    clamd.send(signal.SIGSTOP)
    with pytest.raises(scanner.Away):
        scanner.Scanner(clamd.address).scan(Cut(clamd, 4))
