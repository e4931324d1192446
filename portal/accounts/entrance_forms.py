"""The forms of signing up and signing in: allauth's, in our words."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset_by_code import PASSWORD_RESET_VERIFICATION_SESSION_KEY
from allauth.core import context
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import guessing, rules, sessions

WHOLE_ADDRESS = gettext_lazy("Enter your email address in full, like name@example.com.")
# What a field is called, its hint, and what to do when it is empty.
WORDS: dict[str, tuple[Any, Any, Any]] = {
    "email": (gettext_lazy("Email address"), "", WHOLE_ADDRESS),
    "login": (gettext_lazy("Email address"), "", WHOLE_ADDRESS),
    "code": (
        gettext_lazy("Code"),
        gettext_lazy("Capital or small letters, with or without the dash."),
        gettext_lazy("Enter the code."),
    ),
    "password": (gettext_lazy("Password"), "", gettext_lazy("Enter your password.")),
    "oldpassword": (gettext_lazy("Your password now"), "", gettext_lazy("Enter the password you have now.")),
    "password1": (
        gettext_lazy("New password"),
        gettext_lazy("10 characters or more. Three or four words that only you put together are good."),
        gettext_lazy("Enter a new password."),
    ),
    "password2": (gettext_lazy("The same password again"), "", gettext_lazy("Enter the new password again.")),
    "remember": (
        gettext_lazy("Keep me signed in on this phone"),
        gettext_lazy("Only if nobody else uses it"),
        "",
    ),
    "name": (
        gettext_lazy("A name for it"),
        gettext_lazy("For instance “My phone”."),
        gettext_lazy("Enter a name."),
    ),
    "passwordless": (
        gettext_lazy("Use it alone, without email or code"),
        gettext_lazy("Your phone then asks for your face, finger or its own code."),
        "",
    ),
}
NARROW = {"code": "rs-input--code", "email": "rs-input--m", "login": "rs-input--m"}


class InOurWords(forms.Form):
    """Gives allauth's forms our labels, hints and sentences."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name not in WORDS:
                continue
            field.label, hint, empty = WORDS[name]
            field.help_text = hint
            field.error_messages["required"] = empty or field.error_messages["required"]
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = WHOLE_ADDRESS
                for validator in field.validators:
                    if hasattr(validator, "message"):
                        validator.message = WHOLE_ADDRESS
            if name in NARROW:
                field.widget.attrs["class"] = NARROW[name]


class LoginForm(InOurWords, account.LoginForm):
    """Sign in by password; allauth drops the field when sign-up asks for none."""

    def _setup_password_field(self) -> None:
        return None

    def login(self, request: Any, redirect_url: str | None = None) -> Any:
        request.session[sessions.WANTS_TO_STAY] = self.cleaned_data["remember"]
        return super().login(request, redirect_url)


class RequestLoginCodeForm(InOurWords, account.RequestLoginCodeForm):
    keep = forms.BooleanField(
        label=WORDS["remember"][0], help_text=WORDS["remember"][1], required=False, widget=forms.CheckboxInput
    )

    def clean_email(self) -> Any:
        _count_code(self.cleaned_data["email"])
        return super().clean_email()

    def clean(self) -> Any:
        context.request.session[sessions.WANTS_TO_STAY] = self.cleaned_data.get("keep", False)
        return super().clean()


def _count_code(email: str) -> None:
    """Raises ValidationError where too many codes were asked for."""
    if email and not guessing.may_ask_for_code(context.request, guessing.whom(email)):
        raise get_adapter().validation_error("rate_limited")


class CountedCode(InOurWords):
    """A code from the mailbox, whose wrong tries count for the account it signs in to."""

    def _address(self) -> str:
        raise NotImplementedError

    def clean_code(self) -> str:
        whom = guessing.whom(self._address())
        if not guessing.may_try(context.request, whom):
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc]
        guessing.was_right(context.request, whom)
        return code


