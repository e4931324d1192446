"""What production refuses to start with. Each refusal names the setting to change."""

import socket
import stat
import sys
import zoneinfo
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tzdata
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured

from portal.backup.envelope import Broken, backup_key
from portal.environment import database as database_of
from portal.vault.keys import master_keys

OLDEST_TZDATA = (2026, 6)
ENVIRONMENTS = {"development", "test", "production"}
# What everybody can read in the repository: of development, and of the tests.
KNOWN_KEYS = {"", "not-secret-outside-production", "only-for-tests-" + "0123456789abcdef" * 4}
KNOWN_MASTER_KEYS = {b"not-secret-outside-production-01", bytes(range(32))}
# Of deploy/check.env: these settings are judged by `make check`, and nothing starts with them.
JUDGED = {
    "SECRET_KEY": "only-to-judge-the-settings-4f1b5d0c7a9e2386d1f0b7c5a3e9d8f2",
    "PORTAL_MASTER_KEY": "b25seS10by1qdWRnZS10aGUtc2V0dGluZ3MtMDAwMDE=",
    "BACKUP_KEY": "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=",
}
SHORTEST_SECRET = 50
MAIL_ANSWERS_WITHIN = 5.0  # seconds
OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO
LOCAL_MAIL = {"filebased", "console", "locmem", "dummy"}
PROVES_THE_SERVER = {"verify-ca", "verify-full"}
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


def refuse_unsafe() -> None:
    """Called where the web server starts, which runs no checks. Raises ImproperlyConfigured with every sentence."""
    if errors := [message for message in [*look(None), *judged()] if message.is_serious()]:
        raise ImproperlyConfigured("\n".join(f"{error.msg} ({error.id})" for error in errors))


def refuse_to_start(**_signal: Any) -> None:
    """Worker and beat end with the sentences, as the web server does: Celery runs the checks, drops what they find and
    starts. The worker alone sends mail and asks the scanner.
    """
    try:
        refuse_unsafe()
    except ImproperlyConfigured as reason:
        print(reason, file=sys.__stderr__, flush=True)  # Celery's own stream would cut it at its first colon
        sys.exit(1)


