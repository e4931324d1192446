"""Where allauth asks the house: mail of codes, what is on record, secrets at rest."""

import base64
from smtplib import SMTPRecipientsRefused
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.utils import user_pk_to_url_str
from allauth.core import context as current
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.accounts import actions, drafts, guessing, sessions
from portal.actors import Actor, client_address
from portal.history.actions import record
from portal.texts.words import organisation
from portal.vault import keys
from portal.vault.fields import seal, unseal

log = structlog.get_logger(__name__)

FIVE_QUESTIONS = "five-questions"  # the draft that portal.pages opens a case with


class AccountAdapter(DefaultAccountAdapter):
    """allauth's account flows in our words, with our record."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": gettext_lazy("This account is closed. Please call us."),
        "cannot_remove_primary_email": gettext_lazy("This is your main address. Make another one the main one first."),
        "duplicate_email": gettext_lazy("You have added this address already."),
        "email_password_mismatch": gettext_lazy(
            "The address and the password don’t go together. Try again, or sign in with a code by email."
        ),
        "email_taken": gettext_lazy("This address can’t be used here. Use another one, or call us."),
        "enter_current_password": gettext_lazy("Enter the password you have now."),
        "incorrect_code": gettext_lazy("That is not the code. Look again at the newest email, or ask for a new code."),
        "incorrect_password": gettext_lazy("That is not your password. Try again."),
        "invalid_login": gettext_lazy("Enter your email address in full, like name@example.com."),
        "invalid_password_reset": gettext_lazy("This code no longer works. Ask for a new one."),
        "max_email_addresses": gettext_lazy("You can have up to %d addresses."),
        "rate_limited": gettext_lazy("That was often. Wait a few minutes, then try again."),
        "same_as_current": gettext_lazy("That is the address you have now."),
        "too_many_login_attempts": gettext_lazy(
            "There were too many tries. Wait 5 minutes, then try again, or call us."
        ),
        "too_many_second_steps": gettext_lazy(
            "There were too many tries with codes. Use a passkey, wait 24 hours, or call us."
        ),
        "unknown_email": gettext_lazy("Enter your email address in full, like name@example.com."),
        "unverified_primary_email": gettext_lazy("Confirm the address first: we send a code to it."),
    }

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """A new person: their language from the page, the notice they accepted, the answers they keep."""
        user.language = translation.get_language() or "en"
        user.joined_at = clock.now()
        user = super().save_user(request, user, form, commit)
        by = Actor("user", user.pk, address=client_address(request), user=user)
        record(by, "account.signed_up", user, patient=user.own_record)
        actions.accept_privacy(user, by=by)
        if form.cleaned_data.get("keep_answers") and form.cleaned_data.get("answers"):
            drafts.keep(user, FIVE_QUESTIONS, "", {"sealed": form.cleaned_data["answers"]})
        return user

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        sessions.begin(request)
        if any(record["method"] == "mfa" for record in get_authentication_records(request, user)):
            guessing.passed_second_step(request, guessing.whose(user))
        sessions.checked(request, "sign-in")
        record(Actor.of(request), "account.signed_in", user, patient=user.own_record)

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            record(Actor.of(request), "account.signed_out", request.user, patient=request.user.own_record)
        super().logout(request)

    def is_safe_url(self, url: str | None) -> bool:
        """An address that is none at all leads nowhere; allauth would fail on it."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counted for the account and the client, where allauth counts for the spelling and the host's name."""
        if not guessing.may_try(request, guessing.whom(credentials.get("email", ""))):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        if user:
            guessing.was_right(request, guessing.whom(credentials.get("email", "")))
        return user

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """After a password was set anew by a code from the mailbox."""
        guessing.proved_mailbox(request, guessing.whom(credentials.get("email", "")))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password for an address that has an account, be it a second one, goes on that account's record."""
        if user := guessing.account_of(credentials.get("email", "")):
            by = Actor("anonymous", address=client_address(request))
            record(by, "account.refused", user, patient=user.own_record, why="password")

    def set_password(self, user: Any, password: str) -> None:
        """A new password ends every other session; allauth keeps the one at hand."""
        super().set_password(user, password)
        request = current.request
        if request.user.is_authenticated and request.user.pk == user.pk:
            update_session_auth_hash(request, user)
            sessions.end_others(request)
            record(Actor.of(request), "account.password_changed", user, patient=user.own_record)
        else:
            sessions.end_all(user)
            by = Actor("user", user.pk, address=client_address(request), user=user)
            record(by, "account.password_changed", user, patient=user.own_record, why="reset")

    def get_from_email(self) -> str:
        """The discreet name: the organisation's own name alone tells."""
        return f"{organisation().sender_name} <{settings.DEFAULT_FROM_EMAIL}>"

    def format_email_subject(self, subject: str) -> str:
        return subject

    def render_mail(self, template_prefix: str, email: Any, context: Any, headers: Any = None) -> Any:
        """Plain and HTML parts are made from the same words."""
        words = context | {"organisation": organisation()}
        subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", words).split())
        plain = render_to_string(f"{template_prefix}_message.txt", words).strip()
        paragraphs = [part.strip() for part in plain.split("\n\n") if part.strip()]
        html = render_to_string("account/email/message.html", {"subject": subject, "paragraphs": paragraphs})
        message = EmailMultiAlternatives(
            subject, plain + "\n", self.get_from_email(), [email] if isinstance(email, str) else email, headers=headers
        )
        message.attach_alternative(html, "text/html")
        return message

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send at once. A server that is away or refuses becomes a page that says so, never a 500."""
        message = self.render_mail(template_prefix, email, {"email": email} | context)
        try:
            message.send()
        except (OSError, SMTPRecipientsRefused) as error:
            log.warning("mail_not_sent", error=type(error).__name__)
            refused = isinstance(error, SMTPRecipientsRefused)
            page = render(current.request, "account/mail_failed.html", {"refused": refused}, status=503)
            raise ImmediateHttpResponse(page) from error


class MFAAdapter(DefaultMFAAdapter):
    """Second-factor secrets are sealed at rest; allauth leaves them in clear by default."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("That is not the code. Take the newest one the app shows."),
        "cannot_delete_authenticator": gettext_lazy("Staff need one second step. Add another before you remove this."),
        "unverified_email": gettext_lazy("Confirm your email address first: we send a code to it."),
        "cannot_generate_recovery_codes": gettext_lazy("Set up an app or a passkey first."),
        "add_email_blocked": gettext_lazy("Remove the second step first, then change the address."),
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text, keys.house_key(), b"mfa")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), b"mfa")

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Staff keep at least one app or passkey."""
        if not authenticator.user.role or authenticator.type == "recovery_codes":
            return True
        rest = authenticator.user.authenticator_set.exclude(pk=authenticator.pk).exclude(type="recovery_codes")
        return bool(rest.exists())

    def get_totp_label(self, user: Any) -> str:
        return str(user.email)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        number = user.authenticator_set.filter(type=type).count()
        return _("My passkey") if number == 0 else _("Passkey %(number)d") % {"number": number + 1}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return {
            "id": user_pk_to_url_str(user).encode(),
            "display_name": user.name or user.email,
            "name": user.email,
        }
