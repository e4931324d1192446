"""The code on the foot of a form, looked for on the paper that came back signed. Where none is read, people look."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from cases.documents.models import Document, PageImage, Version
from cases.documents.reading.machine_words import MARK
from cases.records.release.form import CODE_LENGTH, CODE_LETTERS

# "RS 4T7 29K. Form ABC234"; the word before the code is in the patient's language.
FOOT = re.compile(
    r"RS[ \u00a0]?[A-Z0-9]{3}[ \u00a0]?[A-Z0-9]{3}[.,]?\s+\S{1,20}\s+"
    rf"([{CODE_LETTERS}]{{{CODE_LENGTH}}})(?![A-Za-z0-9])"
)
AS_GOOD_AS = 4  # of six letters: a machine may take one for another, and two forms hardly ever share so many


def words_of(paper: Document) -> list[str]:
    """The words of its pages as people read them now, page by page."""
    version = Version.objects.ready().newest_ready().filter(document=paper).first()
    pages = PageImage.objects.filter(version=version).select_related("version__case__key") if version else []
    return [page.words for page in pages]


def codes_in(texts: Iterable[str]) -> list[str]:
    return [code for text in texts for code in FOOT.findall(text.replace(MARK, ""))]


def is_read(texts: Iterable[str], code: str) -> bool:
    """Whether this form's code stands on one of the pages."""
    return any(_is_same(read, code) for read in codes_in(texts))


def why_not(texts: Iterable[str], code: str) -> str:
    """Why a paper is not the form with this code; empty where it is, and where no code was read."""
    read = codes_in(texts)
    if not read or any(_is_same(each, code) for each in read):
        return ""
    said = _("The foot of this paper says %(read)s, and the form says %(code)s by now: it names something else.")
    return said % {"read": read[0], "code": code} + " " + _("Print the form anew and have that one signed.")


def _is_same(read: str, code: str) -> bool:
    return sum(one == other for one, other in zip(read, code, strict=True)) >= AS_GOOD_AS
