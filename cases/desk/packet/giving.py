"""A packet as the answer to a request: the list is taken once, and what leaves is what it says."""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from cases.desk.packet import actions, made
from cases.desk.packet.contents import Packet, Part
from cases.documents import kinds
from cases.documents.models import Version
from cases.documents.reading.giving import attachment, streamed
from portal.errors import Refused
from portal.vault.keys import KeyGone
from portal.vault.models import StoredFile

GONE = (FileNotFoundError, KeyGone, StoredFile.DoesNotExist)


def give(packet: Packet, how: str, now: datetime, *, is_head: bool = False) -> HttpResponseBase:
    """One PDF, or a ZIP. Raises Refused when nothing is in it, or a file of it is gone since."""
    if not packet.parts:
        raise Refused(_("There is no document for this visit yet."), code="empty")
    kind = kinds.PDF if how == actions.AS_PDF else kinds.DICOM_ZIP
    name = f"records-{packet.case.reference}{kind.endings[0]}"
    if is_head:  # what would come, without making it
        return streamed([], name, kind)
    try:
        if how == actions.AS_PDF:
            opened = made.one_pdf(packet, now)
            size = opened.seek(0, 2)
            opened.seek(0)
            return streamed(made.pieces(opened), name, kind, size=size)
        return streamed(made.zipped(packet, now), name, kind)
    except GONE:
        if _are_here(packet.parts):
            raise
        raise Refused(_gone(), code="gone") from None


def give_file(part: Part) -> HttpResponseBase:
    """One file of it. Raises Refused when it is gone since."""
    try:
        return attachment(part.stored, part.file_name, part.kind)
    except GONE:
        if _are_here([part]):
            raise
        raise Refused(_gone(), code="gone") from None


def _are_here(parts: Sequence[Part]) -> bool:
    """What was erased a moment ago is not there; bytes that are lost are a fault."""
    versions = [part.version.pk for part in parts]
    return Version.objects.ready().filter(pk__in=versions, case__key__destroyed_at=None).count() == len(versions)


def _gone() -> str:
    return _("A file was taken back just now. Open the page again.")
