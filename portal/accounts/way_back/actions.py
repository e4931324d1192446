"""What changes a way back: asked for by one who knows the person, agreed to by another for staff, done after a day."""

from collections.abc import Collection

import structlog
from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts import guessing, sessions
from portal.accounts.actions import replace_addresses
from portal.accounts.models import User, WayBack
from portal.accounts.way_back import rules
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.history.models import Event

log = structlog.get_logger(__name__)
ASKED, DONE = "way_back_asked", "way_back_done"


@transaction.atomic
def ask(person: User, signs: Collection[str], *, email: str = "", by: Actor) -> WayBack:
    """One of us knows the person by two signs. They hear of it at their address, and have a day to stop it.

    Whoever holds the lost phone is signed out everywhere: what stops it is the second step that they do not lack.
    Asked twice it is one. Raises Refused for others, for too few signs, and where there is nothing to take away.
    """
    _must_look_after(person, by)
    if reason := rules.why_not_known(signs):
        raise Refused(reason, code="signs")
    person = _locked(person)
    if email and not person.role:
        raise Refused(_("For patients and helpers, put the address right on the page for that."), code="email")
    if email and User.objects.filter(email__iexact=email).exclude(pk=person.pk).exists():
        raise Refused(_("This address can’t be used here. Ask for another one."), code="email")
    if _is_address_new(person):
        raise Refused(
            _("Their address was put right less than 7 days ago. Wait until it has stood for 7 days."), code="state"
        )
    if not email and not Authenticator.objects.filter(user=person).exists():
        raise Refused(_("There is no second step to take away: a code by email signs them in."), code="state")
    if found := WayBack.objects.open().filter(person=person).first():
        if clock.now() < found.ready_at + rules.LASTS:
            return found
        _stop(found, by)
    now = clock.now()
    way = WayBack(
        person=person,
        signs=sorted(set(signs)),
        email=email.strip().lower(),
        asked_at=now,
        asked_by=by.user,
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
    _tell(by, "account.way_back_asked", way)
    _write(person.email, ASKED, person.language)
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
    way = _fresh(way)
    _must_look_after(way.person, by)
    if way.done_at:
        return way
    _must_be_open(way)
    now = clock.now()
    is_staff, is_agreed = bool(way.person.role), way.agreed_at is not None
    if reason := rules.why_not_finish(is_staff=is_staff, is_agreed=is_agreed, ready_at=way.ready_at, now=now):
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
    way.done_at, way.done_by = now, by.user
    way.save(update_fields=["done_at", "done_by"])
    _tell(by, "account.second_factor_reset", way)
    for address in {former, person.email}:
        _write(address, DONE, person.language)
    return way


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
    person.email = email
    try:
        with transaction.atomic():
            person.save(update_fields=["email"])
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


def _locked(person: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _fresh(way: WayBack) -> WayBack:
    person = _locked(way.person)
    found = WayBack.objects.select_for_update(of=("self",)).get(pk=way.pk)
    found.person = person
    return found


def _is_address_new(person: User) -> bool:
    """Whether what is written to it would reach nobody but who had it put there: the former address is not kept."""
    since = clock.now() - rules.ADDRESS_STANDS
    changed = Event.objects.filter(patient=person.pk, verb="account.address_put_right", at__gt=since)
    return changed.filter(why__startswith="email").exists()


def _tell(by: Actor, verb: str, way: WayBack, why: str = "") -> None:
    """In the record of the person; patients and helpers read it."""
    record(by, verb, way.person, patient=None if way.person.role else way.person_id, why=why)


def _write(address: str | None, code: str, language: str) -> None:
    """After the commit. An address that does not work is why we are here: then that is how it is."""
    if not address:
        return

    def send() -> None:
        with translation.override(language):
            message = get_adapter().render_mail(f"account/email/{code}", address, {})
        try:
            message.send()
        except OSError as error:  # SMTP's refusals among them
            log.info("way_back_not_told", error=type(error).__name__)

    transaction.on_commit(send, robust=True)
