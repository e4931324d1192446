"""How an office that asks for its code gets it: to what is on file, and nowhere else."""

from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.desk.links import parts
from cases.desk.links.models import OfficeLink
from cases.desk.mail import planning


class Way(StrEnum):
    MAIL = "mail"  # the address of the page alone: with the birth date it opens all that is there
    FAX = "fax"
    POST = "post"
    CALL = "call"


ASK: dict[Way, Promise] = {
    Way.FAX: _("Send a code to our fax on file"),
    Way.POST: _("Send a code by letter to our address on file"),
    Way.CALL: _("Ask for a code"),
}
COMES: dict[Way, Promise] = {
    Way.MAIL: _(
        "We email the address of your page to the one that we have on file, in your hours. With the patient’s birth "
        "date it opens."
    ),
    Way.FAX: _("One of us faxes the code to the number that we have on file for your office. It goes nowhere else."),
    Way.POST: _("One of us sends the code by letter to the address that we have on file for your office."),
    Way.CALL: _("We have no fax number and no address of your office on file. One of us calls you."),
}


def of_code(link: OfficeLink) -> Way:
    """How the code itself comes: by a letter, which a person sends."""
    if link.office.fax:
        return Way.FAX
    return Way.POST if link.office.place else Way.CALL


def of_asked(link: OfficeLink, now: datetime) -> Way:
    """How it comes to an office that has just asked for it."""
    if planning.by_mail([link], now) and not parts.need_code(link, now):
        return Way.MAIL
    return of_code(link)
