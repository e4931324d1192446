"""A file's own name: kept as written, made harmless, never used on disk. Plain Python."""

import unicodedata

from cases.documents import kinds
from portal.lines import TURNING, UNPRINTED

LONGEST = 200  # characters, ending included


def clean(name: str) -> str:
    """The name as the person wrote it, without folders, control and turning marks; at most LONGEST characters."""
    kept = clean_line(name.replace("\\", "/").rsplit("/", 1)[-1])
    if len(kept) > LONGEST:
        ending = kinds.ending_of(kept)[:12]
        kept = kept[: LONGEST - len(ending)].rstrip() + ending
    return "" if kept.strip(". ") == "" else kept


def clean_line(words: str) -> str:
    """One line of a person's words, without control and turning marks."""
    kept = "".join(char for char in words if char not in TURNING and unicodedata.category(char) not in UNPRINTED)
    return " ".join(kept.split())


def with_ending(name: str, kind: kinds.Kind) -> str:
    """The name for a copy of that kind: "IMG_2291.heic" as a JPEG is "IMG_2291.jpg"."""
    ending = kinds.ending_of(name)
    if ending in kind.endings:
        return name
    known = any(ending in each.endings for each in kinds.KINDS.values())
    return (name[: -len(ending)] if known else name) + kind.endings[0]
