"""Where the mail provider tells of mail that came back. Off without its signing key; anymail reads and proves it."""

import json

import structlog
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal import clock
from portal.access import public

log = structlog.get_logger(__name__)

# The provider goes on for 8 hours when we do not answer.
SIGNED_LASTS = 12 * 3600
NOT_A_MESSAGE = (LookupError, ValueError, TypeError, AttributeError, OverflowError, RawPostDataException)


class Mailgun(MailgunTrackingWebhookView):
    """Anymail's view, which proves the signature, and then how old that is."""

    def validate_request(self, request: HttpRequest) -> None:
        # A body of the provider's older form is not read like this, and so refused.
        signed_at = float(json.loads(request.body)["signature"]["timestamp"])
        if not abs(clock.real_now().timestamp() - signed_at) <= SIGNED_LASTS:
            raise AnymailWebhookValidationFailure("signed too long ago")

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            self.run_validators(request)
            events = self.parse_events(request)
        except (AnymailWebhookValidationFailure, *NOT_A_MESSAGE):
            log.warning("mail_event_refused")
            return HttpResponse(status=400)
        for event in events:
            self.signal.send(sender=type(self), event=event, esp_name=self.esp_name)
        return HttpResponse()


# The signature is the authority, and no cookie comes along: nothing for CSRF to protect.
@csrf_exempt
@public
@require_POST
def mailgun(request: HttpRequest) -> HttpResponse:
    """What Mailgun tells of one message; 404 while its key is not set."""
    if not settings.MAILGUN_SIGNING_KEY:
        raise Http404
    return Mailgun.as_view(webhook_signing_key=settings.MAILGUN_SIGNING_KEY)(request)
