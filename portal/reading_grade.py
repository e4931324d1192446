"""How hard English words are to read, as a US school grade, and the hint for whoever writes them to a patient."""

import re
import tempfile
from functools import cache
from pathlib import Path

import readsight
from django.utils.translation import gettext as _
from readsight import ReadSight
from readsight.config import Config
from readsight.exceptions import EmptyTextException

AIM = 6  # of what a patient reads
HIGHEST = 12  # school ends here
FEWEST_WORDS = 12  # fewer say nothing
READ_AT_MOST = 20_000  # characters
ENGLISH = "en"

NUMBERED = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
# Dots that end no sentence (2.5 mg, Dr. Keller, e.g. this), and marks that are no words.
NO_END = re.compile(r"(?<=\d)\.(?=\d)|(?<=\b(?:Dr|Mr|Ms|St|vs))\.|(?<=\bMrs)\.|(?<=[^\W\d_])\.(?=\s?[a-zà-ÿ])")
NO_WORD = re.compile(r"(?<!\w)['’-]+|['’-]+(?!\w)")
ENDS = re.compile(r"[.!?][\s”’\"')\]]*$")


@cache
def _measure() -> ReadSight:
    """Read once in a process. The library would write what it read of its own files into a home folder."""
    own = Path(readsight.__file__).parent / "data"
    with tempfile.TemporaryDirectory() as gone:
        ReadSight.set_default_config(Config(str(own / "patterns"), str(own / "languages"), gone))
        return ReadSight("en-us")


def grade(text: str, language: str = ENGLISH) -> int | None:
    """The grade by Flesch and Kincaid's rule, 1 to 18; None for few words, or words that are not meant in English."""
    if not language.startswith(ENGLISH):
        return None
    plain = "\n".join(_sentence(line) for line in text[:READ_AT_MOST].splitlines() if line.strip())
    measure = _measure()
    if measure.word_count(plain) < FEWEST_WORDS:
        return None
    try:
        found = measure.score("flesch_kincaid_grade_level", plain).grade_level
    except EmptyTextException:
        return None
    return None if found is None else max(round(found), 1)


def _sentence(line: str) -> str:
    """A line of a list ends as a sentence does, whether it was given a full stop or not."""
    words = NO_WORD.sub(" ", NO_END.sub("", NUMBERED.sub("", line))).strip()
    return words if ENDS.search(words) else f"{words}."


def hint(text: str, language: str = ENGLISH) -> str:
    """A sentence for whoever writes, or "". It keeps nobody from anything."""
    found = grade(text, language)
    if found is None:
        return ""
    if found <= AIM:
        return _("Reads like grade %(grade)s.") % {"grade": found}
    if found <= HIGHEST:
        return _("Reads like grade %(grade)s. Shorter sentences help a tired reader.") % {"grade": found}
    return _("Reads like a text for college. Shorter sentences help a tired reader.")
