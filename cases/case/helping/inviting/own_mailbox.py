"""Whoever began a page for somebody names that person's own mailbox: the patient takes the page over, and answers."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.case.actions import ask_to_do
from cases.case.helping import actions as helping
from cases.case.helping.inviting import actions, notices, rules
from cases.case.helping.inviting.models import Invite
from cases.case.helping.inviting.rules import Closed, Part
from cases.case.helping.models import Helper
from cases.case.helping.rules import ASK_PATIENT
from cases.case.models import Case
from cases.case.people import begins
from portal import clock, texting
from portal.accounts.actions import open_by_link
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.texts.words import organisation


@transaction.atomic
def name_mailbox(case: Case, *, email: str = "", phone: Any = "", kin: str = "", by: Actor) -> Invite | None:
    """Write to the patient at their own address; by text, where texts can go. None where another person's page has that
    address, or whoever has it said that it is not theirs: then one of us asks the patient. The same twice goes once;
    another address takes the place of the first.

    Raises Refused for whoever did not begin the page, where the patient has a page already, and for one's own mailbox.
    """
    case, person = helping.locked(case), by.user
    if person is None or not begins(case, person):
        raise Refused(_("You cannot do this here. Ask us, and we do it with you."), code="role")
    if case.patient.email:
        raise Refused(_("They have a page of their own by now. They find your question there."), code="state")
    email, phone = email.strip().lower(), str(phone or "")
    if not email and not (phone and texting.is_on()):
        raise Refused(_("Enter their own email address."), code="email")
    if email and _accounts_with(email).filter(pk=person.pk).exists():
        raise Refused(_("This is your own address. Each person needs one of their own."), code="email")
    helper = helping.ask(case, person, kin=kin, by=by)
    if (email and _accounts_with(email).exists()) or _wants_no_more(case, email, phone):
        _ask_by_phone(helper, email, by)
        return None
    return _asked(case, email, phone, by)


def _accounts_with(email: str) -> Any:
    return User.objects.filter(Q(email__iexact=email) | Q(emailaddress__email__iexact=email)).distinct()


def _wants_no_more(case: Case, email: str, phone: str) -> bool:
    """Whether somebody has answered from there that it is not for them: nothing more goes there."""
    there = Q(email__iexact=email) if email else Q(email="", phone=phone)
    return Invite.objects.filter(there, case=case, part=Part.PATIENT, ended_as=Closed.DECLINED).exists()


def _ask_by_phone(helper: Helper, note: str, by: Actor) -> None:
    """One of us finds the patient another way. Who else has the address is nobody's to know."""
    today = organisation().today()
    ask_to_do(ASK_PATIENT, helper, case=helper.case, due_on=today, note=note, newest_counts=True, by=by)


def _asked(case: Case, email: str, phone: str, by: Actor) -> Invite:
    now = clock.now()
    former = Invite.objects.open().filter(case=case, part=Part.PATIENT).select_for_update(of=("self",)).first()
    if former and (former.email, str(former.phone)) == (email, phone):
        former.case = case
        if rules.why_not_again(former.sent_at, former.times, now):
            return former
        actions.renew(former, now)
        notices.asked(former)
        return former
    if former:
        actions.close(former, Closed.WITHDRAWN)
    if Invite.objects.filter(case=case, asked_at__gt=now - rules.ONE_DAY).count() >= rules.A_DAY_AT_MOST:
        raise Refused(_("That is enough for one day. Try again tomorrow, or ask us to call."), code="often")
    made = Invite.objects.create(
        case=case,
        patient=case.patient,
        part=Part.PATIENT,
        name=case.patient.name,
        email=email,
        phone=phone,
        asked_at=now,
        asked_by=by.user,
        sent_at=now,
        good_until=rules.good_until(now, None),
    )
    actions.on_record(by, "helping.mailbox_named", made)
    notices.asked(made)
    return made


@transaction.atomic
def tell_mailbox(asked: Invite, *, email: str, by: Actor) -> Invite | None:
    """The patient, who had our text, names their own mailbox: the link goes there, and the one of the text is false.

    None where another page has that address: then one of us calls. Raises Refused when it is over.
    """
    asked, email = actions.fresh(asked), email.strip().lower()
    actions.must_stand(asked, Part.PATIENT)
    if asked.email == email:
        return asked
    if _accounts_with(email).exists():
        actions.close(asked, Closed.DECLINED)
        _ask_by_phone(_helper(asked), email, by)
        return None
    asked.email = email
    actions.renew(asked, clock.now())
    notices.asked(asked)
    return asked


@transaction.atomic
def become(asked: Invite, *, by: Actor) -> User | None:
    """The patient opened the link that went to their mailbox: from now on it is their own page, and they sign in by it.

    None where another page has the address meanwhile: then one of us calls. Raises Refused when it is over.
    """
    asked = actions.fresh(asked)
    actions.must_stand(asked, Part.PATIENT)
    if not asked.email:
        raise Refused(_("Enter your own email address."), code="email")
    if _accounts_with(asked.email).exists():
        actions.close(asked, Closed.DECLINED)
        _ask_by_phone(_helper(asked), asked.email, by)
        return None
    person = open_by_link(asked.patient, email=asked.email, by=by)
    actions.close(asked, Closed.TAKEN, person)
    actions.on_record(Actor("user", person.pk, address=by.address, user=person), "helping.page_taken", asked)
    return person


@transaction.atomic
def not_for_me(asked: Invite, *, by: Actor) -> Invite:
    """Whoever has this mailbox is not the patient, or would rather not: nothing more goes there, and one of us asks."""
    asked = actions.fresh(asked)
    if asked.ended_as == Closed.DECLINED:
        return asked
    actions.must_stand(asked, Part.PATIENT)
    actions.close(asked, Closed.DECLINED)
    actions.on_record(by, "helping.mailbox_wrong", asked)
    _ask_by_phone(_helper(asked), "", by)
    return asked


def _helper(asked: Invite) -> Helper:
    """Who began and waits; asked anew where the patient has answered meanwhile."""
    waits = Helper.objects.filter(case=asked.case_id, person=asked.asked_by_id).order_by("-asked_at")
    found = waits.select_related("case").first()
    if found is None:
        raise Refused(_("This link no longer works. Ask for a new one."), code="state")
    return found


def answer_page(asked: Invite) -> Helper | None:
    """Whom the patient answers first, once the page is theirs."""
    return Helper.objects.asked().filter(case=asked.case_id, person=asked.asked_by_id).first()
