"""The worker's work on a joined document: its photos, as the checks left them, become one PDF in the sandbox."""

from collections.abc import Callable
from pathlib import Path

from cases.documents import kinds, verdicts
from cases.documents.joining.joined import JoinedPage
from cases.documents.models import Document, Guess, Version
from cases.documents.sandbox import pages, sheets
from cases.documents.sandbox import run as sandbox
from cases.documents.verdicts import Verdict
from portal import clock
from portal.actors import SYSTEM
from portal.history.actions import record
from portal.vault import files


def make(version: Version, folder: Path, still_ours: Callable[[], None]) -> Verdict:
    """The verdict; the PDF lies in folder/clean. Raises Busy, Away, ClaimLost.

    A photo that was refused is left out, and the verdict notes that a page is missing.
    """
    photos = sources(version)
    if not photos:
        return Verdict(verdicts.REFUSED, verdicts.NO_PHOTOS)
    turns = dict(JoinedPage.objects.filter(joined=version.document_id).values_list("photo", "turn"))
    try:
        for first in range(0, len(photos), sheets.AT_A_TIME):
            some = list(enumerate(photos, 1))[first : first + sheets.AT_A_TIME]
            for number, photo in some:
                files.lay_out(photo.file, folder / f"photo-{number}")
            sandbox.make_sheets(
                folder, [[number, photo.file_kind, turns.get(photo.document_id, 0)] for number, photo in some]
            )
            for number, _photo in some:
                (folder / f"photo-{number}").unlink()
            still_ours()
        sandbox.bind(folder, len(photos), draw=pages.BATCH)
    except verdicts.Refusal as refusal:
        return Verdict(verdicts.REFUSED, refusal.reason)
    version.checked_for_viruses = all(photo.checked_for_viruses for photo in photos)
    is_poor = any(poor_notes(photo, turns.get(photo.document_id, 0)) for photo in photos)
    notes = [verdicts.MISSING_PAGES] if len(photos) < len(version.made_of) else []
    notes += [verdicts.LOST_PAGE] if not notes and _has_lost_a_page(version) else []
    notes += [verdicts.POOR_PAGES] if is_poor else []
    return Verdict(verdicts.READY, "", notes, len(photos), kinds.PDF.code)


def withdraw_outdated(refused: Version) -> list[Document]:
    """The new copy cannot be made: earlier ones with a photo that was taken out since must not stand for it.

    Whose reading changes by that. A copy that somebody is changing just now is left to them.
    """
    earlier = Version.objects.live().filter(document=refused.document, number__lt=refused.number)
    earlier = earlier.exclude(made_of__contained_by=refused.made_of).select_for_update(of=("self",), skip_locked=True)
    outdated = list(earlier)
    if not outdated:
        return []
    rows = Version.objects.filter(pk__in=[version.pk for version in outdated])
    rows.update(withdrawn_at=clock.now(), withdrawn_by=refused.put_in_by)
    numbers = [version.number for version in outdated]
    Guess.objects.filter(document=refused.document, version_number__in=numbers).delete()
    about = {"patient": refused.case.patient_id, "case": refused.case_id}
    record(SYSTEM, "document.copies_withdrawn", refused.document, **about)
    shown = {photo for version in outdated for photo in version.made_of}
    return [refused.document, *Document.objects.filter(pk__in=shown)]


def sources(version: Version) -> list[Version]:
    """The photos of a joined version in order, each in its newest version that is a ready picture."""
    ready = Version.objects.ready().filter(document__in=version.made_of, file_kind__in=kinds.OF_ONE_PICTURE)
    newest = {photo.document_id: photo for photo in ready.select_related("file__key").order_by("number")}
    return [newest[photo] for photo in version.made_of if photo in newest]


def _has_lost_a_page(version: Version) -> bool:
    """Whether a photo that could not be opened was erased, and nobody has added a page since."""
    earlier = Version.objects.ready().filter(document=version.document, number__lt=version.number)
    before = earlier.order_by("-number").first()
    if before is None or not set(version.made_of) <= set(before.made_of):
        return False
    gone = set(before.made_of) - set(version.made_of)
    is_erased = bool(gone) and not Document.objects.filter(pk__in=gone).exists()
    return verdicts.LOST_PAGE in before.notes or (is_erased and verdicts.MISSING_PAGES in before.notes)


def poor_notes(photo: Version, turn: int) -> list[str]:
    """What makes a page hard to read; one that lies on its side and was turned is upright."""
    lying = set(verdicts.LYING.values()) if turn else set()
    return [note for note in photo.notes if note in verdicts.HARD_TO_READ - lying]
