"""Signing that we may ask about the records of a case, and taking it back."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case import changes
from cases.case.actions import must
from cases.case.authority import Authority
from cases.case.models import Case
from cases.case.people import acts_as
from cases.case.signatures import Signature, SignedHow
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.models import Text
from portal.texts.words import text

_gone: list[Callable[[Authority], bool]] = []


def ask_of_papers(is_gone: Callable[[Authority], bool]) -> None:
    """Papers are files, whose room stands above: it says here whether the one that was signed is gone."""
    if is_gone not in _gone:
        _gone.append(is_gone)


def standing(case: Case) -> Authority | None:
    return Authority.objects.standing().filter(case=case).select_related("text", "case__key").first()


def is_taken_back(case: Case) -> bool:
    """Whether it was signed, and does not stand any more."""
    return standing(case) is None and Authority.objects.filter(case=case).exists()


@transaction.atomic
def sign_authority(case: Case, signature: Signature, *, version: int, by: Actor) -> Authority:
    """The patient signs, or who may for her in law; pressed twice it is signed once. `version`: of the words read.

    Raises Refused for anybody else, and when the words have changed since the page was opened.
    """
    must("sign", case, by)
    return _sign(case, signature.how, signature.words, None, _read(version), by)


@transaction.atomic
def sign_authority_on_paper(case: Case, paper: UUID, *, version: int, by: Actor) -> Authority:
    """The patient or a coordinator says that the paper is signed. The caller has looked at `paper`, the document."""
    must("say_signed", case, by)
    return _sign(case, SignedHow.PAPER, "", paper, _read(version), by)


def _read(version: int) -> Text:
    found = text(Text.Kind.AUTHORITY)
    if found.version != version:
        raise Refused(_("The words have changed since you opened the page. Read them once more."), code="state")
    return found


def _sign(case: Case, how: SignedHow, words: str, paper: UUID | None, read: Text, by: Actor) -> Authority:
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    if signed := standing(case):
        if not any(is_gone(signed) for is_gone in _gone):
            return signed
        _end(signed, "authority.replaced", by)
    authority = Authority(
        case=case,
        text=read,
        how=how,
        paper=paper,
        signed_at=clock.now(),
        signed_by=by.user or case.patient,
        signed_as="" if how == SignedHow.PAPER else acts_as(case, by),
    )
    authority.signature = words
    authority.save(force_insert=True)
    record(by, "authority.signed", authority, patient=case.patient_id, case=case.pk, why=how)
    changes.authority_changed(authority, by=by)
    return authority


@transaction.atomic
def take_back_authority(case: Case, *, by: Actor) -> Authority | None:
    """From now on we ask nothing more and pass nothing on. What was done before stays on record."""
    must("say_signed", case, by, when_closed=True)
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    authority = standing(case)
    if authority is None:
        return None
    return _end(authority, "authority.taken_back", by)


@transaction.atomic
def forget_paper(case: Case, paper: UUID, *, by: Actor) -> None:
    """The paper goes out of the case for good: what was signed on it counts no more. The caller looked who may."""
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    authority = standing(case)
    if authority is not None and authority.paper == paper:
        _end(authority, "authority.paper_gone", by)


def _end(authority: Authority, verb: str, by: Actor) -> Authority:
    case = authority.case
    authority.withdrawn_at, authority.withdrawn_by = clock.now(), by.user or case.patient
    authority.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record(by, verb, authority, patient=case.patient_id, case=case.pk)
    changes.authority_changed(authority, by=by)
    return authority
