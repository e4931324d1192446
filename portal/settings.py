"""Settings, read from the environment. `.env.example` names every key; `portal/checks.py` refuses unsafe ones.

`portal/environment.py` does the reading, `portal/logs.py` says how lines are written, `portal/schedule.py` what beat
starts and how often.
"""

import hashlib
import shutil
import zoneinfo
from pathlib import Path
from urllib.parse import unquote, urlsplit

import django
import pghistory
import tzdata
from csp.constants import NONE, SELF
from django.conf.locale import LANG_INFO

from portal import error_reports, logs, schedule
from portal.environment import database, env, load_run_env

BASE_DIR = Path(__file__).resolve().parent.parent

# The system's copy of the zone data may be years old: the package's copy is forced over it.
zoneinfo.reset_tzpath(to=[str(Path(tzdata.__file__).parent / "zoneinfo")])

PORTAL_ENV = env("PORTAL_ENV", "production")
IN_PRODUCTION = PORTAL_ENV == "production"
IN_DEVELOPMENT = PORTAL_ENV == "development"
IN_TESTS = PORTAL_ENV == "test"
PORTAL_VAR = Path(env("PORTAL_VAR", str(BASE_DIR / "var"))).resolve()
if IN_DEVELOPMENT:
    load_run_env(PORTAL_VAR)
INSTANCE = hashlib.sha256(str(PORTAL_VAR).encode()).hexdigest()[:8]

DEBUG = False
SECRET_KEY = env("SECRET_KEY", "" if IN_PRODUCTION else "not-secret-outside-production")
PORTAL_MASTER_KEY = env("PORTAL_MASTER_KEY")  # "id:base64 of 32 bytes", newest first, separated by commas
if not PORTAL_MASTER_KEY and not IN_PRODUCTION:
    PORTAL_MASTER_KEY = "outside-production:bm90LXNlY3JldC1vdXRzaWRlLXByb2R1Y3Rpb24tMDE="
PORT = env("PORT", "8000")
# localhost, not 127.0.0.1: passkeys refuse an address without a name.
PORTAL_ORIGIN = env("PORTAL_ORIGIN", f"http://localhost:{PORT}")
IS_SECURE = PORTAL_ORIGIN.startswith("https://")
ALLOWED_HOSTS = [host for host in env("ALLOWED_HOSTS").split(",") if host] or [
    urlsplit(PORTAL_ORIGIN).hostname or "localhost"
]
if not IN_PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "testserver"]
CSRF_TRUSTED_ORIGINS = [PORTAL_ORIGIN]
CLOCK_CAN_BE_SET = IN_DEVELOPMENT
SHOW_BACKSTAGE = IN_DEVELOPMENT

INSTALLED_APPS = [
    "portal",
    "portal.texts",
    "portal.vault",
    "portal.history",
    "portal.backup",
    "portal.accounts",
    "portal.reminders",
    "cases.case",
    "cases.documents",
    "cases.records",
    "cases.desk",
    "cases.threads",
    "bookings",
    "cases.opinions",
    "cases.reviews",
    "portal.pages",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "csp",
    "django_structlog",
    "phonenumber_field",
    "pgtrigger",
    "pghistory",
]
INSTALLED_APPS = [
    app
    for app in INSTALLED_APPS
    if not app.startswith(("portal.", "cases.", "bookings")) or (BASE_DIR / app.replace(".", "/") / "apps.py").exists()
]

