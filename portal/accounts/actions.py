"""What changes accounts: staff invited, roles, people closed and opened again, what a person says of themselves."""

import datetime as dt
from contextlib import suppress
from typing import Any

import pghistory
from allauth.account.models import EmailAddress
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts import changes, drafts, rules, sessions
from portal.accounts.models import Invitation, User
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import text

INVITATION_LASTS = dt.timedelta(days=7)
SALT = "portal.accounts.invitation"
REACH = {"phone", "channel"}
STAFF_ROLES = {"consultant", "coordinator", "administrator"}


@transaction.atomic
def invite(*, name: str, email: str, role: str, by: Actor) -> Invitation:
    """Ask someone to join the staff. The mail with the link goes out after commit, by the caller.

    Raises Refused when the address has an account or an open invitation.
    """
    if User.objects.filter(email__iexact=email).exists():
        raise Refused(_("This address already has an account. Change that person’s role instead."))
    now = clock.now()
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                name=name.strip(),
                email=email.lower(),
                role=role,
                invited_at=now,
                invited_by=by.user,
                good_until=clock.real_now() + INVITATION_LASTS,
            )
    except IntegrityError:
        raise Refused(_("This address is already invited. Withdraw that invitation first.")) from None
    record(by, "account.invited", invitation, why=role)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: Actor) -> Invitation:
    """Take an open invitation back; its link stops working."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at:
        raise Refused(_("This person has joined already. Close their account instead."))
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = clock.now()
        invitation.save(update_fields=["withdrawn_at"])
        record(by, "account.invitation_withdrawn", invitation)
    return invitation


def _withdraw_invitations_of(person: User, *, by: Actor) -> None:
    """Nobody joins at the word of somebody who works here no more, or in another role."""
    for invitation in Invitation.objects.open().filter(invited_by=person).order_by("pk"):
        with suppress(Refused):  # taken up at this moment: that was before
            withdraw_invitation(invitation, by=by)


def token_of(invitation: Invitation) -> str:
    """What the mailed link carries: the invitation's id, signed."""
    return signing.dumps(str(invitation.pk), salt=SALT)


def open_invitation(token: str) -> Invitation | None:
    """The invitation behind a link, while it can be taken up; else None."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Invitation.objects.open().by_an_administrator().filter(pk=pk, good_until__gt=clock.real_now()).first()


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: Actor) -> User:
    """Make the account: the link reached the mailbox, so the address counts as confirmed. Raises Refused if used."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    # One that was sent at the moment in which its sender left was not there to be withdrawn.
    if not Invitation.objects.open().by_an_administrator().filter(pk=invitation.pk).exists():
        raise Refused(_("This invitation no longer works. Ask for a new one."))
    pghistory.context(given_by=invitation.invited_by_id)
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email=invitation.email, name=invitation.name, role=invitation.role, joined_at=clock.now()
            )
            EmailAddress.objects.create(user=user, email=invitation.email, verified=True, primary=True)
    except IntegrityError:
        raise Refused(_("This address already has an account. Sign in with it, and ask for the role.")) from None
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    record(by, "account.joined", user, why=user.role)
    return user


@transaction.atomic
def join_by_link(*, email: str, name: str, language: str, time_zone: str, by: Actor) -> User:
    """An account for somebody who came by a mailed link, which confirms the address, and accepted the privacy notice.

    Raises Refused when the address has an account.
    """
    try:
        with transaction.atomic():
            lives = {"language": language, "time_zone": time_zone}
            user = User.objects.create_user(email=email, name=name.strip(), joined_at=clock.now(), **lives)
            EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    except IntegrityError:
        raise Refused(_("This address has a page already. Sign in with it, then open the link again.")) from None
    oneself = Actor("user", user.pk, address=by.address, user=user)
    record(oneself, "account.signed_up", user, patient=user.own_record)
    return accept_privacy(user, by=oneself)


