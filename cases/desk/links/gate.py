"""The gate of an office's page: what this browser has shown for it, asked again on every request."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest

from cases.case.models import Case, Office
from cases.desk.links import birth_dates, codes
from cases.desk.links.actions import standing_of
from cases.desk.links.models import OfficeLink
from cases.desk.links.rules import IDLE_AFTER, PROOF_HOLDS, Ended, Standing
from cases.records.models import Visit
from portal.accounts.models import User
from portal.actors import Actor, client_address
from portal.clock import real_now
from portal.vault import links

SAID = "office_said"  # in the session: sentences for the page of each link
PROOFS = "office_proofs"  # in the session: what was shown, by link
MOST_PROOFS = 20  # a desk has many patients; the session keeps the latest
TOGETHER = ("office", "visit__case__patient", "visit__case__key", "visit__office", "visit__clinician")
RENEWED, TIMED_OUT, NO_BIRTH_DATE, OWN = "renewed", "timed_out", "no_birth_date", "own"
A_MINUTE = timedelta(minutes=1)


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

    @property
    def has_both(self) -> bool:
        return self.has_code and self.has_birth_date


@dataclass(frozen=True)
class Named:
    """The link that a code or an address is of, or was of before a newer one was made."""

    link: OfficeLink
    is_former: bool

    def why_shut(self) -> str:
        """Why it leads to no page; empty when it does. Without a birth date on file nobody could show the right one."""
        why = why_shut(self.link)
        if self.is_former:
            return why if why in {Ended.NOT_OURS, Standing.OVER} else RENEWED
        return why or ("" if birth_dates.of_patient(self.link.visit) else NO_BIRTH_DATE)


class Shut(Exception):
    """A page of an office that does not open, or no longer: shown as a page that says why and what to do."""

    def __init__(self, why: str):
        super().__init__(why)
        self.why = why


class Wanting(Exception):
    """Something of an open page that asks for more than was shown: it leads to the page with the form."""

    def __init__(self, opened: Opened):
        super().__init__(opened.link.pk)
        self.opened = opened


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
    if is_of_case(request, link):
        raise Shut(OWN)
    _look(request, proof)
    by = Actor("office", id=link.office_id, address=client_address(request))
    return Opened(link, proof["code"], proof["birth_date"], by)


def is_of_case(request: HttpRequest, link: OfficeLink) -> bool:
    """Whether somebody of the case is signed in: what they press is no word of the office."""
    user = request.user
    return user.is_authenticated and Case.objects.visible_to(user).filter(pk=link.visit.case_id).exists()


def _look(request: HttpRequest, proof: dict[str, Any]) -> None:
    """Note that the page is in use. Where it was left open, somebody else may sit there: records are shut again."""
    now = real_now()
    seen = datetime.fromisoformat(proof["seen"]) if "seen" in proof else now
    if now - seen >= IDLE_AFTER and proof["code"]:
        proof["birth_date"] = False
    if "seen" not in proof or now - seen >= A_MINUTE:
        proof["seen"] = now.isoformat()
        request.session.modified = True


def opened_with_birth_date(request: HttpRequest, pk: UUID) -> Opened:
    """The same for what carries the patient's birth date: for those who have shown it. Else raises Wanting."""
    found = opened(request, pk)
    if not found.has_birth_date:
        raise Wanting(found)
    return found


def ask_for_both(opened: Opened) -> None:
    """What is medical opens with code and birth date. Raises Wanting without, also where the page was left alone."""
    if not opened.has_both:
        raise Wanting(opened)


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
        "seen": real_now().isoformat(),
    }
    if not request.user.is_authenticated:
        request.session.cycle_key()  # a session that somebody else began opens nothing
        request.session.set_expiry(PROOF_HOLDS)
    request.session[PROOFS] = dict(list(proofs.items())[-MOST_PROOFS:])


def forget(request: HttpRequest, link: OfficeLink) -> None:
    """Shut the page in this browser alone."""
    for kept in (PROOFS, SAID):
        if request.session.get(kept, {}).pop(str(link.pk), None):
            request.session.modified = True


def say(request: HttpRequest, link: OfficeLink, words: str) -> None:
    """Keep a sentence for the page of this link: the next one in this browser may be another patient's."""
    request.session.setdefault(SAID, {}).setdefault(str(link.pk), []).append(words)
    request.session.modified = True


def take_said(request: HttpRequest, link: OfficeLink) -> list[str]:
    """What was kept for this page, once."""
    said: list[str] = request.session.get(SAID, {}).pop(str(link.pk), [])
    if said:
        request.session.modified = True
    return said


def why_shut(link: OfficeLink) -> str:
    """Why a link does not open now: a way it ended, or how it stands; empty when it does."""
    found = standing_of(link)
    if found == Standing.OPEN:
        return ""
    return Ended.NOT_OURS if link.ended_why == Ended.NOT_OURS else found


def by_code(typed: str) -> Named | None:
    """The link of a code on paper; None when it was made up. One that was merged leads to its twin."""
    digest = codes.digest(typed)
    link = OfficeLink.objects.of_code(digest).first()
    return Named(_standing(link), is_former=link.code_digest != digest) if link else None


def by_token(token: str) -> Named | None:
    """The link of an address in a mail; None when it was made up."""
    read = links.read(codes.PURPOSE, token)
    link = OfficeLink.objects.filter(pk=read.id).first() if read else None
    if read is None or link is None:
        return None
    return Named(_standing(link), is_former=link.generation != read.generation)


def is_code_of(link: OfficeLink, typed: str) -> bool:
    """Whether this is the code of a link, or of one that was merged into it."""
    if hmac.compare_digest(codes.digest(typed), link.code_digest):
        return True
    found = by_code(typed)
    return found is not None and not found.is_former and found.link.pk == link.pk


def _standing(link: OfficeLink) -> OfficeLink:
    twins = OfficeLink.objects.select_related(*TOGETHER)
    if link.ended_why == Ended.MERGED:
        twin = twins.standing().filter(visit=link.visit_id, office=link.office_id).first()
        if twin:
            return twin
    return twins.get(pk=link.pk)
