"""Papers that go with a letter: what was signed by hand, the office's own form. Files of the case, pages behind it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.signatures import SignedHow
from cases.desk.letters import visits
from cases.desk.letters.models import Letter
from cases.desk.letters.states import LetterKind
from cases.documents import kinds
from cases.documents.models import Document, Version
from cases.documents.sandbox import run as sandbox
from cases.documents.verdicts import Refusal
from cases.documents.worker import checking
from cases.records.models import IdentityCopy
from portal.errors import Refused
from portal.vault import files

PERMISSION, AUTHORITY, OWN_FORM = "permission", "authority", "own_form"
IDENTITY = "identity"
NAMES = {
    PERMISSION: gettext_lazy("The permission, signed on paper"),
    AUTHORITY: gettext_lazy("That we may ask, signed on paper"),
    OWN_FORM: gettext_lazy("The office’s own form"),
}


def of(letter: Letter) -> dict[str, UUID]:
    """The documents that belong with a letter, by what each is. None with a code: they carry the birth date."""
    if letter.kind == LetterKind.CODE:
        return {}
    release, authority, found = letter.release, letter.authority, {}
    if release and release.how == SignedHow.PAPER and release.paper_id:
        found[PERMISSION] = release.paper_id
    if authority.how == SignedHow.PAPER and authority.paper:
        found[AUTHORITY] = authority.paper
    if release and release.own_form_id:
        found[OWN_FORM] = release.own_form_id
    return found


def behind(letter: Letter) -> dict[str, Version | IdentityCopy]:
    """Those that can be pages of it: their newest copies that passed our checks and are not for the patient alone.

    The copy of the ID comes last. It is no file of the case.
    """
    wanted = of(letter)
    ready = Version.objects.ready().newest_ready().filter(document__in=wanted.values(), document__only_me=False)
    found = {version.document_id: version for version in ready.filter(case=letter.case_id).select_related("file__key")}
    pages: dict[str, Version | IdentityCopy] = {}
    if letter.kind == LetterKind.PASS_ON:
        pages |= {str(version.pk): version for version in report_of(letter)}
    pages |= {what: found[document] for what, document in wanted.items() if document in found}
    copy = letter.identity
    return pages | {IDENTITY: copy} if copy and copy.is_ready else pages


def report_of(letter: Letter) -> list[Version]:
    """The files that the page was made for, while they may be passed on: none that came later."""
    here = {version.document_id for version in visits.report_files(letter.visit)}
    found = Version.objects.ready().filter(pk__in=letter.files, document__in=here).select_related("file__key")
    return sorted(found, key=lambda version: letter.files.index(str(version.pk)))


def is_less_than_went(letter: Letter) -> bool:
    """Whether a file of the report that went with it cannot be printed with it any more."""
    return letter.sent_at is not None and len(report_of(letter)) < len(letter.files)


def by_hand(letter: Letter) -> list[dict[str, str]]:
    """Those that are still here and cannot be: to be put with it by hand, once they can be opened."""
    there = behind(letter)
    missing = {document: what for what, document in of(letter).items() if what not in there}
    here = Document.objects.here().filter(pk__in=missing, only_me=False)
    return [{"label": str(NAMES[missing[row.pk]]), "href": row.get_absolute_url()} for row in here]


def joined(content: bytes, papers: Sequence[Version | IdentityCopy]) -> bytes:
    """The letter with the papers behind it, put together where files are opened. Raises Refused when it cannot be."""
    if not papers:
        return content
    try:
        with sandbox.room(checking.rooms()) as folder:
            (folder / "letter").write_bytes(content)
            first = {"file": "letter", "kind": kinds.PDF.code, "pages": 0}
            sandbox.append(folder, [first, *(_laid_out(paper, folder) for paper in papers)])
            return (folder / "packet").read_bytes()
    except (Refusal, sandbox.Busy) as error:
        said = _("We couldn’t put the papers with the letter just now. Try again in a few minutes.")
        raise Refused(said, code="busy") from error


def _laid_out(paper: Version | IdentityCopy, folder: Path) -> dict[str, Any]:
    name = f"paper-{paper.pk}"
    files.lay_out(paper.file, folder / name)
    return {"file": name, "kind": paper.file_kind, "pages": paper.pages}