@transaction.atomic
def open_by_link(person: User, *, email: str, by: Actor) -> User:
    """An account without an address gets the one whose mailed link its person opened, and accepts the privacy notice.

    Raises Refused where it has one, for staff, and when another account has the address.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.death_known_at is not None:
        raise Refused(_("This page is closed. Call us, and we help you."), code="state")
    if person.email or person.role:
        raise Refused(_("This page has an address already. Sign in with it."), code="state")
    person.email, person.can_sign_in = email, True
    person.joined_at = person.joined_at or clock.now()
    try:
        with transaction.atomic():
            person.save(update_fields=["email", "can_sign_in", "joined_at"])
            EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    except IntegrityError:
        raise Refused(_("This address can’t be used here. Use another one, or call us."), code="email") from None
    oneself = Actor("user", person.pk, address=by.address, user=person)
    record(oneself, "account.opened_to_sign_in", person, patient=person.pk)
    return accept_privacy(person, by=oneself)


@transaction.atomic
def change_role(person: User, *, role: str, to: User | None = None, by: Actor) -> User:
    """Give or take a staff role; ends every session of that person at once, and all that the former role held.

    `to`: the colleague who takes over. Raises Refused for one's own.
    """
    person = _other(person, by)
    if role not in STAFF_ROLES | {""}:
        raise Refused(_("Choose a role from the list."))
    if role and not person.email:
        raise Refused(_("Staff need an email address."))
    before = person.role
    if role == before:
        return person
    _must_take_over(person, to)
    person.role = role
    person.save(update_fields=["role"])
    sessions.end_all(person)
    whose = None if before and role else person.pk
    record(by, "account.role_changed", person, patient=whose, why=role or "none")
    _withdraw_invitations_of(person, by=by)
    changes.access_changed(person, by=by)
    if before:
        changes.left(person, before, to, by=by)
    return person


@transaction.atomic
def close_account(person: User, *, to: User | None = None, by: Actor) -> User:
    """Take away sign-in: everything ends at once. A member of staff's work goes to `to`, or waits for somebody.

    Closed twice it is closed once. Raises Refused for one's own account.
    """
    person = _other(person, by)
    if not person.can_sign_in:
        return person
    _must_take_over(person, to)
    person.can_sign_in = False
    person.save(update_fields=["can_sign_in"])
    sessions.end_all(person)
    record(by, "account.closed", person, patient=person.own_record)
    _withdraw_invitations_of(person, by=by)
    changes.access_changed(person, by=by)
    if person.role:
        changes.left(person, person.role, to, by=by)
    return person


@transaction.atomic
def end_for_death(person: User, *, by: Actor) -> User:
    """Sign-in ends at once, and nothing is sent any more. Whoever calls it has looked who may say so.

    Raises Refused for staff.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.role:
        raise Refused(_("Close the account of a member of staff instead."), code="role")
    if person.death_known_at is None:
        person.death_known_at, person.can_sign_in = clock.now(), False
        person.save(update_fields=["death_known_at", "can_sign_in"])
        sessions.end_all(person)
        record(by, "account.death_known", person, patient=person.pk)
        changes.access_changed(person, by=by)
    return person


@transaction.atomic
def take_death_back(person: User, *, by: Actor) -> User:
    """It was not true: the account opens again to whoever has an address."""
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.death_known_at is not None:
        person.death_known_at, person.can_sign_in = None, bool(person.email)
        person.save(update_fields=["death_known_at", "can_sign_in"])
        record(by, "account.death_taken_back", person, patient=person.pk)
    return person


def _must_take_over(person: User, to: User | None) -> None:
    if to is not None and (to.pk == person.pk or not to.is_our_consultant):
        raise Refused(_("Choose one of our consultants to take over, or nobody."), code="to")


