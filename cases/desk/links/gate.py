"""The gate of an office's page: what this browser has shown for it, asked again on every request."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest

from cases.case.models import Case, Office
from cases.desk.links import codes
from cases.desk.links.actions import standing_of
from cases.desk.links.models import OfficeLink
from cases.desk.links.rules import PROOF_HOLDS, Ended, Standing
from cases.records.models import Visit
from portal.accounts.models import User
from portal.actors import Actor, client_address
from portal.clock import real_now
from portal.vault import links

PROOFS = "office_proofs"  # in the session: what was shown, by link
MOST_PROOFS = 20  # a desk has many patients; the session keeps the latest
TOGETHER = ("office", "visit__case__patient", "visit__case__key", "visit__office", "visit__clinician")
RENEWED, TIMED_OUT = "renewed", "timed_out"


@dataclass(frozen=True)
class Opened:
    """An office's page that is open in this browser, and by what it was opened."""

    link: OfficeLink
    has_code: bool
    has_birth_date: bool
    by: Actor  # the office, for actions; the page has still to look whether a thing is this office's

    @property
    def office(self) -> Office:
        return self.link.office

    @property
    def visit(self) -> Visit:
        return self.link.visit

    @property
    def case(self) -> Case:
        return self.link.visit.case

    @property
    def patient(self) -> User:
        return self.link.visit.case.patient


class Shut(Exception):
    """A page of an office that does not open, or no longer: shown as a page that says why and what to do."""

    def __init__(self, why: str):
        super().__init__(why)
        self.why = why


def opened(request: HttpRequest, pk: UUID) -> Opened:
    """The page of this link, if this browser has opened it. Every view of it begins here.

    Raises Http404 for a stranger, and Shut when the link was ended, sleeps, is locked, or has a newer code.
    """
    proof = request.session.get(PROOFS, {}).get(str(pk))
    link = OfficeLink.objects.select_related(*TOGETHER).filter(pk=pk).first() if proof else None
    if link is None:
        raise Http404
    if why := why_shut(link):
        raise Shut(why)
    if link.generation != proof["generation"]:
        raise Shut(RENEWED)
    if datetime.fromisoformat(proof["until"]) <= real_now():
        raise Shut(TIMED_OUT)
    by = Actor("office", id=link.office_id, address=client_address(request))
    return Opened(link, proof["code"], proof["birth_date"], by)


def remember(request: HttpRequest, link: OfficeLink, *, code: bool, birth_date: bool) -> None:
    """Keep in the session what this browser has shown. What it showed before still counts."""
    proofs: dict[str, dict[str, Any]] = request.session.get(PROOFS, {})
    former = proofs.pop(str(link.pk), {})
    if former.get("generation") != link.generation:
        former = {}
    proofs[str(link.pk)] = {
        "generation": link.generation,
        "code": code or former.get("code", False),
        "birth_date": birth_date or former.get("birth_date", False),
        "until": (real_now() + PROOF_HOLDS).isoformat(),
    }
    if not request.user.is_authenticated:
        request.session.cycle_key()  # a session that somebody else began opens nothing
        request.session.set_expiry(PROOF_HOLDS)
    request.session[PROOFS] = dict(list(proofs.items())[-MOST_PROOFS:])


def why_shut(link: OfficeLink) -> str:
    """Why a link does not open now: a way it ended, or how it stands; empty when it does."""
    found = standing_of(link)
    if found == Standing.OPEN:
        return ""
    return Ended.NOT_OURS if link.ended_why == Ended.NOT_OURS else found


def by_code(typed: str) -> OfficeLink | None:
    """The link of a code on paper. One that was merged leads to its twin."""
    return _standing(OfficeLink.objects.filter(code_digest=codes.digest(typed)).first())


def by_token(token: str) -> OfficeLink | None:
    """The link of an address in a mail: None when it was made up, or a newer one was made since."""
    named = links.read(codes.PURPOSE, token)
    found = OfficeLink.objects.filter(pk=named.id, generation=named.generation).first() if named else None
    return _standing(found)


def is_code_of(link: OfficeLink, typed: str) -> bool:
    """Whether this is the code of a link, or of one that was merged into it."""
    if hmac.compare_digest(codes.digest(typed), link.code_digest):
        return True
    found = by_code(typed)
    return found is not None and found.pk == link.pk


def _standing(link: OfficeLink | None) -> OfficeLink | None:
    if link is None:
        return None
    twins = OfficeLink.objects.select_related(*TOGETHER)
    if link.ended_why == Ended.MERGED:
        twin = twins.standing().filter(visit=link.visit_id, office=link.office_id).first()
        if twin:
            return twin
    return twins.get(pk=link.pk)