MIDDLEWARE = [
    "portal.request_log.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "portal.headers.PlainCharsetMiddleware",
    "cases.documents.adding.uploads.FormFirstMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cases.documents.adding.uploads.BodyLimitMiddleware",
    "portal.headers.PlainQueryMiddleware",
    "portal.accounts.middleware.EvenPaceMiddleware",
    "portal.once.OnceMiddleware",
    "portal.accounts.middleware.SessionMiddleware",
    "portal.accounts.middleware.PersonMiddleware",
    "portal.history.middleware.WhoMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.history.looks.LooksMiddleware",
    "cases.desk.links.pages.OfficePagesMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_partials = django.VERSION < (6, 0)  # Django 6 has them built in
if _partials:
    INSTALLED_APPS.append("template_partials.apps.SimpleAppConfig")
_loaders = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
_cached = [("portal.loading.Loader", _loaders)]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", _cached)] if _partials else _cached,
            "builtins": (["template_partials.templatetags.partials"] if _partials else [])
            + ["portal.templatetags.said", "django.templatetags.static", "portal.templatetags.pieces"],
            "libraries": {"i18n": "portal.templatetags.said"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.texts.context.organisation",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASE_URL = env("DATABASE_URL", "postgres://portal_app@/portal")
DATABASE_OWNER_URL = env("DATABASE_OWNER_URL")
# Two roles: the owner migrates and restores, the application's role runs and cannot change history.
_as_owner = env("PORTAL_AS") == "owner" and DATABASE_OWNER_URL
DATABASES = {"default": database(DATABASE_OWNER_URL if _as_owner else DATABASE_URL)}
APP_DATABASE_USER = database(DATABASE_URL)["USER"]
if env("PORTAL_DB_POOL", "0") != "0":  # set by the web server; threads of tests and one-off commands have none
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 2,
        "max_size": int(env("PORTAL_DB_POOL")),
        "timeout": 10,
    }
DATABASES["default"]["TEST"] = {"NAME": "test_portal"}

# Every change of a right leaves a row, written by a trigger: ids, kinds and times alone, and ids of who and where.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField()
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_CREATED_AT_FUNCTION = "clock_timestamp()"  # in the order in which they were written, also within one action

# In PostgreSQL, since failed sign-ins are counted here and must outlive an emptied Redis.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["portal.accounts.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
if IN_TESTS:  # a slow hash is right for people, and half of the time of every test
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "pages:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "pages:landing"
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_FORMS = {
    name: f"portal.accounts.entrance_forms.{form}"
    for name, form in {
        "login": "LoginForm",
        "request_login_code": "RequestLoginCodeForm",
        "confirm_login_code": "ConfirmLoginCodeForm",
        "signup": "SignupForm",
        "confirm_email_verification_code": "ConfirmEmailVerificationCodeForm",
        "reset_password": "ResetPasswordForm",
        "confirm_password_reset_code": "ConfirmPasswordResetCodeForm",
        "reset_password_from_key": "ResetPasswordKeyForm",
        "set_password": "SetPasswordForm",
        "change_password": "ChangePasswordForm",
        "reauthenticate": "ReauthenticateForm",
        "add_email": "AddEmailForm",
        "change_email": "ChangeEmailForm",
    }.items()
}
MFA_FORMS = {
    "authenticate": "portal.accounts.entrance_forms.AuthenticateForm",
    "reauthenticate": "portal.accounts.entrance_forms.ReauthenticateBySecondFactorForm",
    "activate_totp": "portal.accounts.entrance_forms.ActivateTOTPForm",
    "add_webauthn": "portal.accounts.entrance_forms.AddWebAuthnForm",
    "edit_webauthn": "portal.accounts.entrance_forms.EditWebAuthnForm",
}
# Wrong passwords and codes, and codes asked for: portal/accounts/guessing.py counts them instead.
ACCOUNT_RATE_LIMITS = {"login_failed": "", "request_login_code": "20/m/ip", "reset_password": "20/m/ip"}
ENTRANCE_TAKES = 0.0 if IN_TESTS else 0.5  # seconds at least; known and unknown addresses answer alike
MFA_ADAPTER = "portal.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_SECURE
MFA_TOTP_ISSUER = "RS office"
MFA_TOTP_TOLERANCE = 1  # one step of 30 seconds: people type slowly
USERSESSIONS_TRACK_ACTIVITY = True
ALLAUTH_TRUSTED_PROXY_COUNT = int(env("ALLAUTH_TRUSTED_PROXY_COUNT", "0"))

SESSION_ENGINE = "portal.accounts.session_store"
SESSION_COOKIE_AGE = 30 * 24 * 3600  # the outer bound; PersonMiddleware ends them sooner
# Cookies ignore ports, so two instances on one machine must not share names.
SESSION_COOKIE_NAME = "__Host-session" if IS_SECURE else f"portal-{INSTANCE}-session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_SECURE else f"portal-{INSTANCE}-csrf"
LANGUAGE_COOKIE_NAME = "__Host-language" if IS_SECURE else f"portal-{INSTANCE}-language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.failures.csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_SSL_REDIRECT = False  # the proxy redirects
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 63_072_000 if IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_SECURE
SECURE_HSTS_PRELOAD = IS_SECURE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "report-uri": "/policy-report/",
        "report-to": "policy",
    }
}
# Nothing of a device is asked for but its passkeys; what is pasted and copied is the person's own press.
NOT_ASKED_FOR = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "display-capture",
    "encrypted-media", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone",
    "midi", "payment", "screen-wake-lock", "serial", "storage-access", "usb", "window-management",
    "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS_POLICY: dict[str, list[str]] = {
    **{feature: [] for feature in NOT_ASKED_FOR},
    "publickey-credentials-create": ["self"],
    "publickey-credentials-get": ["self"],
}

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
if not IN_PRODUCTION:  # a made-up language finds what was not marked for translation; qpr is the same right to left
    LANG_INFO["qps"] = {"bidi": False, "code": "qps", "name": "Made-up", "name_local": "Måđë-ũƿ"}
    LANG_INFO["qpr"] = {
        "bidi": True,
        "code": "qpr",
        "name": "Made-up, right to left",
        "name_local": "Måđë-ũƿ ⟵",
    }
    LANGUAGES += [("qps", "Made-up"), ("qpr", "Made-up, right to left")]
