"""Saying that one is worried about somebody, and that it was looked after. Opens nothing for anybody."""

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.actions import WORRY, ask_to_do, must, settle_to_dos
from cases.case.models import Case
from cases.case.worry import Worry
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation

WORDS_AT_MOST = 500


@transaction.atomic
def raise_worry(case: Case, reason: str, *, by: Actor) -> Worry:
    """Say that one is worried, and why. One of us calls today: one open to-do, however many are worried.

    Said again by the same person, the newer words count. Raises Refused without words, for too many, and when closed.
    """
    must("worry", case, by)
    case = _locked(case)
    if case.state == Case.State.CLOSED:
        raise Refused(_("This case is closed. Open it again first."), code="state")
    reason = _written(reason, _("Say in a few words what worries you."))
    worry = Worry.objects.open().filter(case=case, raised_by=by.user).select_related("case__key").first()
    if worry and worry.reason == reason:
        return worry
    if worry is None:
        worry = Worry(case=case, raised_at=clock.now(), raised_by=by.user)
    worry.reason = reason
    worry.save()
    record(by, "worry.raised", worry)  # of no case: the patient's log is one of her pages
    ask_to_do(WORRY, case, case=case, due_on=organisation().today(), by=by)
    return worry


@transaction.atomic
def clear_worries(case: Case, done: str, *, seen: int, by: Actor) -> int:
    """Say what was done; every worry of the case is over, and the call with it. Cleared twice it is cleared once.

    `seen`: how many the page had shown. Raises Refused when another one came since, and without words.
    """
    must("worry", case, by)
    case = _locked(case)
    open_ones = list(Worry.objects.open().filter(case=case).select_related("case__key"))
    if not open_ones:
        return 0
    done = _written(done, _("Say in a few words what was done."))
    if len(open_ones) > seen:
        raise Refused(_("Somebody else is worried, too, since you opened this page. Read it first."), code="state")
    for worry in open_ones:
        worry.done, worry.cleared_at, worry.cleared_by = done, clock.now(), by.user
        worry.save(update_fields=["done", "cleared_at", "cleared_by"])
        record(by, "worry.cleared", worry)
    settle_to_dos(case, WORRY, by=by)
    return len(open_ones)


def _written(words: str, missing: str) -> str:
    words = words.strip()
    if not words:
        raise Refused(missing, code="input")
    if len(words) > WORDS_AT_MOST:
        raise Refused(_("Keep your words under %(count)d letters.") % {"count": WORDS_AT_MOST}, code="input")
    return words


def _locked(case: Case) -> Case:
    return Case.objects.select_for_update(no_key=True, of=("self",)).select_related("key").get(pk=case.pk)
