"""What the real program reads on pages made for it, in the sandbox; and what becomes of one that fails."""

import pytest

from cases.documents import kinds
from cases.documents.reading import machine_words
from cases.documents.sandbox import run as sandbox
from cases.documents.verdicts import Refusal
from cases.documents.worker import machine_text
from tests import page_pictures, plan_files

SIZE = (1020, 1320)


@pytest.fixture
def read(text_engine, tmp_path):
    """Call it with a file's bytes and its kind: what is found on a page of it."""

    def read(content, code="jpeg", *, number=1, size=SIZE, **changed):
        order = {"program": text_engine.program, "languages": "eng", "seconds": machine_text.PAGE_SECONDS, **changed}
        with sandbox.room(tmp_path / "rooms") as folder:
            (folder / "clean").write_bytes(content)
            found = sandbox.read(folder, kinds.KINDS[code], number, size, order)
        assert list((tmp_path / "rooms").iterdir()) == []
        return found

    return read


def words(found):
    return " ".join(line[4] for line in found["lines"])


def test_words_of_a_photo_are_read_with_their_places(read):
    found = read(page_pictures.photo())
    for line in page_pictures.LINES:
        assert line in words(found)
    assert found["certainty"] > 80
    x, baseline, length, tall, *_ = next(line for line in found["lines"] if line[4].startswith("Take tamoxifen"))
    assert 0 < x < x + length < SIZE[0]
    assert 0 < tall < 40
    assert SIZE[1] * 0.1 < baseline < SIZE[1] * 0.6


@pytest.mark.full
def test_place_is_where_the_words_stand(read):
    """The lines of a scan stand where those of the letter it was made from stand."""
    found = read(page_pictures.scanned_pdf(page_pictures.LINES[1]), "pdf", size=(1020, 1320))
    ours = next(line for line in found["lines"] if line[4].startswith("Surgery"))
    theirs = read_own_layer("Surgery")
    assert ours[:3] == pytest.approx(theirs[:3], abs=12)


def read_own_layer(start):
    import io

    import pypdfium2

    from cases.documents.sandbox.pages import lines_of
    from portal.pages.demo.plan_files import make_plan_pdf

    made = make_plan_pdf("Treatment plan", [page_pictures.LINES[1]], clinic="Lakeside Cancer Clinic")
    page = pypdfium2.PdfDocument(io.BytesIO(made))[0]
    return next(line for line in lines_of(page, 1020 / page.get_width()) if line[4].startswith(start))


@pytest.mark.full
@pytest.mark.parametrize(("turned", "turn"), [(90, 270), (180, 180), (270, 90)])
def test_page_that_lies_is_read_and_its_turn_told(read, turned, turn):
    found = read(page_pictures.photo(turned=turned))
    assert found["turn"] == turn
    assert "tamoxifen 20 mg" in words(found)


@pytest.mark.full
def test_dark_scan_is_read(read):
    assert "tamoxifen 20 mg" in words(read(page_pictures.photo(is_dark=True)))


@pytest.mark.full
def test_page_of_a_scanned_pdf_is_read(read):
    scan = page_pictures.scanned_pdf(*page_pictures.LINES[:2])
    assert "Surgery is planned" in words(read(scan, "pdf", number=2))


@pytest.mark.parametrize("make", [page_pictures.empty, lambda: plan_files.plain_picture("JPEG")])
def test_picture_without_words_gives_none(read, make):
    assert read(make()) == {"state": "ready", "lines": [], "certainty": 0, "turn": 0}


def fake(tmp_path, script):
    program = tmp_path / "engine"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


@pytest.mark.full
@pytest.mark.parametrize("script", ["exit 1", "kill -9 $$", "exec sleep 60", "while :; do :; done", "exit 127"])
def test_program_that_dies_or_hangs_is_cut_and_nothing_is_left(read, tmp_path, script):
    with pytest.raises(Refusal):
        read(page_pictures.empty(), program=fake(tmp_path, script), seconds=0.5)


def test_program_that_is_not_there_is_a_refusal(read, tmp_path):
    with pytest.raises(Refusal):
        read(page_pictures.empty(), program=str(tmp_path / "nothing"))


def answer(*words):
    """A program's answer: each word (text, certainty) at the end of one line."""
    rows = [
        f"5\\t1\\t1\\t1\\t1\\t{n}\\t{n * 50}\\t10\\t40\\t20\\t{certainty}\\t{text}"
        for n, (text, certainty) in enumerate(words)
    ]
    return "printf '" + "\\n".join(rows) + "\\n'"


def test_uncertain_words_are_kept_as_uncertain_and_guesses_leave_a_gap(read, tmp_path):
    said = [("Take", 95), ("tamoxifen", 50), ("20", 80), ("mg", 96), ("n0t", 10), ("daily", 93), ("please", 91)]
    found = read(page_pictures.empty(), program=fake(tmp_path, answer(*said)))
    (line,) = found["lines"]
    assert line[4:] == ["Take tamoxifen 20 mg […] daily please", [1, 2]]
    assert machine_words.marked(*line[4:]) == "Take tamoxifen[?] 20[?] mg […] daily please"


def test_page_of_guesses_stays_a_picture(read, tmp_path):
    said = [("a", 20), ("|", 40), ("~", 35), ("day", 91)]
    assert read(page_pictures.empty(), program=fake(tmp_path, answer(*said)))["lines"] == []


@pytest.mark.parametrize(
    "script",
    [
        "printf '5\\t1\\t1\\n5\\tx\\ty\\n'",
        "printf '5\\t1\\t1\\t1\\t1\\t1\\tx\\t1\\t1\\t1\\t90\\tword\\n'",
        "printf '5\\t1\\t1\\t1\\t1\\t1\\t-5\\t1\\t1\\t1\\t90\\tword\\n'",
        "printf '5\\t1\\t1\\t1\\t1\\t1\\t5\\t1\\t1\\t1\\tnan\\tword\\n'",
        "head -c 9000000 /dev/zero",
        "head -c 300000 /dev/urandom",
    ],
)
def test_nonsense_of_the_program_gives_no_words(read, tmp_path, script):
    assert read(page_pictures.empty(), program=fake(tmp_path, script))["lines"] == []
