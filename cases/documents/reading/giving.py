"""Stored files given out: as attachments in which nothing runs, without holding a connection of the database."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

from django.db import connection
from django.http import Http404, StreamingHttpResponse
from django.utils.http import content_disposition_header

from cases.documents import kinds
from cases.documents.models import Version
from portal.vault import files
from portal.vault.keys import KeyGone
from portal.vault.models import StoredFile

NOTHING_RUNS = "sandbox; default-src 'none'; frame-ancestors 'none'"


def attachment(stored: Any, name: str, kind: kinds.Kind) -> StreamingHttpResponse:
    """A stored file under the name it has."""
    chunks: Iterator[bytes] = files.read(stored)
    first = next(chunks)  # a damaged file is a fault here, not in the middle of an answer
    return streamed(chain([first], chunks), name, kind, size=stored.size)


def streamed(chunks: Iterable[bytes], name: str, kind: kinds.Kind, *, size: int | None = None) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_without_database(chunks), content_type=kind.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    if size is not None:
        response.headers["Content-Length"] = str(size)
    response.headers["Accept-Ranges"] = "none"  # the whole file or nothing: each download is one line of history
    return unrunnable(response)


def noted_at_its_end(response: Any, note: Callable[[], object]) -> Any:
    """The same answer; once its last piece is handed over, `note` is called. What broke off before was not given."""
    response.streaming_content = _then(response.streaming_content, note)
    return response


def _then(pieces: Iterable[bytes], note: Callable[[], object]) -> Iterator[bytes]:
    yield from pieces
    note()


def _without_database(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same, sent while others may have our connection: there are few, and a weak line takes minutes."""
    if not connection.in_atomic_block:
        connection.close()
    yield from chunks


@contextmanager
def while_it_is_here(version: Version) -> Iterator[None]:
    """What was erased since it was asked for is not there, as it is for whoever asks next. Lost bytes are a fault."""
    try:
        yield
    except (FileNotFoundError, KeyGone, StoredFile.DoesNotExist):
        if Version.objects.ready().filter(pk=version.pk, case__key__destroyed_at=None).exists():
            raise
        raise Http404 from None


def unrunnable(response: Any) -> Any:
    """Whatever the bytes are, nothing in them runs, and no copy stays behind."""
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
