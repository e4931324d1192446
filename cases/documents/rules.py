"""What may happen to a file: its states, and who may take it back, hide it or open it with a password."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.case.people import COORDINATOR, HELPER, PATIENT
from portal.moves import Move

SYSTEM = "system"
PEOPLE = (PATIENT, HELPER, COORDINATOR)

# The worker's verbs and the one of people that changes a version's state.
MOVES = {
    "claim": Move({"received", "unscanned", "stuck", "checking"}, "checking", {SYSTEM}),
    "pass": Move({"checking"}, "ready", {SYSTEM}),
    "lock": Move({"checking"}, "locked", {SYSTEM}),
    "refuse": Move({"checking"}, "refused", {SYSTEM}),
    "wait": Move({"checking"}, "unscanned", {SYSTEM}),  # the virus scanner is away
    "put_off": Move({"checking"}, "received", {SYSTEM}),  # the machine was busy
    "give_up": Move({"checking"}, "stuck", {SYSTEM}),  # our fault, not the file's: it is kept, and a person looks
    "check_again": Move({"stuck"}, "received", PEOPLE),
    "unlock": Move({"locked"}, "received", PEOPLE),
}

# A page that is a picture, and the machine that reads it.
READING_MOVES = {
    "claim": Move({"waiting"}, "reading", {SYSTEM}),
    "read": Move({"reading"}, "read", {SYSTEM}),
    "find_nothing": Move({"reading"}, "empty", {SYSTEM}),
    "put_off": Move({"reading"}, "waiting", {SYSTEM}),  # the machine was busy, or died: once more
    "give_up": Move({"reading"}, "unread", {SYSTEM}),
    "let_wait": Move({"unread", "empty"}, "waiting", {SYSTEM}),  # by manage.py read_again
}

KEPT_AFTER_WITHDRAWAL = dt.timedelta(days=30)
KEPT_AFTER_REFUSAL = dt.timedelta(days=1)
KEPT_AFTER_CLOSING = dt.timedelta(days=731)  # two years, a leap day included
WAIT_FOR_SCANNER = dt.timedelta(minutes=1)
PUT_OFF = dt.timedelta(seconds=30)
TRY_AGAIN = dt.timedelta(days=1)  # a check that came to nothing
ONE_LOOK = dt.timedelta(minutes=30)  # pages turned within it belong to the opening before them
LATELY = dt.timedelta(days=1)  # what one has just put in
MOST_JOINED = 40  # photos of one document
PRESSES_END = dt.timedelta(seconds=20)  # so long after the last press on its pages, a document is made anew
MOST_TRIES = 4  # then the file is kept, a person looks, and once a day it is tried again
MOST_READINGS = 3  # of a page; then it stays a picture


@dataclass(frozen=True)
class Limits:
    """In bytes and files, from the settings."""

    file: int
    files_per_send: int
    send: int
    case: int


def why_not_size(size: int, used: int, limits: Limits) -> str:
    """A reason's code, or "" when a file of this size still fits into the case."""
    if size == 0:
        return "empty"
    if size > limits.file:
        return "size"
    return "case_full" if used + size > limits.case else ""


def why_not_withdraw(role: str, is_own: bool) -> str:
    """The patient takes back any file; others what they put in themselves."""
    if role == PATIENT or (role in PEOPLE and is_own):
        return ""
    return _("Only the patient, or the person who added this file, can take it back.")


def why_not_take_version(role: str, is_own: bool, is_made: bool, has_others: bool) -> str:
    """One version by itself: as a file, but another one must stay. Of a letter of photos the pages are changed."""
    if role != PATIENT and not (role in PEOPLE and is_own):
        return _("Only the patient, or the person who added this version, can take it back.")
    if is_made:
        return _("Change the pages of this letter instead.")
    return "" if has_others else _("This is the only version. Take the whole file back instead.")


def why_not_restore(role: str, is_own: bool, took_it_back: bool, withdrawn_at: dt.datetime, now: dt.datetime) -> str:
    """For 30 days, by the patient; by the one who added it only while nobody else has taken it back."""
    if refused := why_not_withdraw(role, is_own):
        return refused
    if role != PATIENT and not took_it_back:
        return _("Only the patient, or the person who took this file back, can put it back.")
    if now - withdrawn_at > KEPT_AFTER_WITHDRAWAL:
        return _("This file is gone for good. Please add it again.")
    return ""


def why_not_join(role: str, are_own: bool, photos: int) -> str:
    """Whoever may take all of the photos back may make pages of them."""
    if role != PATIENT and not (role in PEOPLE and are_own):
        return _("Only the patient, or the person who added these photos, can join them.")
    if photos < 2:
        return _("Choose two photos or more.")
    if photos > MOST_JOINED:
        return _("You can join up to %(photos)d photos.") % {"photos": MOST_JOINED}
    return ""


def why_not_hide(role: str) -> str:
    """Only the patient decides who reads."""
    return "" if role == PATIENT else _("Only the patient can change who sees this file.")


def why_not_describe(role: str, is_own: bool) -> str:
    """What a file is, is said by the patient, by whoever added it, and by the coordinator."""
    if role in (PATIENT, COORDINATOR) or (role in PEOPLE and is_own):
        return ""
    return _("Only the patient, the person who added this file, or a coordinator can change this.")
