"""An account run by phone and post: opened by a coordinator for someone who rings, and what was read out to them."""

from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts import rules
from portal.accounts.actions import accept_privacy
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import text

RANG, HELPER_RANG = "patient_rang", "helper_rang"


def must_coordinate(by: Actor) -> None:
    """Raise Refused unless a coordinator acts."""
    if by.user is None or by.user.role != User.Role.COORDINATOR:
        raise Refused(_("Only a coordinator can do this."), code="role")


@transaction.atomic
def open_by_phone(*, ticket: UUID, fields: dict[str, Any], rang: str, by: Actor) -> tuple[User, bool]:
    """An account that nobody signs in to: its person rings and writes. `ticket` is the form's: sent twice, it is one
    account. Answers the person, and whether the account is new. Raises Refused for another one's ticket.
    """
    must_coordinate(by)
    _one_at_a_time(ticket)
    found = User.objects.filter(pk=ticket).first()
    if found is not None:
        if found.role or found.can_sign_in or found.name != fields["name"]:
            raise Refused(_("This form was sent before. Open a new one."), code="ticket")
        return found, False
    fields = fields | {"postal": rules.tidy_postal(fields.get("postal", ""))}
    given = {name: str(fields.get(name) or "") for name in ("phone", "postal")}
    if reason := rules.why_not_channel(fields["channel"], email="", **given):
        raise Refused(reason, code="channel")
    person = User.objects.create_user(id=ticket, can_sign_in=False, joined_at=clock.now(), **fields)
    record(by, "account.opened_by_phone", person, patient=person.pk, why=rang)
    return person, True


def _one_at_a_time(ticket: UUID) -> None:
    """A form that is sent twice at once waits here for the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"by-phone:{ticket}"])


@transaction.atomic
def privacy_read_out(person: User, *, version: int, language: str = "", by: Actor) -> User:
    """The privacy notice was read out to the person, who agreed. Raises Refused where its words have changed since."""
    must_coordinate(by)
    if version != text("privacy_notice", language or None).version:
        raise Refused(_("These words have changed since. Read out the new ones."), code="version")
    with translation.override(language or translation.get_language()):
        return accept_privacy(person, by=by)
