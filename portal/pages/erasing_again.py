"""What had been erased and is here again, since an archive from before was brought back, is erased again."""

from uuid import UUID

import structlog
from django.db import transaction

from cases.case.erasure import account
from cases.case.models import Case, ErasureWish
from cases.documents import asked_erasing, erasing
from cases.documents.joining import actions as joining
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.pages.closing_actions import Why, close_at_once, locked
from portal.vault import erasures, files

log = structlog.get_logger(__name__)


def run() -> tuple[int, int]:
    """Keys with all that went with them, and single files; how many. Each case in a transaction of its own: one that
    cannot be closed keeps no other, loses its words all the same, and is raised at the end.
    """
    missed = erasures.missed()
    failed: Exception | None = None
    for case in Case.objects.filter(key__in=missed).order_by("pk").values_list("pk", flat=True):
        try:
            _case(case)
        except Exception as error:
            log.exception("erasing_again_failed", case=str(case))
            asked_erasing.forget_outside(Case.objects.get(pk=case))
            failed = failed or error
    files.erase_again()  # keys of papers that nobody filed; of a case that failed, too
    account.forget_again()
    single = erasing.erase_again()
    if failed:
        raise failed
    return len(missed), single


@transaction.atomic
def _case(pk: UUID) -> None:
    """Also what the house's key seals: drafts, words of messages, why it was decided so after a death. An archive from
    before the wish knows it as open, with its helpers, calls and reminders: these end without a word to anybody.
    """
    joining.hold_papers(pk)  # before any row is locked
    case, now = locked(Case.objects.get(pk=pk)), clock.now()
    if case.state != Case.State.CLOSED:
        person = case.patient or case.starter  # it was her wish, and a canceled call names a person
        close_at_once(case, Why.ASKED, by=Actor.person(person) if person else SYSTEM)
    erasing.erase_case(case, by=SYSTEM)
    asked_erasing.forget_outside(case)
    ErasureWish.objects.due(now).filter(case=case).update(done_at=now)  # they were told when it was done
