"""Everything by which a person signs in and is reached goes. The name stays, with the record of who did what."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts import sessions
from portal.accounts.models import Draft, User
from portal.accounts.way_back.models import WayBack
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

NOTHING: dict[str, Any] = {
    "called": "",
    "email": None,
    "phone": "",
    "postal": "",
    "safe_to_ring": "",
    "may_leave_message": False,
    "channel": User.Channel.MAIL,
    "birth_date": None,
    "wants_digest": False,
    "can_sign_in": False,
    "address_put_right_at": None,
}


@transaction.atomic
def forget(person: User, *, by: Actor) -> bool:
    """Sign-in ends, and the address is free for another account. False when it was done. Raises Refused for staff."""
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.role:
        raise Refused(_("Close the account of a member of staff instead."), code="role")
    if person.forgotten_at is not None:
        return False
    if person.email:
        sessions.forget_codes(person, person.email)
    for name, value in NOTHING.items():
        setattr(person, name, value)
    person.forgotten_at = clock.now()
    person.set_unusable_password()
    person.save(update_fields=[*NOTHING, "forgotten_at", "password"])
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    Draft.objects.filter(person=person).delete()
    WayBack.objects.filter(person=person).exclude(email="").update(email="")
    sessions.end_all(person)
    record(by, "account.erased", person, patient=person.pk)
    return True
