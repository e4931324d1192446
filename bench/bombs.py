"""What hostile files cost the worker: `python -m bench.bombs FOLDER COUNT` prints its figures as JSON lines.

A process of its own, whose only children are the sandbox's, so that their memory can be told from that of others.
"""

import json
import resource
import sys
import time
from dataclasses import asdict
from pathlib import Path

from bench.figures import Figure
from cases.documents import kinds
from cases.documents.sandbox import run as sandbox
from tests import hostile_files, plan_files

BOMBS = [
    ("draws for ever", kinds.PDF, plan_files.pdf_that_draws_for_ever),
    ("600,000 lines of text", kinds.TEXT, lambda: b"x\n\n" * 600_000),
    ("a page that unpacks to 4 GB", kinds.PDF, hostile_files.pdf_with_packed_page),
    ("a picture of 3.6 billion points", kinds.PNG, plan_files.png_bomb),
    ("a Word file that unpacks to 150 MB", kinds.DOCX, plan_files.docx_bomb),
]


def main(folder: Path, count: int) -> None:
    took = {name: verdict_on(folder, kind, make()) for name, kind, make in BOMBS[:count]}
    slowest = max(took, key=lambda name: took[name][0])
    wall, processor = took[slowest]
    words = f"the slowest of {count}: {slowest}; {processor:.1f} s of processor"
    print(json.dumps(asdict(Figure("bomb: verdict", wall, "s", words=words))), flush=True)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1_000_000
    print(json.dumps(asdict(Figure("bomb: memory", most, "MB", words="of the largest process that opened one"))))


def verdict_on(folder: Path, kind: kinds.Kind, content: bytes) -> tuple[float, float]:
    """Seconds to the verdict, and those of processor."""
    for _try in range(4):
        with sandbox.room(folder) as room:
            (room / "source").write_bytes(content)
            began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            try:
                sandbox.judge(room, kind, draw=25)
            except sandbox.Busy:  # the machine had no time; the worker comes again too
                continue
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            return time.perf_counter() - began, used
    raise SystemExit("The machine has no time for a verdict.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
