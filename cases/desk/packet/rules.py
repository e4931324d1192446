"""What may go to the second doctor's office, under which names, and when a record counts as there. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.documents import kinds, names
from cases.records.release.states import Why

MOST = 350 * 2**20  # bytes of one PDF, below what the sandbox may write; the ZIP has no such end
LONGEST = 80  # letters of a name inside the ZIP, its ending not counted
IMAGING = (kinds.DICOM.code, kinds.DICOM_ZIP.code)  # for a doctor's program: never pages of the PDF
# No form was ever signed for this record: what the patient allows us is all there is.
NEVER_SIGNED = (None, Why.NONE, Why.OTHER_ITEM)
FORBIDDEN = set('/\\:*?"<>|')


class Unvouched(TextChoices):
    """Why a file goes to nobody, whatever is signed."""

    NOT_AGREED = "not_agreed", _("The patient has not said yes to whoever put it in.")


@dataclass(frozen=True)
class Help:
    """Whose help the patient agreed to, and when it ended."""

    person: UUID
    ended_at: datetime | None
    over_at: datetime | None

    def covers(self, at: datetime) -> bool:
        """Whether it had not ended at a moment. What somebody put in before the yes, the yes covers."""
        return all(end is None or at <= end for end in (self.ended_at, self.over_at))


def is_vouched_for(put_in_by: UUID, at: datetime, patient: UUID, helps: Iterable[Help]) -> bool:
    """Whether the patient stands behind a file that somebody who is not of our team put in: her own, or of a helper to
    whom she said yes, put in while that help had not ended.
    """
    return put_in_by == patient or any(help.person == put_in_by and help.covers(at) for help in helps)


def why_not_passed_on(*, is_own: bool, by_release: Why | None) -> Why | None:
    """Why a file may not be passed on to an office that the patient named, once she signed that we may pass on.

    What she put in herself goes by that alone. What an office sent to us by a signed form goes only while that form,
    or a newer one of the same office, stands and names the office it goes to now.
    """
    if is_own or by_release in NEVER_SIGNED:
        return None
    return by_release


def file_name(number: int, heading: str, title: str, ending: str) -> str:
    """A name inside the ZIP: "03 Pathology report - biopsy.pdf". Its number makes it unlike all others."""
    said = heading if not title or title == heading else f"{heading} - {title}"
    plain = "".join(" " if char in FORBIDDEN else char for char in names.clean_line(said))
    plain = unicodedata.normalize("NFC", " ".join(re.sub(r"\.{2,}", " ", plain).split()))[:LONGEST].strip(". -")
    return f"{number:02d} {plain}".strip() + ending


def arrived_by(files: dict[UUID, set[UUID]], taken: Iterable[UUID]) -> list[UUID]:
    """Of some records with their files, those of which an office now has every file."""
    had = set(taken)
    return [item for item, needed in files.items() if needed and needed <= had]
