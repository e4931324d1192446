"""What words cost: `python -m bench.reading FOLDER PAGES SEARCHED` prints its figures as JSON lines.

Pages that are pictures are read as the worker reads them, beside the bare program on the same pictures; then a case
with SEARCHED pages of print is looked through.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from bench.figures import Figure
from bench.messages import migrate_and_begin
from portal import local

LINES = 45  # of a page that is looked through
LINE = "The patient was seen on Tuesday, and her daughter asked about the dose and the café."
LOOKS = 5


def main(folder: Path, pages: int, searched: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    database = local.start_postgres(folder)
    try:
        os.environ |= local.addresses(folder)
        migrate_and_begin(folder, as_="test")
        for figure in (*reading(folder, pages), searching(searched)):
            print(json.dumps(asdict(figure)), flush=True)
    finally:
        local.stop(database, signal.SIGINT)


def reading(folder: Path, pages: int) -> Iterator[Figure]:
    """Pages read in the sandbox, one process each, and by the program alone. Nothing without the program."""
    from cases.documents import kinds
    from cases.documents.sandbox import run as sandbox
    from cases.documents.sandbox import tesseract as sandboxed
    from cases.documents.worker import machine_text
    from tests import page_pictures, programs

    if not (program := programs.text_engine()):
        return
    sandbox.MORE_GENTLY = 0  # both get the same share of the machine
    order = {"program": program, "languages": "eng", "seconds": machine_text.PAGE_SECONDS}
    picture = page_pictures.page(*page_pictures.LINES * 5, dpi=sandboxed.DPI)
    with sandbox.room(folder) as room:
        (room / "clean").write_bytes(page_pictures.saved(picture))
        picture.save(room / "bare.pgm")
        began = time.perf_counter()
        for _ in range(pages):
            found = sandbox.read(room, kinds.JPEG, 1, (1020, 1320), order)
        took = time.perf_counter() - began
        command = [program, str(room / "bare.pgm"), "-", "-l", "eng", "tsv"]
        began = time.perf_counter()
        for _ in range(pages):
            subprocess.run(command, env=os.environ | {"OMP_THREAD_LIMIT": "1"}, capture_output=True, check=True)
        bare = time.perf_counter() - began
    if not any("tamoxifen 20 mg" in line[4] for line in found["lines"]):
        raise SystemExit("the page was not read")
    words = f"{pages} of print, one core; ratio of the time to that of the bare program, unasked which way is up"
    yield Figure("pictures: pages read by machine", pages / took, "a second", took / bare, words)


def searching(pages: int) -> Figure:
    from cases.documents.search import case_search as search

    case = case_of(pages)
    took = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        answer = search.in_case(case, case.patient, search.sought("tamoxifen"))
        took.append(time.perf_counter() - began)
        if len(answer.files) != 1 or not answer.is_whole:
            raise SystemExit("the word was not found")
    words = f"one case of {pages:,} pages of {LINES} lines, each opened and looked through"
    return Figure("search in a case", 1000 * statistics.median(took), "ms", words=words)


def case_of(pages: int):
    """A case with one file of so many pages; the last one holds the word."""
    from cases.documents.models import Document, PageImage, Version
    from portal import clock
    from portal.vault import files
    from tests import factories

    case = factories.open_case()
    now, who = clock.now(), {"put_in_by": case.patient, "put_in_at": clock.now()}
    stored = files.put([b"x"], key=case.key)
    version = Version.objects.create(
        case=case, document=Document.objects.create(case=case, **who), name="plan.pdf", kind="pdf", size=1, digest="x",
        original=stored, file=stored, file_kind="pdf", pages=pages, state="ready", due_at=now, judged_at=now, **who,
    )  # fmt: skip
    lines = [[10, 20 * place, 300, 12, LINE] for place in range(LINES)]
    made = []
    for number in range(1, pages + 1):
        page = PageImage(version=version, number=number, file=stored, width=1020, height=1320)
        word = "Take tamoxifen." if number == pages else "Take nothing."
        page.text = json.dumps([*lines, [10, 999, 300, 12, word]], ensure_ascii=False)
        made.append(page)
    PageImage.objects.bulk_create(made)
    return case


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
