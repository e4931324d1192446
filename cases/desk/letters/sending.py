"""A letter goes out: whether it may, what is said of its records then, and what stops it at the last moment."""

import json

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.actions import ask_to_do, must, settle_to_do
from cases.case.authority import Authority
from cases.case.models import Office, ToDo
from cases.desk.letters import filling, rules, visits
from cases.desk.letters.models import Letter
from cases.desk.letters.paper import link_of
from cases.desk.letters.states import REFERRALS, WITHOUT_RELEASE, LetterEnded, LetterKind, SentHow, why_of
from cases.desk.links.actions import code_went_out, standing_of
from cases.desk.links.rules import Standing
from cases.desk.primary.actions import PRIMARY_OFFICE
from cases.documents.models import Version
from cases.records.actions import move_referral
from cases.records.items import telling
from cases.records.items.telling import lock_case
from cases.records.models import RecordItem, ReferralLetter, Release, Visit
from cases.records.planning import FAX_LETTER
from cases.records.release import keeping as release_keeping
from cases.records.release.states import ReleaseState
from cases.records.report.actions import tell_report
from cases.records.rules import REFERRAL_MOVES
from cases.records.states import THERE, ItemState, ReportState
from cases.records.wants import fees
from portal import clock, phones
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation

ENDED = {
    LetterEnded.TAKEN_BACK: gettext_lazy(
        "The permission was taken back. Do not send this letter. If the paper is out, ask for it back; one of us calls."
    ),
    LetterEnded.REPLACED: gettext_lazy("A newer permission stands. Make a new letter and send that one."),
    LetterEnded.STOPPED: gettext_lazy("This letter was stopped. Make a new one when what was missing is there."),
    LetterEnded.CHANGED: gettext_lazy("What it says has changed since it was made. Make a new one, and send that."),
    LetterEnded.NOT_NEEDED: gettext_lazy("Nothing on it is left to ask for. Nobody needs to send it."),
}
ASKS_BACK = {LetterEnded.TAKEN_BACK, LetterEnded.STOPPED, LetterEnded.CHANGED}  # where its paper may be out
PAST_US = THERE | {ItemState.SENT}
TOGETHER = ("case__patient", "case__key", "visit", "office", "identity", "release__paper", "authority")
LETTER_OUT = "letter_out"  # a to-do: paper that may be out must not be answered any more


def sent(letter: Letter, how: str, *, by: Actor) -> Letter:
    """Say that a letter went out: its records are asked for, in one breath. Said twice it is said once.

    Whether it may is asked again at this moment. Raises Refused where it must not go; that it is stopped stays then.
    """
    if how not in SentHow.values:
        raise Refused(_("Choose how the letter goes."))
    letter, why = _sent(letter, how, by)
    if why:
        raise Refused(why, code="stopped")
    return letter


@transaction.atomic
def _sent(letter: Letter, how: str, by: Actor) -> tuple[Letter, str]:
    must("take_papers", letter.case, by)
    lock_case(letter.case)
    letter = _fresh(letter)
    if letter.sent_at is not None:
        return letter, ""
    if why := stopped(letter, by=by) or why_void(letter):
        return letter, why
    _mark_sent(letter, how, by, told_by=by)
    _tell(letter, by)
    return letter, ""


@transaction.atomic
def went_out(letter: Letter, how: SentHow, *, by: Actor) -> None:
    """It is out, whatever has changed since it was handed over: it never goes a second time. `by`: who pressed.

    What may not be said of its records any more, or not by that person, is one of ours to look after.
    """
    lock_case(letter.case)
    letter = _fresh(letter)
    if letter.sent_at is None:
        _mark_sent(letter, how, by, told_by=SYSTEM)
    elif letter.kind != LetterKind.PASS_ON:  # a report that did not arrive the first time goes once more
        return
    try:
        with transaction.atomic():
            if letter.ended_at is not None:
                raise Refused(str(ENDED[LetterEnded(letter.ended_why)]))
            _tell(letter, by)
    except Refused:
        asked = "" if letter.ended_at else _("It is out by fax. Say in the records that they are asked for.")
        _ask_back(letter, SYSTEM, asked)


