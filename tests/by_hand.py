"""People who sign in nowhere: reached by phone and post, a coordinator as their hands, eyes and voice."""

from cases.case.models import Case, ToDo
from portal.accounts.actions import change_address
from portal.accounts.models import User
from portal.actors import Actor
from tests import people

PHONE, POSTAL = "+12125550123", "14 Mill Lane\nAlbany, NY 12207"


def theo() -> Actor:
    return Actor.person(people.person("theo"))


def to_phone(person: User, channel: str = "call") -> User:
    """This person's email address goes; from now on she rings, and is rung."""
    change_address(person, email="", phone=PHONE, postal=POSTAL, channel=channel, by=theo())
    person.refresh_from_db()
    return person


def to_email(person: User, email: str = "rosa@example.org") -> User:
    change_address(person, email=email, phone=PHONE, postal=POSTAL, channel="mail", by=theo())
    person.refresh_from_db()
    return person


def to_read(case: Case) -> list[str]:
    """What waits to be read out to the patient, by kind."""
    found = ToDo.objects.open().filter(case=case, kind__startswith="read_").order_by("kind")
    return list(found.values_list("kind", flat=True))
