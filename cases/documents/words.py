"""What people read about a file: why it was refused, what to know of it, where it stands."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.case import offices
from cases.case.models import Case
from cases.documents import kinds, verdicts
from cases.documents.models import Document, Guess, Version
from cases.documents.rules import Limits
from portal import when
from portal.accounts.models import User

MB = 1024 * 1024
GB = 1024 * MB

NOTES = {
    verdicts.DARK: gettext_lazy("It looks dark."),
    verdicts.BLURRED: gettext_lazy("It looks a little blurred."),
    verdicts.SMALL: gettext_lazy("It is small, so the words may be hard to read."),
    verdicts.SIDEWAYS: gettext_lazy("It lies on its side."),
    verdicts.UPSIDE_DOWN: gettext_lazy("It is upside down."),
    verdicts.POOR_PAGES: gettext_lazy("One of its pages is hard to read. You can take that photo again."),
    verdicts.MISSING_PAGES: gettext_lazy("A page is missing, its photo couldn’t be opened. Take that photo again."),
    verdicts.LOST_PAGE: gettext_lazy("One page couldn’t be opened and is left out. Take a photo of it and add it."),
    verdicts.ATTACHMENTS_REMOVED: gettext_lazy(
        "There were other files inside this one. We left them out. Add them on their own if they matter."
    ),
    verdicts.SCRIPTS_REMOVED: gettext_lazy("We took out parts that can run by themselves. All pages are here."),
    verdicts.TEXT_ONLY: gettext_lazy("We show the words, headings and tables of this file, not its own layout."),
    verdicts.PICTURES_LEFT_OUT: gettext_lazy("Pictures in it are not shown. To show them, save it as a PDF."),
    verdicts.FIRST_PICTURES: gettext_lazy(
        "We show what is in it and the first picture of each series. The file itself is kept as it was sent."
    ),
    verdicts.NO_PICTURE: gettext_lazy("Some of its pictures can’t be shown here. A doctor’s program can open them."),
    verdicts.LETTERS_MISSING: gettext_lazy("We can’t show some of its letters. To show them, save it as a PDF."),
}


def limits() -> Limits:
    """The limits that hold here, from the settings."""
    return Limits(
        file=settings.FILE_LIMIT_MB * MB,
        files_per_send=settings.FILES_PER_SEND,
        send=settings.SEND_LIMIT_MB * MB,
        case=settings.CASE_LIMIT_MB * MB,
    )


def reason(code: str) -> str:
    """Why a file was not taken, and what to do."""
    sentences = {
        kinds.EMPTY: _("This file is empty. Choose another one."),
        kinds.TYPE: _("Choose a PDF, Word file or photo, or pictures of a scan (DICOM)."),
        kinds.MISMATCH: _(
            "The end of this file’s name does not fit what is inside. Save it again as a PDF, or take a photo of it."
        ),
        kinds.OLD_WORD: _("This is an older Word file. Save it as a PDF or as .docx, then add that."),
        kinds.UNSAFE: _("This file didn’t pass our safety check, so we removed it."),
        "virus": _("This file didn’t pass our safety check, so we removed it."),
        "unscannable": _("This file is too large for our safety check. Save it in smaller parts and add those."),
        "locked_inside": _(
            "A part of this file is locked with a password, so we can’t check it. Save it without, then add it again."
        ),
        "size": _("Choose a file under %(mb)d MB.") % {"mb": settings.FILE_LIMIT_MB},
        "case_full": _("There is no room left for this file. Remove one you don’t need, or ask us."),
        "too_many": too_many(),
        verdicts.DAMAGED: _("We couldn’t open this file. It may be damaged. Save it once more, or take a photo of it."),
        verdicts.TOO_COMPLEX: _("We can’t open this file safely. Save it as a smaller PDF, or add photos."),
        verdicts.TOO_LONG: _("This file has too many pages. Add the part that matters."),
        verdicts.NO_WORDS: _("We found no words in this file. Save it as a PDF and add that."),
        verdicts.NO_SCANS: _("We found no scan pictures (DICOM) in this file. Add the pictures themselves."),
        verdicts.NOT_ONLY_SCANS: _(
            "A zip may hold scan pictures (DICOM) only. Leave out programs and other files, and zip it again."
        ),
        verdicts.NO_PHOTOS: _("None of these photos could be opened. Take them again."),
        verdicts.FAILED: _("We couldn’t check this file. Try again, or ask us."),
        "erased": _("This file was taken back and is erased."),
        "same": _("This file is here already. We keep one."),
        "disk": _("We couldn’t save this file just now. Try again in a few minutes. Your other files are safe."),
        "scope": _("You cannot do this here. Ask us, and we do it with you."),
    }
    return sentences.get(code, sentences[verdicts.FAILED])


def too_many() -> str:
    return _("You can add up to %(files)d files at a time.") % {"files": settings.FILES_PER_SEND}


def limits_in_words() -> str:
    """Said before anyone chooses a file."""
    return _("PDF, Word, photos or scans (DICOM). Up to %(mb)d MB each, %(files)d files and %(send)d MB at a time.") % {
        "mb": settings.FILE_LIMIT_MB,
        "files": settings.FILES_PER_SEND,
        "send": settings.SEND_LIMIT_MB,
    }


def limit_of_one_in_words() -> str:
    """The same where one file is wanted."""
    return _("One file: a photo, PDF or Word. Up to %(mb)d MB.") % {"mb": settings.FILE_LIMIT_MB}


def used_by(case: Case) -> int:
    """Bytes of the files that are here."""
    kept = Version.objects.live().exclude(state=Version.State.REFUSED).filter(case=case, made_of=[])
    return kept.aggregate(used=Sum("size"))["used"] or 0


def room_in(case: Case) -> int:
    """Bytes that still fit into the case."""
    return max(0, limits().case - used_by(case))


def room_in_words(room: int) -> str:
    """The limit of the case's files together; how much is left, once that is little."""
    if room >= limits().send:
        return _("All files of a case together: up to %(size)s.") % {"size": size_in_words(limits().case)}
    return _("There is room for %(size)s more. If you need more, ask us.") % {"size": size_in_words(room)}


