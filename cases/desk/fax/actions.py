"""What people press: fax a letter, and what its gateway answered, where they read that."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.actions import must, settle_to_dos
from cases.case.models import Office
from cases.desk.fax import gateway
from cases.desk.fax.models import Fax
from cases.desk.fax.states import Failure
from cases.desk.fax.telling import FAX_UNKNOWN, TO_DOS, ask_about, ask_what_became, record_fax
from cases.desk.letters import papers, sending
from cases.desk.letters.actions import fresh, wake_link
from cases.desk.letters.models import Letter
from cases.desk.letters.states import LetterKind
from cases.desk.letters.visits import loop_of
from cases.records.items.telling import lock_case
from cases.records.report.actions import take_back_passed_on
from portal import clock
from portal.actors import Actor
from portal.celery import app, nudge
from portal.errors import Refused

# By name: the task's module imports what sends, which needs none of this.
SEND = app.signature("cases.desk.fax.tasks.send_faxes")


def why_not(letter: Letter) -> str:
    """Why a letter cannot be faxed from here at this moment; empty when it can."""
    if not gateway.is_on():
        return _("Faxing from here is not set up. Print it, and use our machine.")
    if reason := sending.why_not(letter):
        return reason
    if papers.by_hand(letter):
        return _("A paper goes with this letter that cannot be opened yet. Print both, and use our machine.")
    if not number_of(letter):
        return _("There is no fax number of this office that can be dialed.")
    return ""


def number_of(letter: Letter) -> str:
    return number_at(letter.office)


def number_at(office: Office) -> str:
    """The fax number on file, as it is dialed; "" where there is none that can be."""
    return gateway.dialed(office.fax, office.region.partition("-")[0] or "US")


@transaction.atomic
def send(letter: Letter, *, number: str, is_sure: bool = False, by: Actor) -> Fax:
    """A coordinator faxes a letter to the number on file, as it stood on the page. Pressed twice it goes once.

    `is_sure`: the person says that the number of an office that nobody has called is right. Raises Refused where
    the letter may not go, or the number is another one by now.
    """
    must("log_calls", letter.case, by)
    lock_case(letter.case)
    letter = fresh(letter)
    if under_way := Fax.objects.open().filter(letter=letter).first():
        return under_way
    if reason := why_not(letter):
        raise Refused(reason, code="state")
    if number != number_of(letter):
        raise Refused(_("The number has changed since you opened the page. Look at it once more."), code="state")
    if letter.office.checked_at is None and not is_sure:
        raise Refused(_("Nobody has called this office yet. Say that the number is right."), code="sure")
    return hand_in(letter, number, by=by)


def hand_in(letter: Letter, number: str, *, by: Actor) -> Fax:
    """Let it go out, once. The caller holds the case, and has looked that it may go, and to this number."""
    wake_link(letter, by=by)
    made = Fax.objects.create(letter=letter, number=number, asked_at=clock.now(), asked_by=by.user)
    record_fax(by, "fax.asked", made)
    settle(letter, by=by)
    nudge(SEND)
    return made


@transaction.atomic
def say(fax: Fax, is_there: bool, *, by: Actor) -> Fax:
    """What the gateway answered: it arrived, or it did not. Twice changes nothing; a later no outweighs a yes."""
    lock_case(fax.letter.case)
    fax = Fax.objects.select_for_update(of=("self",)).select_related("letter__case", "letter__office").get(pk=fax.pk)
    if fax.sent_at is None or fax.failed_at or (fax.delivered_at and is_there):
        return fax
    now = clock.now()
    if is_there:
        fax.delivered_at = now
    else:
        fax.delivered_at, fax.failed_at, fax.failure = None, now, Failure.ANSWERED
    fax.save(update_fields=["delivered_at", "failed_at", "failure"])
    record_fax(by, "fax.delivered" if is_there else "fax.failed", fax)
    settle(fax.letter, [FAX_UNKNOWN], by=by)
    if not is_there:
        ask_about(fax, by=by)
        if fax.letter.kind == LetterKind.PASS_ON and (loop := loop_of(fax.letter.visit)):
            take_back_passed_on(loop, since=fax.asked_at, until=fax.sent_at, by=by)
    return fax


@transaction.atomic
def ask_to_read(fax: Fax, *, by: Actor) -> Fax:
    """The gateway answered, in words that say neither: one of us reads them."""
    lock_case(fax.letter.case)
    fax.refresh_from_db()
    if fax.is_unknown:
        ask_what_became(fax, _("The gateway’s mail says neither yes nor no: read it"), by=by)
    return fax


def settle(letter: Letter, kinds: Sequence[str] = TO_DOS, *, by: Actor) -> None:
    settle_to_dos(letter, *kinds, by=by)