def _mark_sent(letter: Letter, how: str, by: Actor, *, told_by: Actor) -> None:
    letter.sent_at, letter.sent_how, letter.sent_by = clock.now(), how, by.user
    letter.save(update_fields=["sent_at", "sent_how", "sent_by"])
    record(told_by, "letter.sent", letter, patient=letter.case.patient_id, case=letter.case_id, why=why_of(how))
    for version in Version.objects.filter(pk__in=letter.files):  # they went, whatever holds by now
        record(
            by, "document.downloaded", version, patient=letter.case.patient_id, case=letter.case_id, why=PRIMARY_OFFICE
        )
    if link := link_of(letter):
        code_went_out(link, by=told_by)


def _tell(letter: Letter, by: Actor) -> None:
    if letter.kind in {LetterKind.REPORT, LetterKind.PASS_ON}:
        _tell_of_report(letter, by)
        return
    if letter.kind in REFERRALS:
        _tell_of_referral(letter, by)
        return
    items = _items(letter)
    for item in items:
        if verb := rules.verb_of(letter.kind, item.state):
            telling.tell(item, verb, by=by)
    if json.loads(letter.said).get("made_of", {}).get("paid"):
        fees.tell_by_letter(items, by=by)


def _tell_of_report(letter: Letter, by: Actor) -> None:
    loop = visits.loop_of(letter.visit)
    if loop is None or not visits.is_open(letter.kind, letter.visit):
        return
    if letter.kind == LetterKind.REPORT:
        tell_report(loop, "asked" if loop.state == ReportState.NOT_ASKED else "asked_again", by=by)
        return
    tell_report(loop, "passed_on", by=by)


def _tell_of_referral(letter: Letter, by: Actor) -> None:
    """It was asked for, or once more; and whoever asked us to fax the patient's letter hears that it went."""
    referral = visits.referral_of(letter.visit)
    if referral is None:
        return
    if referral.state in REFERRAL_MOVES["asked"].sources:
        move_referral(letter.case, "asked", round=letter.visit.round, by=by)
    else:
        for item in _items(letter):
            if item.state in rules.WAITS:
                telling.tell(item, "asked_again", by=by)
    rows = ReferralLetter.objects.filter(referral=referral, kind=letter.kind)
    for todo in ToDo.objects.open().filter(kind=FAX_LETTER, about_id__in=[str(row.pk) for row in rows]):
        settle_to_do(todo, by=by)


def why_void(letter: Letter) -> str:
    """That the code on its paper opens nothing any more; empty where it does. What is faxed from here is drawn anew."""
    link = link_of(letter)
    if link is None or not link.renewed_at or not letter.printed_at or letter.printed_at >= link.renewed_at:
        return ""
    return _("There is a newer code since this page was printed. Print it once more, and send that page.")


def why_not(letter: Letter, visit: Visit | None = None) -> str:
    """Why a letter that was made may not go out at this moment; empty when it may. `visit`: as it was read just now."""
    return _stands_in_its_way(letter, visit)[1]


def _stands_in_its_way(letter: Letter, visit: Visit | None = None) -> tuple[LetterEnded, str]:
    """As what it would end at this moment, and why in words; no words where it may go."""
    if letter.ended_at is not None:
        ended = LetterEnded(letter.ended_why)
        return ended, str(ENDED[ended])
    visit, items = visit or filling.fresh_visit(letter.visit), _items(letter)
    if reason := _why_not_permitted(letter, visit, items):
        return LetterEnded.STOPPED, reason
    if not _is_left_to_ask(letter, visit, items):
        return LetterEnded.NOT_NEEDED, str(ENDED[LetterEnded.NOT_NEEDED])
    if reason := visits.why_not(letter.kind, visit):
        return LetterEnded.STOPPED, reason
    if not filling.is_still_so(letter, visit, items):
        return LetterEnded.CHANGED, str(ENDED[LetterEnded.CHANGED])
    return LetterEnded.STOPPED, ""