def mark_of(kind: kinds.Kind) -> str:
    """The line at the foot of a copy that is set anew."""
    if kind in (kinds.DICOM, kinds.DICOM_ZIP):
        return _("First pictures only. Not for finding an illness.")
    return _("Words only. Layout and pictures are left out.")


def scan_labels() -> dict[str, str]:
    """What the facts of a scan are called on its copy; the kinds by DICOM's own codes."""
    x_ray, nuclear = _("X-ray"), _("Nuclear medicine scan")
    return {
        "title": _("Pictures of a scan"),
        "kind": _("Kind of scan"),
        "part": _("Part of the body"),
        "taken": _("Taken on"),
        "study": _("Called"),
        "pictures": _("Pictures"),
        "name": _("Name"),
        "born": _("Born"),
        "place": _("Place"),
        "kind_CT": _("CT scan"),
        "kind_MR": _("MRI scan"),
        "kind_PT": _("PET scan"),
        "kind_US": _("Ultrasound"),
        "kind_MG": _("Mammogram"),
        "kind_CR": x_ray,
        "kind_DX": x_ray,
        "kind_NM": nuclear,
        "kind_SM": _("Microscope pictures"),
    }


def size_in_words(size: int) -> str:
    """ "1.8 MB", "640 KB", "2 GB"."""
    if size < MB:
        return _("%(kb)d KB") % {"kb": max(1, round(size / 1024))}
    if size >= GB:
        return _("%(gb)s GB") % {"gb": f"{size / GB:.1f}".removesuffix(".0")}
    return _("%(mb).1f MB") % {"mb": size / MB}


def pages_in_words(pages: int) -> str:
    return ngettext("%(pages)d page", "%(pages)d pages", pages) % {"pages": pages}


def one_letter(photos: int) -> str:
    """The question at the list, when photos came together."""
    return ngettext(
        "Is this %(photos)d photo a page of a letter?", "Are these %(photos)d photos pages of one letter?", photos
    ) % {"photos": photos}


def about(version: Version) -> str:
    """ "6 pages, 1.8 MB" or "Photo, 3.4 MB"."""
    size = size_in_words(version.size)
    if version.own_kind.is_picture and version.pages <= 1:
        return _("Photo, %(size)s") % {"size": size}
    if version.pages:
        return _("%(pages)s, %(size)s") % {"pages": pages_in_words(version.pages), "size": size}
    return size


def tag(version: Version) -> dict[str, str]:
    """Label, kind and icon of the state's tag."""
    state = Version.State(version.state)
    if state == Version.State.READY:
        if {verdicts.MISSING_PAGES, verdicts.LOST_PAGE} & set(version.notes):
            return {"label": _("A page is missing"), "kind": "warn", "icon": "alert"}
        if version.is_hard_to_read:
            return {"label": _("Hard to read"), "kind": "warn", "icon": "alert"}
        if not version.checked_for_viruses:
            return {"label": _("Ready, not checked for viruses"), "kind": "ok", "icon": "check"}
        return {"label": _("Safe and ready"), "kind": "ok", "icon": "check"}
    return {
        Version.State.RECEIVED: {"label": _("Saved, check comes next"), "kind": "info", "icon": "clock"},
        Version.State.CHECKING: {"label": _("We are checking it"), "kind": "info", "icon": "clock"},
        Version.State.UNSCANNED: {"label": _("Waits for its safety check"), "kind": "info", "icon": "clock"},
        Version.State.STUCK: {"label": _("Not checked yet"), "kind": "warn", "icon": "clock"},
        Version.State.LOCKED: {"label": _("Needs a password"), "kind": "warn", "icon": "lock"},
        Version.State.REFUSED: {"label": _("Not added"), "kind": "stop", "icon": "alert"},
    }[state]


