"""Asking somebody by email or phone to help: asked, said again, taken back, taken up once, or answered with a no."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.actions import ask_to_do, settle_to_dos
from cases.case.helping import actions as helping
from cases.case.helping import notices as helping_notices
from cases.case.helping import rules as helping_rules
from cases.case.helping import written_down
from cases.case.helping.inviting import notices, rules
from cases.case.helping.inviting.models import Invite
from cases.case.helping.inviting.rules import Closed, Part
from cases.case.helping.models import Helper
from cases.case.helping.rules import How
from cases.case.models import Case
from portal import clock, phones, texting
from portal.accounts.actions import join_by_link
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.lines import one_line
from portal.texts.words import organisation

RING = "ring_asked"  # the to-do: somebody who has no email is asked by phone


@transaction.atomic
def invite(
    case: Case,
    *,
    name: str,
    email: str = "",
    phone: Any = "",
    chosen: str,
    switches: Iterable[str] = (),
    until_on: dt.date | None = None,
    how: str = How.PAGE,
    knows_no: bool = False,
    by: Actor,
) -> Invite:
    """The patient asks somebody to help, herself or through a coordinator who heard it. The same form twice asks once.

    Raises Refused for anybody else; for a mailbox that is the patient's or a helper's here, or was asked already; for a
    day that cannot be; where too many were asked today; and of a coordinator who has not spoken of an earlier no.
    """
    case = helping.locked(case)
    helping.must_decide(case, how, by)
    now, email, phone = clock.now(), email.strip().lower(), str(phone or "")
    said: dict[str, Any] = {"name": one_line(name), "phone": phone, "until_on": until_on}
    said["switches"] = sorted(helping_rules.switches_of(chosen, switches))
    if why_not := helping_rules.why_not_until(until_on, clock.today(case.patient.zone)):
        raise Refused(why_not, code="until_on")
    if not (email or phone):
        raise Refused(_("Enter an email address, or a phone number."), code="email")
    if same := _same(case, email, phone):
        if all(getattr(same, field) == value for field, value in said.items()):
            return same
        raise Refused(_("You have asked them already. Take that back first, then ask anew."), code="email")
    _must_be_another(case, email)
    if how != How.PAGE and not knows_no and helping.former_no_by_address(case, email):
        raise Refused(_("The patient has said no before. Ask about it first, and tick that you did."), code="knows_no")
    if Invite.objects.filter(case=case, asked_at__gt=now - rules.ONE_DAY).count() >= rules.A_DAY_AT_MOST:
        raise Refused(_("That is enough for one day. Ask the others tomorrow, or call us."), code="often")
    asked = Invite.objects.create(
        case=case, patient=case.patient, email=email, how=how, asked_at=now, asked_by=by.user, sent_at=now,
        good_until=rules.good_until(now, helping_rules.over_at(until_on, case.patient.zone)), **said,
    )  # fmt: skip
    on_record(by, "helping.invited", asked, why=f"heard_{how}")
    say(asked, by)
    written_down.tell(written_down.ASKED, asked, case.patient, by=by)
    return asked


def _same(case: Case, email: str, phone: str) -> Invite | None:
    """What was asked of this address and can still be taken up; one whose time passed makes room."""
    where = {"email__iexact": email} if email else {"email": "", "phone": phone}
    found = Invite.objects.open().filter(case=case, part=Part.HELPER, **where).first()
    if found and not found.is_standing:
        close(found, Closed.EXPIRED)
        return None
    return found


def _must_be_another(case: Case, email: str) -> None:
    if not email:
        return
    if (case.patient.email or "").lower() == email:
        raise Refused(_("This is the patient’s own address. Each person needs one of their own."), code="email")
    known = Helper.objects.open().filter(case=case, person__email__iexact=email).first()
    if known and known.is_asked:
        raise Refused(_("This person has asked to help already. Answer them instead."), code="email")
    if known and known.holds(clock.now()):
        raise Refused(_("This person helps already. Change what they may do instead."), code="email")


def say(asked: Invite, by: Actor) -> None:
    """By mail; else by text, where texts can go; else one of us rings."""
    if asked.email or texting.is_on():
        notices.asked(asked)
        return
    today = organisation().today()
    note = f"{asked.name}, {phones.shown(str(asked.phone))}"
    ask_to_do(RING, asked, case=asked.case, due_on=today, note=note, newest_counts=True, by=by)


@transaction.atomic
def send_again(asked: Invite, *, by: Actor) -> Invite:
    """Say it once more, with a new link and a new last day; the link that went before is false from then on.

    Raises Refused for anybody but the patient and a coordinator, when it is over, and when it was said just now.
    """
    asked, now = fresh(asked), clock.now()
    _must_be_theirs(asked, by)
    if asked.ended_at:
        raise Refused(_("This is over. Ask anew if you want to."), code="state")
    if why_not := rules.why_not_again(asked.sent_at, asked.times, now):
        raise Refused(why_not, code="soon")
    renew(asked, now)
    on_record(by, "helping.invited_again", asked)
    say(asked, by)
    return asked


def renew(asked: Invite, now: dt.datetime) -> None:
    """A new sending: a new link and a new last day."""
    over_at = helping_rules.over_at(asked.until_on, asked.case.patient.zone)
    if over_at and over_at <= now:
        raise Refused(_("The last day of the help has passed. Ask anew with a later one."), code="until_on")
    asked.sent_at, asked.times, asked.came_back_at = now, asked.times + 1, None
    asked.good_until = rules.good_until(now, over_at)
    asked.save()


@transaction.atomic
def give_address(asked: Invite, *, email: str, by: Actor) -> Invite:
    """Whoever was asked by phone told a coordinator their email address: the link goes there. Twice it goes once."""
    asked, email = fresh(asked), email.strip().lower()
    _must_be_theirs(asked, by)
    if asked.email == email:
        return asked
    if asked.ended_at or asked.email:
        raise Refused(_("This is over. Ask anew if you want to."), code="state")
    if _same(asked.case, email, ""):
        raise Refused(_("You have asked them already. Take that back first, then ask anew."), code="email")
    _must_be_another(asked.case, email)
    asked.email = email
    renew(asked, clock.now())
    on_record(by, "helping.invited_again", asked)
    settle(asked, by)
    say(asked, by)
    return asked


@transaction.atomic
def withdraw(asked: Invite, *, by: Actor) -> Invite:
    """Take it back: the link opens nothing any more. Twice it is taken back once. Raises Refused once it was taken."""
    asked = fresh(asked)
    _must_be_theirs(asked, by)
    if asked.ended_as == Closed.TAKEN:
        raise Refused(_("They have said yes meanwhile. You can end their help at any time."), code="state")
    if asked.ended_at is None:
        close(asked, Closed.WITHDRAWN)
        on_record(by, "helping.invite_withdrawn", asked)
        settle(asked, by)
    return asked


@transaction.atomic
def decline(asked: Invite, *, by: Actor) -> Invite:
    """Whoever was asked cannot: the patient is told kindly. Twice it is said once. Raises Refused when it is over."""
    asked = fresh(asked)
    if asked.ended_as == Closed.DECLINED:
        return asked
    must_stand(asked)
    close(asked, Closed.DECLINED)
    on_record(by, "helping.invite_declined", asked)
    settle(asked, by)
    notices.declined(asked)
    return asked


@transaction.atomic
def take(asked: Invite, person: User, *, by: Actor) -> Helper:
    """The person who was asked says yes, once; from now on what the patient allowed holds. The patient is told.

    Raises Refused when it is over, for anybody whose confirmed address is another one, for the patient, and for staff.
    """
    asked = fresh(asked)
    case = asked.case
    if asked.ended_as == Closed.TAKEN and asked.taken_by_id == person.pk and (stands := helping.open_one(case, person)):
        return stands
    must_stand(asked)
    if why_not := why_not_take(asked, person):
        raise Refused(why_not, code="role")
    helper = helping.open_one(case, person)
    if helper is None or helper.agreed_at is None:
        now = clock.now()  # a new row, and not as old as the asking: papers of help that has ended stay without effect
        new = {"case": case, "patient": case.patient, "person": person, "asked_at": now, "asked_by": asked.asked_by}
        helper = helper or Helper(**new)
        helping.put_what(helper, helping_rules.set_of(asked.switches), asked.switches, asked.until_on)
        helper.agreed_at, helper.agreed_how, helper.recorded_by = now, asked.how, asked.asked_by
        helper.save()
    close(asked, Closed.TAKEN, person)
    record(by, "helping.taken", helper, patient=case.patient_id, case=case.pk)
    settle(asked, by)
    helping_notices.agreed(helper)
    notices.taken(helper)
    return helper


def why_not_take(asked: Invite, person: User) -> str:
    """Why this signed-in person cannot take it up, or ""."""
    if person.pk == asked.patient_id:
        return _("This link is for the person you asked. Your own page is open to you as it is.")
    if person.role:
        return _("Someone of our team cannot be a helper here.")
    if not person.is_active:
        return _("This account is closed. Please call us.")
    own = EmailAddress.objects.filter(user=person, email__iexact=asked.email, verified=True)
    if asked.email and not own.exists():
        return _("This link went to another address. Sign out, then open the link again.")
    former = helping.former_no(asked.case, person)
    is_newer = former is not None and former.ended_at is not None and former.ended_at >= asked.sent_at
    if former and is_newer and helping_notices.is_the_patients_wish(former):
        return _("This link no longer works. Ask for a new one.")  # the patient said otherwise since
    return ""


def has_page(asked: Invite) -> bool:
    """Whether the address that was asked has an account, which is signed in to then."""
    return bool(asked.email) and User.objects.filter(email__iexact=asked.email).exists()


@transaction.atomic
def join_and_take(asked: Invite, *, name: str, by: Actor) -> tuple[User, Helper]:
    """Somebody who has no account yet makes one by the link, which confirms the address, and takes it up at once.

    Raises Refused as `take` does, and where the address has an account meanwhile.
    """
    asked = fresh(asked)
    must_stand(asked)
    if not asked.email:
        raise Refused(_("Sign in first, or create your page."), code="role")
    lives = {"language": asked.patient.language, "time_zone": asked.patient.time_zone}
    person = join_by_link(email=asked.email, name=name, **lives, by=by)
    return person, take(asked, person, by=Actor("user", person.pk, address=by.address, user=person))


def must_stand(asked: Invite, part: str = Part.HELPER) -> None:
    """Raise Refused unless it can be taken up now."""
    if asked.part != part or not asked.is_standing or asked.case.state == Case.State.CLOSED:
        raise Refused(_("This link no longer works. Ask for a new one."), code="state")


def _must_be_theirs(asked: Invite, by: Actor) -> None:
    """What the patient asked, or a coordinator for her."""
    if asked.part != Part.HELPER:
        raise Refused(_("You cannot do this here. Ask us, and we do it with you."), code="role")
    how = How.PHONE if by.user is not None and by.user.role == User.Role.COORDINATOR else How.PAGE
    helping.must_decide(asked.case, how, by)


def fresh(asked: Invite) -> Invite:
    """The row as it is now, locked behind its case."""
    case = helping.locked(asked.case)
    found = Invite.objects.select_for_update(of=("self",)).select_related("patient", "asked_by").get(pk=asked.pk)
    found.case = case
    return found


def close(asked: Invite, how: str, person: User | None = None) -> None:
    """It is over; nothing of it goes any more."""
    asked.ended_at, asked.ended_as, asked.taken_by = clock.now(), how, person
    asked.save(update_fields=["ended_at", "ended_as", "taken_by"])
    notices.over(asked)


def settle(asked: Invite, by: Actor) -> None:
    settle_to_dos(asked, RING, by=by)


def on_record(by: Actor, verb: str, asked: Invite, why: str = "") -> None:
    """One line in the patient's history."""
    record(by, verb, asked, patient=asked.patient_id, case=asked.case_id, why=why)