def _why_not_permitted(letter: Letter, visit: Visit, items: list[RecordItem]) -> str:
    if reason := filling.why_not(visit):
        return reason
    if letter.authority.withdrawn_at is not None:
        return _("It is not signed any more that we may ask by this letter. Make a new one.")
    if letter.kind == LetterKind.CODE:
        link = link_of(letter)
        is_over = link is None or standing_of(link) == Standing.OVER
        return _("The page of that office is closed: no code opens it.") if is_over else ""
    if letter.kind in WITHOUT_RELEASE:
        if visits.office_of(letter.kind, visit) != letter.office:
            return _("It would go to another office now. Make a new letter.")
        return _why_not_passed_on(visit, items) if letter.kind == LetterKind.COVER else ""
    if letter.identity and not letter.identity.is_ready:
        return _("The copy of the ID that goes with it is erased. Make a new letter.")
    if letter.release is None or not letter.release.is_signed:
        return _("What was signed for this letter stands no more. Make a new one.")
    if any(item.holder_id != letter.office_id for item in items):
        return _("Another office has one of these records now. Make a new letter.")
    today, signed = clock.today(visit.zone), release_keeping.signed_for(visit)
    reasons = (release_keeping.why_not(item, visit, signed, today) for item in items)
    return next((str(why.label) for why in reasons if why), "")


def _why_not_passed_on(visit: Visit, items: list[RecordItem]) -> str:
    may_go = {item.pk for item in filling.passed_on(visit, clock.now())}
    if {item.pk for item in items if item.state not in PAST_US} <= may_go:
        return ""
    return _("Something on this page may not be passed on any more. Make a new letter.")


def _is_left_to_ask(letter: Letter, visit: Visit, items: list[RecordItem]) -> bool:
    if letter.kind in WITHOUT_RELEASE:
        return visits.is_open(letter.kind, visit)
    return any(rules.verb_of(letter.kind, item.state) for item in items)


def stopped(letter: Letter, *, by: Actor) -> str:
    """The same; and then the letter ends, with a call to the office where the paper may be out. Under the lock."""
    why, reason = _stands_in_its_way(letter)
    if reason and letter.ended_at is None:
        _end(letter, why, by)
    return reason


@transaction.atomic
def follow_release(release: Release, *, by: Actor) -> None:
    """A permission ended: its letters go no more. Records call it, in their own transaction."""
    why = LetterEnded.TAKEN_BACK if release.state == ReleaseState.TAKEN_BACK else LetterEnded.REPLACED
    for letter in Letter.objects.to_go().filter(release=release).select_related("case__patient", "office"):
        _end(letter, why, by)


@transaction.atomic
def follow_authority(authority: Authority, *, by: Actor) -> None:
    """Nobody may ask by it any more: its letters go no more. Cases call it, in their own transaction."""
    if authority.withdrawn_at is None:
        return
    for letter in Letter.objects.to_go().filter(authority=authority).select_related("case__patient", "office"):
        _end(letter, LetterEnded.TAKEN_BACK, by)


def follow_office(office: Office, *, by: Actor) -> None:
    """Its entry was changed: letters that say otherwise go no more. The caller holds the lock of every case."""
    names_it = Q(office=office) | Q(visit__office=office) | Q(case__clinicians__clinician__office=office)
    pks = Letter.objects.to_go().filter(names_it).values("pk")
    for letter in Letter.objects.filter(pk__in=pks).select_related(*TOGETHER):
        if not filling.is_still_so(letter, filling.fresh_visit(letter.visit), _items(letter)):
            _end(letter, LetterEnded.CHANGED, by)


def _end(letter: Letter, why: LetterEnded, by: Actor) -> None:
    letter.ended_at, letter.ended_why = clock.now(), why
    letter.save(update_fields=["ended_at", "ended_why"])
    record(by, "letter.ended", letter, patient=letter.case.patient_id, case=letter.case_id, why=why_of(why))
    if letter.printed_at and why in ASKS_BACK:
        _ask_back(letter, by)


def _ask_back(letter: Letter, by: Actor, also: str = "") -> None:
    """A paper of ours is out, or may be, that nobody should answer as it is: one of us rings the office."""
    office = letter.office
    note = ", ".join(part for part in (letter.reference, office.name, phones.shown(office.phone), also) if part)
    today = organisation().today()
    ask_to_do(LETTER_OUT, letter, case=letter.case, due_on=today, note=note, by=by)


def _items(letter: Letter) -> list[RecordItem]:
    return sorted((each.item for each in filling.asked_by(letter)), key=lambda item: item.kind.place)


def _fresh(letter: Letter) -> Letter:
    return Letter.objects.select_related(*TOGETHER).get(pk=letter.pk)