LANGUAGES_BIDI = ["qpr", "ar", "fa", "he", "ur"]

STATIC_URL = "static/"
STATIC_ROOT = PORTAL_VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if IN_TESTS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Files. A send is one request; the sentences on the pages are made from these figures.
DOCUMENTS_URL = env("DOCUMENTS_URL")  # "s3://KEY:SECRET@HOST/BUCKET?region=R"; empty: the folder
DOCUMENTS_FOLDER = PORTAL_VAR / "documents"
FILE_UPLOAD_TEMP_DIR = PORTAL_VAR / "tmp"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
FILE_UPLOAD_HANDLERS = [
    "cases.documents.adding.uploads.NamesAsWritten",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "cases.documents.adding.uploads.NamelessFiles",
]
FILE_LIMIT_MB, FILES_PER_SEND, SEND_LIMIT_MB, CASE_LIMIT_MB = 100, 20, 100, 2048
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 600
DATA_UPLOAD_MAX_NUMBER_FILES = 200  # those past FILES_PER_SEND are refused by name
# The nights' digests of the record, outside the database: best on another machine, where lines can only be added.
HISTORY_FOLDER = Path(env("HISTORY_FOLDER") or PORTAL_VAR / "history")
BACKUP_KEY = env("BACKUP_KEY")  # base64 of 32 bytes, and not the master key; kept away from this machine too
BACKUP_TO = env("BACKUP_TO")  # a folder on another disk or machine, or "s3://…"; with it the worker backs up each night
CLAMD_URL = env("CLAMD_URL")  # "unix:///run/clamd.sock" or "tcp://clamav:3310"; empty: no scanner configured
# The program that reads pictures of text (tesseract). Empty: the one on the PATH, if any; "off": none.
TEXT_ENGINE = env("TEXT_ENGINE") or shutil.which("tesseract") or ""
if TEXT_ENGINE == "off":
    TEXT_ENGINE = ""
TEXT_LANGUAGES = env("TEXT_LANGUAGES") or "eng"  # its names of languages, joined by "+"; each one more takes more time
ALLOW_NO_SCANNER = env("PORTAL_ALLOW_NO_SCANNER") == "1"

# Mail: a server by address, or files that backstage reads.
EMAIL_URL = env("EMAIL_URL")
EMAIL_FILE_PATH = PORTAL_VAR / "mail"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("DEFAULT_FROM_EMAIL", "office@example.org")
if EMAIL_URL:
    _mail = urlsplit(EMAIL_URL)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.scheme == "smtp+tls", _mail.scheme == "smtps"
else:
    EMAIL_BACKEND = "portal.mail.FolderBackend"

# Where holes are told of, for /.well-known/security.txt: "mailto:…" or "https://…". Empty: the address mail comes from.
SECURITY_CONTACT = env("SECURITY_CONTACT")

# Faxes: a provider's mail-to-fax gateway, "{number}@fax.example"; without one nothing is faxed from here.
FAX_GATEWAY = env("FAX_GATEWAY")

MAILGUN_SIGNING_KEY = env("MAILGUN_SIGNING_KEY")  # with it, Mailgun may tell of mail that came back

# Text messages: a provider's gateway; without one they are offered to nobody.
TEXT_GATEWAY_URL = env("TEXT_GATEWAY_URL")
TEXT_GATEWAY_TOKEN = env("TEXT_GATEWAY_TOKEN")

REDIS_URL = env("REDIS_URL", "redis://localhost:6379/0")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}  # above the longest task
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = schedule.BEAT

OUTSIDE_NET = ""  # tests put a network of their own in place of the internet; refused everywhere else

METRICS_TOKEN = env("METRICS_TOKEN")  # with it /metrics is there, for whoever sends "Authorization: Bearer TOKEN"
if METRICS_TOKEN:
    MIDDLEWARE.insert(0, "portal.metrics.counting.CountingMiddleware")

SENTRY_DSN = env("SENTRY_DSN")
if SENTRY_DSN:
    import sentry_sdk

    sentry_sdk.init(dsn=SENTRY_DSN, **error_reports.OPTIONS)

LOGGING = logs.LOGGING
logs.configure()
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # the redirect to https is the proxy's
    "auth.W004",  # the e-mail is unique by Lower(), a constraint this check does not see
    "templates.W003",  # our i18n stands in the place of Django's on purpose: portal/templatetags/said.py
]