@transaction.atomic
def reopen_account(person: User, *, by: Actor) -> User:
    """Let a person sign in again. Raises Refused where there is no address to sign in with."""
    person = _other(person, by)
    if person.death_known_at is not None:
        raise Refused(_("We know that this person has died. A coordinator can take that back."), code="state")
    if not person.email:
        raise Refused(_("Without an email address nobody can sign in."))
    person.can_sign_in = True
    person.save(update_fields=["can_sign_in"])
    record(by, "account.reopened", person, patient=person.own_record)
    return person


def _other(person: User, by: Actor) -> User:
    if rules.why_not_change_role(is_self=person.pk == by.id, role=person.role):
        raise Refused(_("Ask another administrator: nobody changes their own access."))
    # Rows that name this person may be written meanwhile, by whoever holds a case that we are about to hand on.
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


@transaction.atomic
def say_about_oneself(person: User, *, fields: dict[str, Any], by: Actor) -> User:
    """Save what a person tells of themselves: name, how to be called and reached, zone, language, display."""
    person = User.objects.select_for_update().get(pk=person.pk)
    fields = _reachable(person, fields)
    changed = [name for name, value in fields.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, fields[name])
    if changed:
        person.save(update_fields=changed)
        record(by, "account.details_changed", person, patient=person.own_record)
    if "channel" in changed:
        record(by, "account.channel_chosen", person, patient=person.pk, why=person.channel)
    if reach := REACH & set(changed):
        changes.reach_changed(person, reach, by=by)
    return person


def _reachable(person: User, fields: dict[str, Any]) -> dict[str, Any]:
    """No number, no texts and calls; no address, no letters: then it is email again, or a person's call."""
    given = {name: str(fields.get(name, getattr(person, name)) or "") for name in ("email", "phone", "postal")}
    channel = fields.get("channel", person.channel)
    if channel != User.Channel.MAIL and rules.why_not_channel(channel, **given):
        return {**fields, "channel": User.Channel.MAIL}
    return fields


@transaction.atomic
def change_address(
    person: User, *, email: str, phone: Any, postal: str | None = None, channel: str | None = None, by: Actor
) -> set[str]:
    """A coordinator puts right how a person is reached, after knowing them by phone. Answers what changed.

    A new email address is not confirmed: a code sent to it does that at the next sign-in. Addresses that waited to be
    confirmed are forgotten, and every session ends. `channel` is the person's wish. Raises Refused for staff, for an
    address that is taken, and for a way that nothing leads to.
    """
    if by.user is None or by.user.role != User.Role.COORDINATOR:
        raise Refused(_("Only a coordinator can do this."), code="role")
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.role:
        raise Refused(_("Staff change their own address, or ask an administrator."), code="role")
    if person.death_known_at is not None:
        raise Refused(_("We know that this person has died. Nothing is sent any more."), code="state")
    if person.forgotten_at is not None:
        raise Refused(_("Everything of this person was erased, as they asked. They begin anew."), code="state")
    wanted = {"email": email.strip().lower() or None, "phone": phone}
    wanted |= {} if postal is None else {"postal": rules.tidy_postal(postal)}
    wanted = _reachable(person, wanted | _wish(person, wanted, channel))
    former = person.email
    wanted |= _signing_in(person, wanted)
    changed = {name for name, value in wanted.items() if (getattr(person, name) or None) != (value or None)}
    for name in changed:
        setattr(person, name, wanted[name])
    if "email" in changed:
        counts = person.email or has_confirmed(person, former)  # one that nobody had confirmed may come back at once
        person.address_put_right_at = clock.now() if counts else None
    try:
        with transaction.atomic():
            person.save(update_fields=["email", "phone", "postal", "channel", "can_sign_in", "address_put_right_at"])
            if "email" in changed:
                replace_addresses(person)
    except IntegrityError:
        raise Refused(_("This address can’t be used here. Ask for another one."), code="input") from None
    if "email" in changed:
        sessions.end_all(person)
        if former:
            sessions.forget_codes(person, former)
    _record_reach(person, changed, by)
    changes.reach_changed(person, changed, by=by)
    return changed


