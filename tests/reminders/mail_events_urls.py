"""The addresses of the portal as they are where a signing key is set."""

from django.urls import path

from portal import urls
from portal.reminders import bounce_views
from portal.urls import handler404, handler500

urlpatterns = [*urls.urlpatterns, path("mail-events/mailgun/", bounce_views.mailgun, name="mail_events")]
__all__ = ["handler404", "handler500", "urlpatterns"]
