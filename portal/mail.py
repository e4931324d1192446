"""Mail as bytes: composed once, sent as they are, and told apart by what the server said. Knows no room."""

import datetime as dt
import email
import email.policy
import os
import re
import secrets
import smtplib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.charset import QP, Charset
from email.encoders import encode_base64
from email.header import Header
from email.headerregistry import Address
from email.message import Message, MIMEPart
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, formataddr, parseaddr
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from portal import lines

MESSAGES_A_LINE = 100  # then a new one: servers end a line that carried many
LONGEST_LINE = 200
# ASCII only: any server takes it, and the sealed text gives back the very bytes. The older of Python's two ways to make
# a message: a quarter of the time of the newer one, which reads each header back as it is set.
POLICY = email.policy.compat32.clone(linesep="\r\n", max_line_length=LONGEST_LINE)
AS_IT_IS, QUOTED = Charset("us-ascii"), Charset("utf-8")
QUOTED.body_encoding = QP


class MailError(Exception):
    """A message did not go. `is_sure` says that the server has certainly not taken it."""

    is_sure = True


class ServerAway(MailError):
    """The server does not answer, or takes nothing from us: no other message would go either."""


class Deferred(MailError):
    """The server asks to try this one later."""


class AddressRefused(MailError):
    """The server will not take this one."""


class Unsure(MailError):
    """The line dropped after the message was handed over: it may have been taken."""

    is_sure = False


@dataclass(frozen=True)
class Mail:
    """One message to one address; `attachments` are (name, content type, bytes)."""

    to: str
    subject: str
    plain: str
    html: str
    sender_name: str
    message_id: str
    at: dt.datetime
    headers: dict[str, str] = field(default_factory=dict)
    attachments: tuple[tuple[str, str, bytes], ...] = ()


def one_line(text: str, longest: int = 200) -> str:
    """A text fit for a header: no line breaks, no control characters, nothing that turns its direction, bounded."""
    return re.sub(r"[\s\x00-\x1f\x7f\u2028\u2029]+", " ", lines.unturned(text)).strip()[:longest]


def sender_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def message_id_for(key: str) -> str:
    """The same Message-ID for the same key, always."""
    return f"<{key}@{sender_address().rpartition('@')[2] or 'localhost'}>"


def absolute(path: str) -> str:
    """An address of ours for a message."""
    return settings.PORTAL_ORIGIN.rstrip("/") + path


def compose(mail: Mail) -> bytes:
    """The bytes of a message, plain and HTML. AddressRefused when the address cannot stand in a header."""
    message: Any = _parts("alternative", [_body(mail.plain, "plain"), _body(mail.html, "html")])
    if mail.attachments:
        message = _parts("mixed", [message, *(_attachment(*each) for each in mail.attachments)])
    headers = {
        "To": _addressee(mail.to),
        "From": formataddr((one_line(mail.sender_name, 80), sender_address())),
        "Subject": one_line(mail.subject),
        "Date": format_datetime(mail.at),
        "Message-ID": one_line(mail.message_id),
        "Auto-Submitted": "auto-generated",
        **{name: one_line(value, 900) for name, value in mail.headers.items()},
    }
    for name, value in headers.items():
        message[name] = value if value.isascii() else Header(value, "utf-8")
    return message.as_bytes(policy=POLICY)


def _addressee(to: str) -> str:
    try:
        return str(Address(addr_spec=to))
    except (ValueError, IndexError, email.errors.MessageError) as error:
        raise AddressRefused("not an address") from error


def _parts(subtype: str, parts: Sequence[Message]) -> MIMEMultipart:
    """Several parts as one. The line between them is drawn by lot: looking for one that stands in none takes longer."""
    return MIMEMultipart(subtype, boundary=f"=={secrets.token_hex(16)}", _subparts=parts)


def _body(text: str, subtype: str) -> MIMENonMultipart:
    is_plain = text.isascii() and max(map(len, text.splitlines()), default=0) <= LONGEST_LINE
    part = MIMENonMultipart("text", subtype)
    part.set_payload(text, AS_IT_IS if is_plain else QUOTED)
    return part


def _attachment(name: str, content_type: str, content: bytes) -> MIMEBase:
    kind, *parameters = (part.strip() for part in content_type.split(";"))
    main, _, sub = kind.partition("/")
    part = MIMEBase(main, sub)
    for key, _, value in (each.partition("=") for each in parameters):
        part.set_param(key, value.strip('"'))
    part.set_payload(content)
    encode_base64(part)
    name = one_line(name, 80)
    part.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    return part


