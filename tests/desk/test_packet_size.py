"""A large packet: 300 pages and 200 MB leave in pieces, and neither process holds the whole."""

import io
import os
import resource
import zipfile
from pathlib import Path

import pikepdf
import pytest

from cases.desk.packet import made
from portal import clock
from portal.vault import files as vault
from tests.desk import packets
from tests.documents.conftest import folder  # noqa: F401
from tests.records.builders import on_november_5
from tests.reviews import world

pytestmark = [pytest.mark.django_db, pytest.mark.full]
DOCUMENTS, PAGES, MB = 20, 15, 2**20
ONE = 10 * MB  # of each document
MOST = 64 * MB  # that this process may grow by while 200 go through it


@pytest.fixture(autouse=True)
def own_store(folder):  # noqa: F811
    """No test leaves files behind."""


def thick_pdf() -> bytes:
    """Some pages, and a picture on each that does not shrink."""
    pdf, out = pikepdf.new(), io.BytesIO()
    for _number in range(PAGES):
        page = pdf.add_blank_page()
        page.obj.Resources = pikepdf.Dictionary(Noise=pdf.make_stream(os.urandom(ONE // PAGES)))
    pdf.save(out, compress_streams=False)
    return out.getvalue()


@pytest.fixture
def found():
    with on_november_5():
        visit = packets.signed_visit()
    content = thick_pdf()
    for number in range(DOCUMENTS):
        version = world.plan(visit.case, pages=PAGES, name=f"plan {number}.pdf")
        version.file = vault.put([content], key=visit.case.key)
        version.save(update_fields=["file"])
    return packets.packet(visit)


def in_memory() -> int:
    """Bytes of this process that are in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def grown_most(chunks) -> tuple[int, int]:
    """(bytes that came, how much this process grew by at most)."""
    before, size, most = in_memory(), 0, 0
    for chunk in chunks:
        size += len(chunk)
        most = max(most, in_memory() - before)
    return size, most


def test_a_large_pdf_leaves_in_pieces(found):
    assert found.pages == DOCUMENTS * PAGES
    before = in_memory()
    out = made.one_pdf(found, clock.now())
    making = in_memory() - before
    size, sending = grown_most(made.pieces(out))
    assert size > DOCUMENTS * ONE
    assert max(making, sending) < MOST


def test_a_large_zip_leaves_in_pieces(found, tmp_path):
    with (tmp_path / "all.zip").open("wb") as out:

        def kept():
            for chunk in made.zipped(found, clock.now()):
                out.write(chunk)
                yield chunk

        size, most = grown_most(kept())
    assert size > DOCUMENTS * ONE
    assert most < MOST
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 1 + DOCUMENTS
