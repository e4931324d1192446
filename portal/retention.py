"""How long each kind of thing is kept: one table, asked by the nightly task and by `manage.py retention`.

The ages are the organisation's own choice and wait for its counsel's word; until then they are shown as such.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from django.db.models import Model, QuerySet

from bookings.company import erasing as company
from cases.case.erasure import account as erased_accounts
from cases.case.erasure import outside
from cases.case.erasure import rules as asked_rules
from cases.case.farewell import erasing as farewells
from cases.case.helping.inviting import erasing as invited
from cases.case.helping.inviting import rules as invited_rules
from cases.case.models import (
    AssignmentChange,
    ConsentChange,
    HelperChange,
    MandateChange,
    SecondReaderChange,
    UrgentLookChange,
)
from cases.desk.tray import erasing as tray
from cases.desk.tray import rules as tray_rules
from cases.documents import asked_erasing, erasing
from cases.documents import rules as documents
from cases.documents.adding import sending
from cases.records.wants import copies
from cases.records.wants import rules as wants
from cases.reviews.sentences import erasing as sentences
from portal import clock
from portal.accounts import actions as accounts
from portal.accounts import drafts
from portal.accounts.models import UserChange
from portal.actors import SYSTEM
from portal.history import actions as history
from portal.history import kept
from portal.pages import erasing_again, wished_again
from portal.reminders import rules as reminders
from portal.reminders import sender
from portal.texts.words import organisation
from portal.vault import erasures, files

CONFIRMED_BY_COUNSEL = False
SIX_YEARS = dt.timedelta(days=2192)  # never less, leap days included

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rule:
    """One kind: what goes, how long after what, which rows are due at an instant, and the erasing; it says how many.

    Kinds whose rows are erased without a line of history each are told in one line a night.
    """

    code: str
    words: str
    kept: dt.timedelta
    due: Callable[[dt.datetime], QuerySet[Any]]
    erase: Callable[[dt.datetime], int]
    is_told_each: bool = True


def _record_ends(now: dt.datetime) -> dt.datetime:
    """The database judges by its own clock, which backstage does not move."""
    return min(now, clock.real_now()) - SIX_YEARS


RIGHTS: dict[str, tuple[str, type[Model]]] = {
    "rights_of_staff": ("rows of who worked here in which role", UserChange),
    "rights_to_help": ("rows of who helped whom with what", HelperChange),
    "rights_in_law": ("rows of who acted in law for whom", MandateChange),
    "rights_in_cases": ("rows of whose case it was", AssignmentChange),
    "rights_by_consent": ("rows of who said yes to what", ConsentChange),
    "rights_to_read_along": ("rows of who read along for some days", SecondReaderChange),
    "rights_to_look": ("rows of who looked for an hour, for an urgent reason", UrgentLookChange),
}


def _rights(code: str, words: str, model: type[Model]) -> Rule:
    return Rule(
        code,
        words,
        SIX_YEARS,
        lambda now: kept.older_than(model, _record_ends(now)),
        lambda now: kept.delete_older_than(model, _record_ends(now)),
        False,
    )


RULES = [
    Rule(
        "refused_files",
        "traces of refused files, after they were refused",
        documents.KEPT_AFTER_REFUSAL,
        erasing.refused,
        lambda now: erasing.erase_versions(erasing.refused(now)),
    ),
    Rule(
        "withdrawn_files",
        "files taken back, after they were taken back",
        documents.KEPT_AFTER_WITHDRAWAL,
        erasing.taken_back,
        lambda now: erasing.erase_versions(erasing.taken_back(now)),
    ),
    Rule(
        "bytes_left",
        "bytes of files that are erased, which the store could not remove then",
        files.SOON_REMOVED,
        files.left,
        files.remove_left,
        False,
    ),
    Rule(
        "not_ours_papers",
        "papers that came in and are not ours, after that was said",
        tray_rules.KEPT_WHEN_NOT_OURS,
        tray.due,
        tray.erase_due,
    ),
    Rule(
        "identity_copies",
        "copies of an ID, when their visit has no day; else they go the day after it",
        wants.KEPT_WITHOUT_A_DAY,
        copies.due,
        copies.erase_due,
    ),
    Rule(
        "unfinished_intake",
        "sign-ups with their answers, when the address was not confirmed",
        drafts.LASTS,
        accounts.unconfirmed,
        accounts.forget_unconfirmed,
    ),
    Rule(
        "files_not_arrived",
        "names of files that were begun and never arrived",
        documents.LATELY,
        sending.old,
        sending.delete_old,
        False,
    ),
    Rule("drafts", "what was typed and never sent", drafts.LASTS, drafts.old, drafts.delete_old, False),
    Rule(
        "invited_addresses",
        "names and addresses of people who were asked to help, after that was over",
        invited_rules.ADDRESS_KEPT,
        invited.due,
        invited.forget,
        False,
    ),
    Rule(
        "companions",
        "names and addresses of people who were with a patient on a call, after it",
        company.KEPT,
        company.due,
        company.forget,
        False,
    ),
    Rule(
        "message_words",
        "words of messages, after they were written",
        reminders.BODIES_KEPT,
        sender.old_bodies,
        sender.forget_bodies,
        False,
    ),
    Rule(
        "own_sentences",
        "sentences of a consultant's own, when the account has ended or is no consultant's any more",
        sentences.KEPT_AFTER_THE_ACCOUNT,
        sentences.left,
        sentences.forget,
        False,
    ),
    Rule(
        "closed_cases",
        "words and files of cases, after they were closed",
        documents.KEPT_AFTER_CLOSING,
        erasing.closed_cases,
        lambda now: erasing.erase_cases(erasing.closed_cases(now)),
    ),
    Rule(
        "asked_erasures",
        "words and files of cases, after their patient asked to erase them and did not take it back",
        asked_rules.WAITS,
        asked_erasing.due,
        asked_erasing.erase_due,
    ),
    Rule(
        "erased_accounts",
        "how people sign in and are reached, after their page was erased",
        asked_rules.SIGN_IN_KEPT,
        erased_accounts.due,
        erased_accounts.forget_due,
    ),
    Rule(
        "farewell_words",
        "why it was decided so after a death, after it was said (30 days when it was not true)",
        farewells.WORDS_KEPT,
        farewells.due,
        farewells.forget,
        False,
    ),
    Rule(
        "access_record",
        "lines of the record of what happened",
        SIX_YEARS,
        lambda now: history.older_than(_record_ends(now)),
        lambda now: history.delete_older_than(_record_ends(now)),
        False,
    ),
    *(_rights(code, words, model) for code, (words, model) in RIGHTS.items()),
]


def night(now: dt.datetime) -> dict[str, int]:
    """What is due, what an archive brought back although it had been erased, and the list of that for the next one."""
    try:
        return run(now)
    finally:
        try:
            wished_again.run()
        finally:
            erasing_again.run()
            erasing.list_lately_erased(now)
            erasures.keep()
            outside.keep()


def run(now: dt.datetime) -> dict[str, int]:
    """Erase what is due, kind by kind; how many of each. One that fails keeps no other, and is raised at the end."""
    erased: dict[str, int] = {}
    failed: Exception | None = None
    for rule in RULES:
        try:
            erased[rule.code] = rule.erase(now)
        except Exception as error:
            log.exception("retention_failed", kind=rule.code)
            failed = failed or error
            continue
        if erased[rule.code] and not rule.is_told_each:
            history.record(SYSTEM, "retention.erased", organisation(), why=f"{rule.code} {erased[rule.code]}")
    if failed:
        raise failed
    return erased
