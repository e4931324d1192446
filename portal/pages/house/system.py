"""The system page's lines in words: what each is, how it is now, and what to do where it is not well."""

import datetime as dt
from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal import when
from portal.health import Part

# In the order of the page: what patients would miss first stands first.
TITLES: dict[str, Promise] = {
    "sender": _("Messages"),
    "due": _("Oldest message that waits"),
    "mail": _("Mail"),
    "backup": _("Backup"),
    "scanner": _("Virus scanner"),
    "storage": _("Stored files"),
    "room": _("Room on the disk"),
    "files": _("Files read through"),
    "record": _("Record of what happened"),
    "database": _("Database"),
    "size": _("Size of the database"),
    "locks": _("Waiting inside the database"),
    "broker": _("Tasks in the background"),
    "reader": _("Reading of photos"),
    "zones": _("Time zones"),
    "update": _("Versions"),
    "steps": _("Second step of our team"),
}
WELL: dict[tuple[str, str], Promise] = {
    ("sender", ""): _("Last looked %(at)s."),
    ("due", ""): _("Nothing is overdue."),
    ("mail", ""): _("The last message was taken %(at)s. Patients’ addresses that wait on the board: %(also)s."),
    ("mail", "none"): _("Nothing was sent yet."),
    ("backup", ""): _("The newest was made %(at)s, and was shown to come back."),
    ("scanner", ""): _("It answers. What it knows is from %(at)s."),
    ("storage", ""): _("Files can be written and read."),
    ("room", ""): _("%(free)s of %(total)s are free."),
    ("room", "bucket"): _("Files lie in a bucket, which has its own limit."),
    ("files", ""): _("Read through %(at)s. Each is there and whole."),
    ("record", ""): _("Sealed each night, and last proved %(at)s."),
    ("record", "new"): _("Sealed each night. It is proved for the first time within a week."),
    ("database", ""): _("It answers."),
    ("size", ""): _("%(size)s."),
    ("locks", ""): _("Nobody waits."),
    ("broker", ""): _("They are handed on at once."),
    ("reader", ""): _("The program that reads photos runs."),
    ("reader", "none"): _("There is none: photos of text open, without words to search."),
    ("zones", ""): _("The rules are those of %(also)s."),
    ("update", ""): _("%(also)s."),
    ("steps", ""): _("Everybody has one."),
}
# How it is, and what to do.
UNWELL: dict[tuple[str, str], tuple[Promise, Promise]] = {
    ("sender", "never"): (
        _("Nothing has looked for messages to send yet."),
        _("Ask who runs the server to start the worker and the beat. Nothing is lost: what is due goes out then."),
    ),
    ("sender", "late"): (
        _("It last looked %(at)s, and should look twice a minute."),
        _("Ask who runs the server to start the worker and the beat. Nothing is lost: what is due goes out then."),
    ),
    ("sender", "mail_away"): (
        _("The mail server has not answered since %(at)s. Messages wait."),
        _("Ask your mail provider. Nothing is lost: each message goes out once when it answers again."),
    ),
    ("due", "overdue"): (
        _("A message waits since %(at)s."),
        _("Look at the lines Messages and Mail. If both are well, ask a coordinator to look in Reminders."),
    ),
    ("mail", "ours"): (
        _("Mail to people of our own team does not arrive: %(also)s."),
        _("On the page People, see whose address is wrong. They change it in their account, or you invite them anew."),
    ),
    ("backup", "none"): (
        _("Nothing is backed up."),
        _("Ask who runs the server to set BACKUP_TO and BACKUP_KEY. Keep both keys away from the server."),
    ),
    ("backup", "never"): (
        _("No backup has been tried out yet."),
        _("The first is made in the night and tried out then. If this stays until tomorrow, ask who runs the server."),
    ),
    ("backup", "unproved"): (
        _("There is no backup of the last days that was shown to come back."),
        _("Ask who runs the server today. The command verify_backup says why."),
    ),
    ("backup", "late"): (
        _("The newest was made %(at)s, and has not been tried out for more than a week."),
        _("Ask who runs the server to look why the weekly try-out does not run."),
    ),
    ("scanner", "none"): (
        _("There is none. Files open, marked as not checked for viruses."),
        _("Ask who runs the server to start the scanner and to set CLAMD_URL."),
    ),
    ("scanner", "away"): (
        _("It does not answer. New files wait."),
        _("Ask who runs the server to start it again. Files are checked within two minutes then."),
    ),
    ("scanner", "undated"): (
        _("It answers, and does not say how old what it knows is."),
        _("Ask who runs the server to let freshclam fetch the lists of viruses."),
    ),
    ("scanner", "old"): (
        _("What it knows is from %(at)s. New viruses pass it."),
        _("Ask who runs the server why freshclam fetches nothing. It needs a way out to the internet."),
    ),
    ("storage", "away"): (
        _("Files cannot be written or read. People are asked to try later."),
        _("Ask who runs the server at once. A full disk or a missing folder is the usual cause."),
    ),
    ("room", "short"): (
        _("Only %(free)s of %(total)s are free."),
        _("Ask who runs the server for more room before it is full. A full disk takes no new file."),
    ),
    ("files", "never"): (
        _("They have not been read through yet."),
        _("The first look comes within a day. If this stays until tomorrow, ask who runs the server."),
    ),
    ("files", "astray"): (
        _("Some do not fit. Damaged: %(also)s. Nothing was removed."),
        _("Ask who runs the server. The commands verify_files and find_orphans say which."),
    ),
    ("files", "late"): (
        _("They were last read through %(at)s, and should be each day."),
        _("Ask who runs the server to look whether the worker and the beat run."),
    ),
    ("record", "never"): (
        _("It has not been sealed yet."),
        _("The first night seals it. If this stays until tomorrow, ask who runs the server."),
    ),
    ("record", "late"): (
        _("The last nights are not sealed."),
        _("Ask who runs the server to look whether the worker and the beat run."),
    ),
    ("record", "faults"): (
        _("The record is not as it was sealed."),
        _("Ask who runs the server today. The command verify_history says which nights."),
    ),
    ("database", "away"): (
        _("It does not answer."),
        _("Ask who runs the server at once."),
    ),
    ("locks", "held"): (
        _("Somebody waits, or something was left open: %(also)s."),
        _("If pages are slow for more than some minutes, ask who runs the server to restart the web and the worker."),
    ),
    ("broker", "away"): (
        _("They are not handed on. Work goes on, a little later."),
        _("Ask who runs the server to start Redis again. Nothing is lost."),
    ),
    ("reader", "away"): (
        _("The program that reads photos does not run, or lacks a language. Photos open, without words to search."),
        _("Ask who runs the server to look at the setting TEXT_ENGINE."),
    ),
    ("zones", "old"): (
        _("The rules are those of %(also)s. Calls may be shown an hour off where a law has changed."),
        _("Ask who runs the server for the newest release of the portal."),
    ),
    ("update", "half"): (
        _("An upgrade ended half-way. Steps that are missing: %(also)s."),
        _("Ask who runs the server to run the upgrade again."),
    ),
    ("steps", "without"): (
        _("People of our team who have none yet: %(also)s."),
        _("They set one up when they next sign in, before they see anything. The page People says who."),
    ),
}
AWAY = (_("It could not be looked at just now."), _("Open this page again in some minutes."))


@dataclass(frozen=True)
class Line:
    """One line of the page."""

    name: str
    title: str
    is_well: bool
    words: str
    todo: str = ""


def lines(parts: list[Part]) -> list[Line]:
    """The lines in the order of the page. The reader's language and zone must be active."""
    known = {part.name: part for part in parts}
    return [line(known[name]) for name in TITLES if name in known]


def line(part: Part) -> Line:
    title, filled = str(TITLES[part.name]), _filled(part)
    if part.is_well:
        return Line(part.name, title, True, str(WELL[part.name, part.why]) % filled)
    words, todo = UNWELL.get((part.name, part.why), AWAY)
    return Line(part.name, title, False, str(words) % filled, str(todo))


def _filled(part: Part) -> dict[str, str]:
    """What stands in the sentences of a line."""
    filled = {"at": _moment(part.at), "also": part.also}
    if part.name == "room" and " " in part.also:
        free, total = part.also.split()
        filled |= {"free": filesizeformat(int(free)), "total": filesizeformat(int(total))}
    if part.name == "size" and part.also:
        filled["size"] = filesizeformat(int(part.also))
    return filled


def _moment(at: dt.datetime | None) -> str:
    return when.moment(at) if at else "–"