def explanation(version: Version) -> str:
    """The sentence beside the tag; "" when there is nothing to say."""
    if version.state == Version.State.REFUSED:
        return reason(version.reason)
    if version.state == Version.State.LOCKED:
        return _("This file is locked, so we can’t open it. Save a copy without the password, or ask us to help.")
    if version.state == Version.State.UNSCANNED:
        return _("It is saved. It opens by itself once our safety check is back.")
    if version.state == Version.State.STUCK:
        return _("We couldn’t check it yet. It is safe with us, and one of us looks at it. We try again each day.")
    if version.state == Version.State.READY:
        return " ".join(notes(version))
    return ""


def notes(version: Version) -> list[str]:
    """What to know about a file that is fine."""
    said = [str(NOTES[code]) for code in version.notes if code in NOTES]
    if version.is_hard_to_read:
        said.append(_("You can take it again, or keep this one."))
    return said


def dated(document: Document) -> str:
    """The day of a document: as it was said, else as it was guessed, and how."""
    if document.dated_said_by_id:
        return _("Dated %(day)s") % {"day": _day(document.dated_on)} if document.dated_on else ""
    guess = guess_of(document)
    if guess is None or guess.dated_on is None:
        return ""
    if guess.dated_from != Guess.From.TEXT and guess.dated_on == when.as_date(document.put_in_at):
        return ""  # made or photographed to be added: that says nothing of the paper
    sentences = {
        Guess.From.TEXT: _("Dated %(day)s, we think"),
        Guess.From.FILE: _("File made on %(day)s"),
        Guess.From.PHOTO: _("Photo taken on %(day)s"),
    }
    return sentences[Guess.From(guess.dated_from)] % {"day": _day(guess.dated_on)}


def written_by(document: Document) -> str:
    """The doctor or office that wrote it: as it was said, else as it was guessed."""
    if document.author_said_by_id:
        return _("From %(name)s") % {"name": document.author} if document.author else ""
    guess = guess_of(document)
    return _("From %(name)s, we think") % {"name": guess.author} if guess and guess.author else ""


def guess_of(document: Document) -> Guess | None:
    return getattr(document, "guess", None)


def guessed_of(document: Document) -> dict[str, Any]:
    """What we think and nobody has said, by the name of its field; the day only where it is written on the paper."""
    guess = guess_of(document)
    if guess is None:
        return {}
    guessed = {"kind": guess.kind, "author": guess.author, "dated_on": None}
    if guess.dated_from == Guess.From.TEXT:
        guessed["dated_on"] = guess.dated_on
    said_by = {"kind": document.kind_said_by_id, "author": document.author_said_by_id}
    said_by["dated_on"] = document.dated_said_by_id
    return {name: value for name, value in guessed.items() if value and not said_by[name]}


def _day(on: dt.date) -> str:
    return when.month_day(on, year=True)


def taken_back(thing: Document | Version, reader: User, *, until: dt.datetime | None) -> str:
    """Who took a file, or a version, back and when, and until when it can be put back."""
    by, day = thing.withdrawn_by, when.month_day(thing.withdrawn_at, year=True)
    said = _("You took it back on %(day)s.") if by == reader else _("%(name)s took it back on %(day)s.")
    sentences = [said % {"day": day, "name": by.name}]
    if until:
        sentences.append(_("It can be put back until %(day)s.") % {"day": when.month_day(until, year=True)})
    return " ".join(sentences)


def trace(document: Document, *, is_own: bool) -> str:
    """What those read who had added or opened a file that is gone since; not what it was."""
    names = {"name": document.withdrawn_by.name, "day": when.month_day(document.withdrawn_at, year=True)}
    if is_own:
        return _("A file that you added was taken back by %(name)s on %(day)s.") % names
    return _("A file that you opened was taken back by %(name)s on %(day)s.") % names


def version_added(version: Version, reader: User) -> str:
    """By whom and when a version was put in."""
    day = when.month_day(version.put_in_at, year=True)
    if office := offices.named_by(version.put_in_by_office):
        return _("Added by %(name)s on its page on %(day)s") % {"day": day, "name": office}
    if version.put_in_by == reader:
        return _("Added by you on %(day)s") % {"day": day}
    return _("Added by %(name)s on %(day)s") % {"name": version.put_in_by.name, "day": day}


def version_changed(newer: Version, older: Version) -> str:
    """What is other than before, as far as pages tell; "" while one of them cannot be read."""
    if not (newer.is_ready and older.is_ready):
        return ""
    more = newer.pages - older.pages
    if more > 0:
        said = ngettext(
            "%(pages)d page more than version %(number)d", "%(pages)d pages more than version %(number)d", more
        )
    elif more < 0:
        said = ngettext(
            "%(pages)d page fewer than version %(number)d", "%(pages)d pages fewer than version %(number)d", -more
        )
    else:
        said = _("As many pages as version %(number)d")
    return said % {"pages": abs(more), "number": older.number}