def _signing_in(person: User, wanted: dict[str, Any]) -> dict[str, Any]:
    """A first address opens the account to sign-in, by a code to it; without one it runs by phone and post again."""
    if wanted["email"] and person.email is None:
        return {"can_sign_in": True}
    if wanted["email"] or person.email is None:
        return {}
    channel = wanted.get("channel", person.channel)
    if channel == User.Channel.MAIL:
        given = {name: str(wanted.get(name, getattr(person, name)) or "") for name in ("phone", "postal")}
        ways = (User.Channel.LETTER, User.Channel.CALL)
        channel = next((way for way in ways if not rules.why_not_channel(way, email="", **given)), channel)
    return {"can_sign_in": False, "channel": channel}


def _wish(person: User, wanted: dict[str, Any], channel: str | None) -> dict[str, str]:
    """The way a person asked for, if it is another one than now. Raises Refused where nothing leads that way."""
    if channel is None or channel == person.channel:
        return {}
    given = {name: str(wanted.get(name, getattr(person, name)) or "") for name in ("email", "phone", "postal")}
    if channel not in User.Channel.values:
        raise Refused(_("Choose a way from the list."), code="channel")
    if reason := rules.why_not_channel(channel, **given):
        raise Refused(reason, code="channel")
    return {"channel": channel}


def _record_reach(person: User, changed: set[str], by: Actor) -> None:
    if address := changed & {"email", "phone"}:
        record(by, "account.address_put_right", person, patient=person.pk, why="_and_".join(sorted(address)))
    if "can_sign_in" in changed:
        verb = "account.opened_to_sign_in" if person.can_sign_in else "account.back_to_post"
        record(by, verb, person, patient=person.pk)
    if "postal" in changed:
        record(by, "account.postal_put_right", person, patient=person.pk)
    if "channel" in changed:
        record(by, "account.channel_set", person, patient=person.pk, why=person.channel)


def has_confirmed(person: User, address: str | None) -> bool:
    """Whether they once showed that they read what is sent to it."""
    own = EmailAddress.objects.filter(user=person, verified=True)
    return address is not None and own.filter(email__iexact=address).exists()


def replace_addresses(person: User) -> None:
    """The one address of the account, with no other that could still be confirmed. IntegrityError if it is taken."""
    EmailAddress.objects.filter(user=person).delete()
    if person.email:
        if EmailAddress.objects.filter(email__iexact=person.email, verified=True).exists():
            raise IntegrityError("a confirmed address of somebody else")
        EmailAddress.objects.create(user=person, email=person.email, verified=False, primary=True)


@transaction.atomic
def accept_privacy(person: User, *, by: Actor) -> User:
    """The privacy notice as it reads now was accepted; the version is kept on the person and in history."""
    version = text("privacy_notice").version
    person.privacy_version, person.privacy_at = version, clock.now()
    person.save(update_fields=["privacy_version", "privacy_at"])
    record(by, "account.privacy_accepted", person, patient=person.pk, why=f"version {version}")
    return person


def unconfirmed(now: dt.datetime) -> QuerySet[User]:
    """People who signed up 30 days ago and never confirmed their address."""
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    return User.objects.filter(
        ~Exists(confirmed), role="", name="", can_sign_in=True, email__isnull=False, joined_at__lte=now - drafts.LASTS
    )


def forget_unconfirmed(now: dt.datetime) -> int:
    """Delete those people with their answers; how many."""
    return sum(_forget(unconfirmed(now).filter(pk=pk)) for pk in list(unconfirmed(now).values_list("pk", flat=True)))


@transaction.atomic
def _forget(still: QuerySet[User]) -> bool:
    person = still.select_for_update(of=("self",)).first()
    if person is None:  # confirmed, or forgotten by another run, since
        return False
    record(SYSTEM, "account.forgotten", person)
    EmailAddress.objects.filter(user=person).delete()
    person.delete()
    return True
