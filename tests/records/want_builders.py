"""Copies of an ID for the tests, put in and checked through the real actions."""

import hashlib

from cases.documents.sandbox import run as sandbox
from cases.documents.worker import checking as documents
from cases.records.models import IdentityCopy, RecordItem
from cases.records.wants import checking, copies
from tests import plan_files
from tests.documents.files import upload
from tests.records.builders import actor

_found = {}


def added(item: RecordItem, *, by: str = "rosa", name: str = "id.jpg", content: bytes | None = None) -> IdentityCopy:
    """As it is right after sending it, not yet checked."""
    return copies.add_copy(item, upload(name, content or plan_files.photo()), by=actor(by))


def put_in(item: RecordItem, **more) -> IdentityCopy:
    """After the worker has looked at it. The sandbox opens the same bytes once for all tests."""
    copy = added(item, **more)
    claimed = checking.claim(copy.pk)
    with sandbox.room(documents.rooms()) as folder:
        checking.files.lay_out(claimed.original, folder / "source")
        key = hashlib.sha256((folder / "source").read_bytes()).digest()
        if key not in _found:
            verdict = checking._examine(claimed, folder)
            _found[key] = verdict, (folder / "clean").read_bytes() if (folder / "clean").exists() else b""
        verdict, clean = _found[key]
        (folder / "clean").write_bytes(clean)
        checking.settle(claimed, verdict, folder)
    return IdentityCopy.objects.get(pk=copy.pk)