class Composed(EmailMultiAlternatives):
    """Composed bytes as Django's backends want them: SMTP and files take the bytes, providers read the attributes."""

    def __init__(self, raw: bytes, to: str, connection: BaseEmailBackend | None = None):
        super().__init__(from_email=sender_address(), to=[to], connection=connection)
        self.raw = raw
        if not isinstance(connection, SmtpBackend | FolderBackend):
            self._fill()

    def _fill(self) -> None:
        parsed = read(self.raw)
        self.subject, self.body, self.from_email = parsed.subject, parsed.plain, parsed.sender
        self.attach_alternative(parsed.html, "text/html")
        for name, content_type, content in parsed.attachments:
            self.attach(name, content, content_type)
        self.extra_headers = dict(parsed.headers)

    def message(self, *args, **kwargs):
        return _Bytes(self.raw)


class _Bytes:
    """What a backend calls on a message, answered with the bytes as they are."""

    def __init__(self, raw: bytes):
        self.raw = raw

    def as_bytes(self, *args, **kwargs) -> bytes:
        return self.raw

    def as_string(self, *args, **kwargs) -> str:
        return self.raw.decode("ascii")


class Line:
    """The way to the mail server, opened for the first message and kept for the next. Leaving it closes it."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None
        self._carried = 0

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *error: object) -> None:
        self._hang_up()

    def send(self, raw: bytes, to: str) -> None:
        """Hand the bytes to the server. Raises ServerAway, Deferred, AddressRefused or Unsure."""
        connection = self._open()
        try:
            connection.send_messages([Composed(raw, to, connection)])
            self._carried += 1
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise _said(error) from error

    def _open(self) -> BaseEmailBackend:
        """A line that stands: servers close one that was idle or carried much, which is asked before a message goes."""
        if self._connection and (self._carried >= MESSAGES_A_LINE or not _stands(self._connection)):
            self._hang_up()
        if self._connection is None:
            connection = get_connection()
            try:
                connection.open()
            except (OSError, smtplib.SMTPException) as error:
                raise ServerAway(type(error).__name__) from error
            self._connection, self._carried = connection, 0
        return self._connection

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            _close(connection)


def _stands(connection: BaseEmailBackend) -> bool:
    if not isinstance(connection, SmtpBackend):
        return True
    try:
        return connection.connection is not None and connection.connection.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def _said(error: Exception) -> MailError:
    """What an error while sending means. A line that dropped may have carried the message."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _refusal(max((code for code, _ in error.recipients.values()), default=550))
    if isinstance(error, smtplib.SMTPSenderRefused):
        return ServerAway(str(error.smtp_code))
    if isinstance(error, smtplib.SMTPResponseException):
        return _refusal(error.smtp_code)
    return Unsure(type(error).__name__)


def _refusal(code: int) -> MailError:
    if code == 421:
        return ServerAway("421")
    return AddressRefused(str(code)) if code >= 500 else Deferred(str(code))


def _close(connection: BaseEmailBackend) -> None:
    """A server that hangs up at QUIT has taken the message all the same."""
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        return


@dataclass(frozen=True)
class Kept:
    """A message read back."""

    at: str
    sender: str
    to: str
    subject: str
    plain: str
    html: str
    headers: dict[str, str]
    attachments: list[tuple[str, str, bytes]]
    name: str = ""


def read(raw: bytes, name: str = "") -> Kept:
    """A message from its bytes."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    named = ("from", "to", "subject", "date", "mime-version", "content-type", "content-transfer-encoding")
    return Kept(
        at=str(message["Date"] or ""),
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        plain=_text(plain),
        html=_text(html),
        headers={key: str(value) for key, value in message.items() if key.lower() not in named},
        attachments=[
            (part.get_filename() or "", _type(part), bytes(part.get_payload(decode=True) or b""))
            for part in message.iter_attachments()
        ],
        name=name,
    )


def _text(part: MIMEPart | None) -> str:
    return part.get_content().replace("\r\n", "\n") if part else ""


def _type(part: MIMEPart) -> str:
    """A calendar file's method belongs to its type: by it the reader's program knows an invitation."""
    method = part.get_param("method")
    return f"{part.get_content_type()}; method={method}" if method else part.get_content_type()


class FolderBackend(BaseEmailBackend):
    """Each message one file in EMAIL_FILE_PATH, whole or not at all. For machines without a mail server.

    An address that can never be (RFC 2606: ".invalid") is refused, as a server would.
    """

    def send_messages(self, email_messages):
        for message in email_messages:
            if refused := [address for address in message.recipients() if address.endswith(".invalid")]:
                raise smtplib.SMTPRecipientsRefused(dict.fromkeys(refused, (550, b"No such address")))
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            handle, name = tempfile.mkstemp(dir=folder, prefix=".")
            with os.fdopen(handle, "wb") as file:
                file.write(message.message().as_bytes())
            # Named by the wall clock of the file system, so that the newest sorts last even when the date is set.
            os.replace(name, folder / f"{os.stat(name).st_mtime_ns:020d}-{Path(name).name[1:]}.eml")
        return len(email_messages)


def kept(newest: int = 200) -> list[Kept]:
    """The messages kept by FolderBackend, newest first."""
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", None) or ".")
    return [read(file.read_bytes(), file.stem) for file in sorted(folder.glob("*.eml"), reverse=True)[:newest]]
