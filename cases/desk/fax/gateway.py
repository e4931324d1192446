"""The mail-to-fax gateway: one mail a fax, to an address made of the number, empty but for the PDF, by TLS only.

Off without FAX_GATEWAY. The one module that knows how a fax leaves the house.
"""

import datetime as dt
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

import phonenumbers
from django.conf import settings

from portal import mail

NUMBER = "{number}"
FILE_NAME = "letter.pdf"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def is_on() -> bool:
    """Whether faxes can be sent from here: there is a gateway, and the line to the mail server is closed to others."""
    return is_named() and is_safe()


def is_named() -> bool:
    place, at, domain = settings.FAX_GATEWAY.partition("@")
    return bool(at and domain) and NUMBER in place


def is_safe() -> bool:
    """TLS to the mail server. Where mail stays in files of this machine there is no line."""
    return settings.EMAIL_BACKEND != SMTP or settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL


def dialed(number: str, region: str = "US") -> str:
    """The digits of a number with the code of its country: "14165550132"; "" for what is no number."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return ""
    if parsed.extension or not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164).lstrip("+")


def address(digits: str) -> str:
    return settings.FAX_GATEWAY.replace(NUMBER, digits)


def compose(pdf: bytes, digits: str, key: str, at: dt.datetime) -> bytes:
    """The bytes of the mail: no subject and no word, since a gateway may print them on a page of its own."""
    message = MIMEMultipart("mixed")
    body = MIMEText("", "plain", "us-ascii")
    paper = MIMEApplication(pdf, "pdf")
    paper.add_header("Content-Disposition", "attachment", filename=FILE_NAME)
    message.attach(body)
    message.attach(paper)
    headers = {
        "To": address(digits),
        "From": mail.sender_address(),
        "Subject": "",
        "Date": format_datetime(at),
        "Message-ID": mail.message_id_for(key),
        "Auto-Submitted": "auto-generated",
    }
    for name, value in headers.items():
        message[name] = value
    return message.as_bytes(policy=mail.POLICY)


def send(pdf: bytes, digits: str, key: str, at: dt.datetime) -> None:
    """Hand one fax over. Raises what `portal.mail.Line.send` raises; ServerAway where the line would be open to all."""
    if not is_on():
        raise mail.ServerAway("no gateway, or no TLS")
    raw = compose(pdf, digits, key, at)
    with mail.Line() as line:
        line.send(raw, address(digits))
