"""Files put in as people put them in, for the tests of this room."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.documents import actions
from cases.documents.models import Version
from cases.documents.sandbox import run as sandbox
from cases.documents.worker import checking
from portal.actors import Actor
from tests import plan_files


def upload(name="plan.pdf", content=None):
    return SimpleUploadedFile(name, plan_files.pdf() if content is None else content)


def added(case, name="plan.pdf", content=None, *, by=None):
    """A version as it is right after sending it, not yet checked."""
    return actions.add_file(case, upload(name, content), by=Actor.person(by or case.patient))


_answers = {}


@contextmanager
def opened_once() -> Iterator[None]:
    """Within it the sandbox opens the same bytes for the same order once for all tests: what it left is laid out again.

    Under other limits it opens them anew.
    """
    child = sandbox._run

    def run(folder: Path, order: dict, walls: int = sandbox.WALLS) -> dict:
        limits = (walls, sandbox.WALL_SECONDS, sandbox.CPU_SECONDS, sandbox.MEMORY, sandbox.LEAST_ROOM)
        before = {name: hashlib.sha256(body).digest() for name, body in _lying_in(folder).items()}
        key = repr((child, limits, order, sorted(before.items())))
        if key not in _answers:
            found = child(folder, order, walls)
            after = _lying_in(folder)
            new = {name: body for name, body in after.items() if hashlib.sha256(body).digest() != before.get(name)}
            _answers[key] = found, new, before.keys() - after.keys()
        found, new, gone = _answers[key]
        for name, body in new.items():
            (folder / name).write_bytes(body)
        for name in gone:
            (folder / name).unlink(missing_ok=True)
        return dict(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "_run", run)
        yield


def _lying_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def checked(case, name="plan.pdf", content=None, *, by=None) -> Version:
    """A version after the worker has looked at it in its sandbox, which opens the same bytes once for all tests."""
    version = added(case, name, content, by=by)
    with opened_once():
        checking.check(version.pk)
    version.refresh_from_db()
    return version


_found = {}


def read(case, name="plan.pdf", content=None, *, by=None) -> Version:
    """As `checked`, but the sandbox opens the same bytes once for all tests: its findings are laid out again."""
    content = plan_files.pdf() if content is None else content
    version = added(case, name, content, by=by)
    claimed = checking.claim(version.pk)
    key = hashlib.sha256(content).digest()
    with sandbox.room(checking.rooms()) as folder:
        if key not in _found:
            (folder / "source").write_bytes(content)
            verdict = sandbox.judge(folder, version.own_kind, draw=25)
            _found[key] = verdict, {path.name: path.read_bytes() for path in folder.iterdir()}
        verdict, found = _found[key]
        for file, body in found.items():
            (folder / file).write_bytes(body)
        if verdict.state == "ready":
            checking._keep_pages(claimed, verdict, folder)
        checking.settle(claimed, verdict, folder)
    version.refresh_from_db()
    return version


@pytest.fixture
def folder(settings, tmp_path):
    """A file store and a temporary folder of this test alone."""
    settings.DOCUMENTS_FOLDER = tmp_path / "documents"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "tmp"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return tmp_path


def stored(folder):
    """Every file in the store."""
    return [path for path in (folder / "documents").rglob("*") if path.is_file()]