def look(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Everything that is wrong with the settings of this environment."""
    found = [*environment(), *time_zones(), *network()]
    if settings.IN_PRODUCTION:
        found += [
            *backups(),
            *keys(),
            *pages(),
            *scanner(),
            *demo(),
            *mail(),
            *texts(),
            *faxes(),
            *documents(),
            *folders(),
            *lines(),
            *names(),
            *proxies(),
            *database(),
        ]
    return found


def error(number: int, words: str) -> CheckMessage:
    return Error(words, id=f"portal.E{number:03}")


def environment() -> list[CheckMessage]:
    if settings.PORTAL_ENV in ENVIRONMENTS:
        return []
    return [error(1, f"PORTAL_ENV is {settings.PORTAL_ENV!r}; it must be development, test or production.")]


def network() -> list[CheckMessage]:
    if settings.OUTSIDE_NET and not settings.IN_TESTS:
        return [error(20, "OUTSIDE_NET is for tests only: leave it empty.")]
    return []


def time_zones() -> list[CheckMessage]:
    """Old zone data shows consultations an hour off: zones change by law, several a year."""
    found = []
    shipped = tuple(int(part) for part in version("tzdata").split(".")[:2])
    if shipped < OLDEST_TZDATA:
        found.append(error(2, f"The package tzdata is {version('tzdata')}; 2026.6 or newer is needed: make setup."))
    if list(zoneinfo.TZPATH) != [str(Path(tzdata.__file__).parent / "zoneinfo")]:
        found.append(error(3, "Time zones are read from the system, not from the package tzdata (settings.py)."))
    return found


def keys() -> list[CheckMessage]:
    found = []
    if settings.SECRET_KEY in KNOWN_KEYS or len(settings.SECRET_KEY) < SHORTEST_SECRET:
        found.append(error(4, f"SECRET_KEY must be a secret of {SHORTEST_SECRET} characters or more."))
    if not _are_own():
        found.append(error(5, "PORTAL_MASTER_KEY must be ID:KEY, 32 bytes of your own in base64 (docs/operations.md)."))
    return found


def _are_own() -> bool:
    """Whether each key can be used and is secret, whatever it is called."""
    try:
        known = master_keys()
    except ImproperlyConfigured:
        return False
    return all(known) and not KNOWN_MASTER_KEYS & set(known.values())


def judged() -> list[CheckMessage]:
    """The keys of deploy/check.env, which everybody can read."""
    names = [name for name, key in JUDGED.items() if settings.IN_PRODUCTION and key in getattr(settings, name)]
    return [error(21, f"{name} is the one of deploy/check.env: make one of your own.") for name in names]


def pages() -> list[CheckMessage]:
    found = []
    if settings.DEBUG:
        found.append(error(6, "DEBUG must be off: its error pages show health data."))
    if not settings.PORTAL_ORIGIN.startswith("https://"):
        found.append(error(7, f"PORTAL_ORIGIN is {settings.PORTAL_ORIGIN!r}; it must begin with https://"))
    return found


def scanner() -> list[CheckMessage]:
    if settings.CLAMD_URL or settings.ALLOW_NO_SCANNER:
        return []
    return [error(8, "CLAMD_URL names no virus scanner. To go without one, on record: PORTAL_ALLOW_NO_SCANNER=1.")]


def demo() -> list[CheckMessage]:
    if settings.SHOW_BACKSTAGE or settings.CLOCK_CAN_BE_SET:
        return [error(9, "SHOW_BACKSTAGE and CLOCK_CAN_BE_SET belong to development: set PORTAL_ENV=production.")]
    return []


def mail() -> list[CheckMessage]:
    """To another machine by TLS only; a relay on this one may do without."""
    found: list[CheckMessage] = []
    if LOCAL_MAIL & set(settings.EMAIL_BACKEND.split(".")):
        found.append(error(10, "EMAIL_URL names no mail server: messages would stay in files."))
    elif not _goes_by_tls() and settings.EMAIL_HOST not in THIS_MACHINE:
        found.append(error(19, "EMAIL_URL must begin with smtp+tls:// or smtps://: codes that sign in go by mail."))
    if settings.DEFAULT_FROM_EMAIL.endswith("example.org"):
        found.append(error(11, "DEFAULT_FROM_EMAIL must be an address of yours."))
    return found


def texts() -> list[CheckMessage]:
    """Numbers and a token go to the gateway: by https, and only with both settings."""
    url, token = settings.TEXT_GATEWAY_URL, settings.TEXT_GATEWAY_TOKEN
    if not url or (url.startswith("https://") and token):
        return []
    return [error(12, "TEXT_GATEWAY_URL must begin with https:// and needs TEXT_GATEWAY_TOKEN; empty sends no texts.")]


def faxes() -> list[CheckMessage]:
    """Letters hold names and records: to the gateway by TLS only."""
    gateway = settings.FAX_GATEWAY
    is_named = "{number}" in gateway.partition("@")[0] and bool(gateway.partition("@")[2])
    if not gateway or (is_named and _goes_by_tls()):
        return []
    return [error(14, "FAX_GATEWAY must be like {number}@fax.example, and EMAIL_URL smtp+tls:// or smtps://.")]


def _goes_by_tls() -> bool:
    """By name: a machine that keeps mail in files has none of these."""
    return bool(getattr(settings, "EMAIL_USE_TLS", False) or getattr(settings, "EMAIL_USE_SSL", False))


def documents() -> list[CheckMessage]:
    """Sealed as they are, files tell their sizes and the account its secret on a line without TLS."""
    if settings.DOCUMENTS_URL and not settings.DOCUMENTS_URL.startswith("s3://"):
        return [error(13, "DOCUMENTS_URL must begin with s3://; s3+http:// is for trying out.")]
    return []


def folders() -> list[CheckMessage]:
    """Sealed files, uploads on their way, digests and archives are nobody else's: not other accounts' of this machine,
    and not what the web server hands out.
    """
    kept: list[tuple[str, str | Path]] = [("PORTAL_VAR", settings.DOCUMENTS_FOLDER)]
    kept.append(("PORTAL_VAR", settings.FILE_UPLOAD_TEMP_DIR))
    kept.append(("HISTORY_FOLDER", settings.HISTORY_FOLDER))
    if settings.BACKUP_TO and "://" not in settings.BACKUP_TO:
        kept.append(("BACKUP_TO", settings.BACKUP_TO))
    found = [_folder(name, Path(at)) for name, at in kept]
    return [error(16, words) for words in found if words]


def _folder(name: str, at: Path) -> str:
    """What is wrong with a folder, if anything."""
    if Path(settings.STATIC_ROOT) in [at, *at.parents]:
        return f"{name}: {at} is where style sheets are served from."
    if at.exists() and at.stat().st_mode & OTHERS_MAY:
        return f"{name}: others can read {at}. Close it: chmod 700 {at}"
    return ""


def lines() -> list[CheckMessage]:
    """What goes to another machine: rows by TLS only. The scanner speaks none, and a broker holds ids alone."""
    found: list[CheckMessage] = []
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        to = database_of(getattr(settings, name))
        if _is_far(*to["HOST"].split(",")) and to["OPTIONS"].get("sslmode") not in PROVES_THE_SERVER:
            found.append(
                error(23, f"{name} names another machine: end it with ?sslmode=verify-full (docs/operations.md).")
            )
    for number, name, secure in ((3, "REDIS_URL", {"rediss"}), (4, "CLAMD_URL", set())):
        to = urlsplit(getattr(settings, name))
        if to.scheme not in secure | {"unix"} and _is_far(to.hostname or ""):
            words = f"{name} names another machine in clear: whoever is on the line between reads along."
            found.append(Warning(words, id=f"portal.W{number:03}"))
    return found


def _is_far(*hosts: str) -> bool:
    """Whether one is another machine. A name without a dot is a container beside this one; a path is a socket."""
    far = [host for host in hosts if host and not host.startswith("/") and host not in THIS_MACHINE]
    return any("." in host or ":" in host for host in far)


def names() -> list[CheckMessage]:
    if "*" in settings.ALLOWED_HOSTS:
        return [error(22, "ALLOWED_HOSTS must name each host: with * a forged one gets into links of our mail.")]
    return []


def proxies() -> list[CheckMessage]:
    """TLS ends at a proxy. Counting its address for everybody's, one guesser would keep all people out."""
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT >= 1:
        return []
    return [error(17, "ALLAUTH_TRUSTED_PROXY_COUNT must say how many proxies of ours stand in front: 1 for nginx.")]


def refuse_unreachable() -> None:
    """Called when a production is prepared, not at each start: a mail server that is away for an hour stops nobody who
    works. Raises ImproperlyConfigured.
    """
    host, port = settings.EMAIL_HOST, settings.EMAIL_PORT
    try:
        socket.create_connection((host, port), timeout=MAIL_ANSWERS_WITHIN).close()
    except OSError as reason:
        why = type(reason).__name__
        raise ImproperlyConfigured(f"EMAIL_URL: nothing answers at {host}:{port} ({why}). (portal.E018)") from None


def backups() -> list[CheckMessage]:
    """An archive that nobody can open, or that opens with the key beside the data, is none."""
    if not settings.BACKUP_KEY and not settings.BACKUP_TO:
        return [Warning("BACKUP_KEY and BACKUP_TO are not set: nothing is backed up by itself.", id="portal.W002")]
    try:
        backup_key()
    except Broken as reason:
        return [error(15, str(reason))]
    return []


def database() -> list[CheckMessage]:
    """With one account for everything, whoever gets into the portal could rewrite its history."""
    if settings.DATABASE_OWNER_URL and settings.DATABASE_OWNER_URL != settings.DATABASE_URL:
        return []
    words = "DATABASE_OWNER_URL is not a second account: the history is not protected from the portal itself."
    return [Warning(words, id="portal.W001")]
