"""The verdict on a file, its codes and the bounds every check keeps. Plain Python: the sandbox imports it."""

from dataclasses import dataclass, field

READY, LOCKED, REFUSED = "ready", "locked", "refused"

# Reasons of a refusal beside those of kinds.py; each has its sentence in words.py.
ERASED = "erased"  # why a version is refused whose row stays behind without its file
DAMAGED, TOO_COMPLEX, TOO_LONG, NO_WORDS, FAILED = "damaged", "too_complex", "too_long", "no_words", "failed"
NO_SCANS, NOT_ONLY_SCANS, NO_PHOTOS = "no_scans", "not_only_scans", "no_photos"

# Notes: what a reader should know about a file that is fine.
DARK, BLURRED, SMALL, POOR_PAGES = "dark", "blurred", "small", "poor_pages"
MISSING_PAGES = "missing_pages"  # photos of a joined document that could not be opened
LOST_PAGE = "lost_page"  # the same, once the trace of such a photo is erased
ATTACHMENTS_REMOVED, SCRIPTS_REMOVED = "attachments_removed", "scripts_removed"
TEXT_ONLY, PICTURES_LEFT_OUT, LETTERS_MISSING = "text_only", "pictures_left_out", "letters_missing"
FIRST_PICTURES, NO_PICTURE = "first_pictures", "no_picture"
SIDEWAYS, UPSIDE_DOWN = "sideways", "upside_down"  # told by the machine that reads pictures, where there is one
LYING = {90: SIDEWAYS, 180: UPSIDE_DOWN, 270: SIDEWAYS}  # by the degrees clockwise that would make it upright
HARD_TO_READ = frozenset({DARK, BLURRED, SMALL, SIDEWAYS, UPSIDE_DOWN})

MAX_PAGES = 1000
MAX_PIXELS = 50_000_000  # the largest phone pictures have 48 million
MAX_FRAMES = 50  # pages of one TIFF
MAX_TEXT = 2 * 2**20  # bytes


@dataclass(frozen=True)
class Verdict:
    state: str
    reason: str = ""
    notes: list[str] = field(default_factory=list)
    pages: int = 0
    kind: str = ""  # code of the cleaned copy's kind
    made_on: str = ""  # ISO day on which the file says it was made
    made_from: str = ""  # of made_on: "file", or "photo" for the day it was taken


class Refusal(Exception):
    """The file cannot be taken; carries the reason's code."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


class Locked(Exception):
    """The file opens only with a password."""
