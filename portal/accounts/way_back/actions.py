"""What changes a way back: asked for by one who knows the person, agreed to by another for staff, done after a day."""

import datetime as dt
from collections.abc import Collection
from typing import Any

import structlog
from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal import clock, mail, texting
from portal.accounts import guessing, sessions
from portal.accounts.actions import replace_addresses
from portal.accounts.models import User, WayBack
from portal.accounts.way_back import rules
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation

log = structlog.get_logger(__name__)
ASKED, DONE, SIGNED_OUT = "way_back_asked", "way_back_done", "signed_out"


@transaction.atomic
def ask(person: User, signs: Collection[str], *, email: str = "", by: Actor) -> WayBack:
    """One of us knows the person by two signs. They hear of it at their address, and have a day to stop it.

    Whoever holds the lost phone is signed out everywhere: what stops it is the second step that they do not lack.
    With `email` the mailbox is lost: the former address hears of it, and so does the phone. Asked twice it is one.
    Raises Refused for others, for too few signs, and where there is nothing to take away.
    """
    _must_look_after(person, by)
    return _begin(person, signs, email, by.user, by)


@transaction.atomic
def ask_by_two(person: User, signs: Collection[str], first: User, second: User, *, by: Actor) -> WayBack:
    """From a shell, on the day on which nobody may ask on the page: two of us know the person. The wait is the same."""
    if len({first.pk, second.pk, person.pk}) < 3 or not all(one.role and one.can_sign_in for one in (first, second)):
        raise Refused(_("Two others of us must say that it is them."), code="role")
    way = _begin(person, signs, "", first, by)
    if way.agreed_at is None:
        way.agreed_at, way.agreed_by = clock.now(), second if way.asked_by_id != second.pk else first
        way.save(update_fields=["agreed_at", "agreed_by"])
        _tell(by, "account.way_back_agreed", way)
    return way


def _begin(person: User, signs: Collection[str], email: str, asker: Any, by: Actor) -> WayBack:
    if reason := rules.why_not_known(signs):
        raise Refused(reason, code="signs")
    person, now = _locked(person), clock.now()
    _must_live(person)
    email = email.strip().lower()
    email = "" if email == (person.email or "").lower() else email
    if email and not person.email:
        raise Refused(_("There is no address yet. Put one in on the page for how we reach them."), code="email")
    if email and User.objects.filter(email__iexact=email).exclude(pk=person.pk).exists():
        raise Refused(_("This address can’t be used here. Ask for another one."), code="email")
    if rules.is_address_new(person.address_put_right_at, now):
        raise Refused(
            _("Their address was put right less than 7 days ago. Wait until it has stood for 7 days."), code="state"
        )
    if not email and not Authenticator.objects.filter(user=person).exists():
        raise Refused(_("There is no second step to take away: a code by email signs them in."), code="state")
    if found := WayBack.objects.open().filter(person=person).first():
        if now < found.ready_at + rules.LASTS:
            return found
        _stop(found, by)
    way = WayBack(
        person=person,
        signs=sorted(set(signs)),
        email=email,
        asked_at=now,
        asked_by=asker,
        ready_at=now + rules.WAITS,
    )
    try:
        with transaction.atomic():
            way.save(force_insert=True)
    except IntegrityError:  # asked for at the same moment
        return WayBack.objects.open().get(person=person)
    for sign in way.signs:
        _tell(by, "account.known_by", way, f"sign_{sign}")
    sessions.end_all(person)
    _tell(by, "account.way_back_asked", way, "mailbox" if email else "")
    _write(person.email, ASKED, person, is_mailbox=bool(email))
    _text(way)
    return way


@transaction.atomic
def agree(way: WayBack, *, by: Actor) -> WayBack:
    """Another of us agrees, for a member of staff. Agreed to twice it is once."""
    way = _fresh(way)
    if by.user is None or by.user.role not in {User.Role.ADMINISTRATOR, User.Role.COORDINATOR}:
        raise Refused(_("Only an administrator or a coordinator can do this."), code="role")
    if reason := rules.why_not_agree(is_self=by.id == way.person_id, is_asker=by.id == way.asked_by_id):
        raise Refused(reason, code="role")
    _must_be_open(way)
    _must_be_by_ours(way)
    if way.agreed_at is None:
        way.agreed_at, way.agreed_by = clock.now(), by.user
        way.save(update_fields=["agreed_at", "agreed_by"])
        _tell(by, "account.way_back_agreed", way)
    return way


@transaction.atomic
def finish(way: WayBack, *, by: Actor) -> WayBack:
    """Take second step and password away, set the address where one was given, and sign the person out everywhere.

    Done twice it is done once. Raises Refused before the wait is over, and for staff while nobody else has agreed.
    """
    _must_look_after(way.person, by)
    return _finish(way, by.user, by)


@transaction.atomic
def finish_by_two(way: WayBack, *, by: Actor) -> WayBack:
    """What two of us asked for from a shell, after its day."""
    return _finish(way, way.asked_by, by)


