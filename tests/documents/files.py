"""Files put in as people put them in, for the tests of this room."""

import hashlib

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


def checked(case, name="plan.pdf", content=None, *, by=None) -> Version:
    """A version after the worker has looked at it, in its sandbox."""
    version = added(case, name, content, by=by)
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
