"""Every address; rooms bring their own."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

from portal import health, street
from portal.reminders import bounce_views

ROOMS = [
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
]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path(".well-known/security.txt", street.security_txt, name="security_txt"),
    path("policy-report/", street.policy_report, name="policy_report"),
    path("accounts/", include("allauth.urls")),
    *[
        path("", include(f"{room}.urls"))
        for room in ROOMS
        if room in settings.INSTALLED_APPS and find_spec(f"{room}.urls")
    ],
]

handler400 = "portal.failures.bad_request"
handler403 = "portal.failures.forbidden"
handler404 = "portal.failures.not_found"
handler500 = "portal.failures.server_error"
if settings.MAILGUN_SIGNING_KEY:
    urlpatterns.append(path("mail-events/mailgun/", bounce_views.mailgun, name="mail_events"))
if settings.METRICS_TOKEN:
    urlpatterns.append(path("metrics", include("portal.metrics.urls")))
if settings.SHOW_BACKSTAGE:
    urlpatterns.append(path("backstage/", include("portal.pages.backstage_urls")))