def _finish(way: WayBack, doer: Any, by: Actor) -> WayBack:
    way = _fresh(way)
    if way.done_at:
        return way
    _must_be_open(way)
    _must_be_by_ours(way)
    _must_live(way.person)
    now = clock.now()
    if reason := why_not_finish(way, now):
        raise Refused(reason, code="state")
    person, former = way.person, way.person.email
    Authenticator.objects.filter(user=person).delete()
    person.set_unusable_password()  # whoever has the phone may have that, too
    person.save(update_fields=["password"])
    if way.email:
        _set_address(person, way.email)
    guessing.begin_second_steps_anew(guessing.whose(person))
    sessions.end_all(person)
    if former:
        sessions.forget_codes(person, former)
    way.done_at, way.done_by = now, doer
    way.save(update_fields=["done_at", "done_by"])
    _tell(by, "account.second_factor_reset", way)
    for address in {former, person.email}:
        _write(address, DONE, person, is_mailbox=bool(way.email))
    return way


def why_not_finish(way: WayBack, now: dt.datetime) -> str:
    """Why the second step of a person stays for now; "" when it can go."""
    vouchers = [one for one in (way.asked_by, way.agreed_by) if one is not None]
    return rules.why_not_finish(
        is_staff=bool(way.person.role),
        is_agreed=way.agreed_at is not None,
        are_ours=all(one.role and one.can_sign_in for one in vouchers),
        ready_at=way.ready_at,
        now=now,
    )


@transaction.atomic
def sign_out_everywhere(person: User, *, by: Actor) -> bool:
    """For a lost phone whose owner has no second step to take away: who holds it is signed out now; they are told.

    Whether anybody was signed in; where nobody was, as at a second press, nothing is written and nobody is told.
    """
    _must_look_after(person, by)
    person = _locked(person)
    _must_live(person)
    if not sessions.are_open(person):
        return False
    sessions.end_all(person)
    if person.email:
        sessions.forget_codes(person, person.email)
    record(by, "account.signed_out_everywhere", person, patient=person.own_record)
    _write(person.email, SIGNED_OUT, person)
    return True


@transaction.atomic
def stop(way: WayBack, *, by: Actor) -> WayBack:
    """The person says that it was not them, or one of us is in doubt. Stopped twice it is stopped once."""
    way = _fresh(way)
    if by.id != way.person_id:
        _must_look_after(way.person, by)
    if way.stopped_at is None:
        _must_be_open(way)
        _stop(way, by)
    return way


def _stop(way: WayBack, by: Actor) -> None:
    way.stopped_at, way.stopped_by = clock.now(), by.user
    way.save(update_fields=["stopped_at", "stopped_by"])
    _tell(by, "account.way_back_stopped", way)


def _set_address(person: User, email: str) -> None:
    """A code sent to it confirms it at the next sign-in; others that waited to be confirmed are forgotten."""
    person.email, person.address_put_right_at = email, clock.now()
    try:
        with transaction.atomic():
            person.save(update_fields=["email", "address_put_right_at"])
            replace_addresses(person)
    except IntegrityError:
        raise Refused(_("This address can’t be used here. Ask for another one."), code="email") from None


def _must_look_after(person: User, by: Actor) -> None:
    """Administrators look after staff, coordinators after patients and helpers; nobody after themselves."""
    wanted = User.Role.ADMINISTRATOR if person.role else User.Role.COORDINATOR
    if by.user is None or by.user.role != wanted or by.id == person.pk:
        raise Refused(_("You cannot do this here. Ask another of us."), code="role")


def _must_be_open(way: WayBack) -> None:
    if way.done_at or way.stopped_at:
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")


def _must_be_by_ours(way: WayBack) -> None:
    """The word of somebody who works here no more opens nothing."""
    said = (way.asked_by, way.agreed_by) if way.agreed_at else (way.asked_by,)
    if not all(one and one.role and one.can_sign_in for one in said):
        raise Refused(_("Whoever asked for this, or agreed, works here no more. Stop it and ask anew."), code="state")


def _locked(person: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _fresh(way: WayBack) -> WayBack:
    person = _locked(way.person)
    found = WayBack.objects.select_for_update(of=("self",)).get(pk=way.pk)
    found.person = person
    return found


def _must_live(person: User) -> None:
    if person.death_known_at is not None:
        raise Refused(_("We know that this person has died. Nothing is sent any more."), code="state")


def _tell(by: Actor, verb: str, way: WayBack, why: str = "") -> None:
    """In the record of the person; patients and helpers read it."""
    record(by, verb, way.person, patient=None if way.person.role else way.person_id, why=why)


def _write(address: str | None, code: str, person: User, *, is_mailbox: bool = False) -> None:
    """After the commit. An address that does not work is why we are here: then that is how it is."""
    if not address:
        return
    language = person.language

    def send() -> None:
        with translation.override(language):
            message = get_adapter().render_mail(f"account/email/{code}", address, {"is_mailbox": is_mailbox})
        try:
            message.send()
        except OSError as error:  # SMTP's refusals among them
            log.info("way_back_not_told", error=type(error).__name__)

    transaction.on_commit(send, robust=True)


def _text(way: WayBack) -> None:
    """Who lost the mailbox reads no mail: the phone that we knew before hears of it, where texts can be sent."""
    number = str(way.person.phone or "")
    if not (way.email and number and texting.is_on()):
        return
    language, key = way.person.language, f"way-back-{way.pk}"

    def send() -> None:
        with translation.override(language):
            words = _("%(name)s: Did you call us about signing in? If not, call us now.")
            words = texting.plain(words % {"name": organisation().sender_name})
        try:
            texting.send(words, number, key)
        except mail.MailError as error:
            log.info("way_back_not_texted", error=type(error).__name__)

    transaction.on_commit(send, robust=True)