class ConfirmLoginCodeForm(CountedCode, account.ConfirmLoginCodeForm):
    def _address(self) -> str:
        return str(context.request._login_stage.state.get("email", ""))


class ConfirmEmailVerificationCodeForm(CountedCode, account.ConfirmEmailVerificationCodeForm):
    def _address(self) -> str:
        return str(self.email or "")


class ConfirmPasswordResetCodeForm(CountedCode, account.ConfirmPasswordResetCodeForm):
    def _address(self) -> str:
        return str(context.request.session.get(PASSWORD_RESET_VERIFICATION_SESSION_KEY, {}).get("email", ""))


class ResetPasswordForm(InOurWords, account.ResetPasswordForm):
    def clean_email(self) -> str:
        _count_code(self.cleaned_data["email"])
        return str(super().clean_email())


class ResetPasswordKeyForm(InOurWords, account.ResetPasswordKeyForm):
    pass


class SetPasswordForm(InOurWords, account.SetPasswordForm):
    pass


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):
    def clean_oldpassword(self) -> str:
        whom = guessing.whose(self.user)
        if not guessing.may_try(context.request, whom):
            raise get_adapter().validation_error("too_many_login_attempts")
        password = str(super().clean_oldpassword())
        guessing.was_right(context.request, whom)
        return password


class ReauthenticateForm(InOurWords, account.ReauthenticateForm):
    pass


class AddEmailForm(InOurWords, account.AddEmailForm):
    pass


class ChangeEmailForm(InOurWords, account.ChangeEmailForm):
    pass


class CountedSecondStep(InOurWords):
    """A code of an app or from paper; allauth would begin each client anew after a right one."""

    def clean_code(self) -> str:
        whom = guessing.whose(self.user)  # type: ignore[attr-defined]
        if not guessing.may_try(context.request, whom, is_second_step=True):
            is_day = guessing.are_second_steps_used_up(context.request, whom)
            raise get_adapter().validation_error("too_many_second_steps" if is_day else "too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc]
        guessing.was_right(context.request, whom, is_second_step=True)
        return code


class AuthenticateForm(CountedSecondStep, second_factor.AuthenticateForm):
    pass


class ReauthenticateBySecondFactorForm(CountedSecondStep, second_factor.ReauthenticateForm):
    pass


class ActivateTOTPForm(InOurWords, totp.ActivateTOTPForm):
    pass


class AddWebAuthnForm(InOurWords, webauthn.AddWebAuthnForm):
    pass


class EditWebAuthnForm(InOurWords, webauthn.EditWebAuthnForm):
    pass


class SignupForm(InOurWords, account.SignupForm):
    """Sign up with an address alone; the five questions' answers travel along, sealed."""

    privacy = forms.BooleanField(
        label=gettext_lazy("I have read the privacy notice and accept it"),
        error_messages={"required": gettext_lazy("Read the privacy notice and tick that you accept it.")},
    )
    answers = forms.CharField(required=False, widget=forms.HiddenInput)
    keep_answers = forms.BooleanField(
        label=gettext_lazy("Keep my answers to the five questions"),
        help_text=gettext_lazy("If you don’t tick this, we forget them."),
        required=False,
    )
    as_typed = forms.CharField(required=False, widget=forms.HiddenInput)

    def try_save(self, request: Any) -> Any:
        """Signed up twice at the same moment, the second is told as anybody whose address is known."""
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            return super().try_save(request)

    @property
    def has_answers(self) -> bool:
        return bool(self["answers"].value())

    def clean_email(self) -> str:
        email = super().clean_email()
        meant = rules.better_address(email)
        if meant and self.data.get("as_typed") != email:
            # The same form sent again with the same address means that it is right.
            self.data = {**self.data.dict(), "as_typed": email}  # type: ignore[attr-defined]
            raise forms.ValidationError(
                _("Did you mean %(meant)s? If your address is right as it is, send the form again."),
                params={"meant": meant},
            )
        return email
