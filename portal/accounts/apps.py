"""People: who they are, how they sign in, what they were typing."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"

    def ready(self) -> None:
        from allauth.mfa.signals import (
            authentication_failed,
            authenticator_added,
            authenticator_removed,
            authenticator_reset,
        )

        from portal.accounts.way_back.words import REASONS as WAY_BACK_REASONS
        from portal.accounts.way_back.words import VERBS as WAY_BACK_VERBS
        from portal.history import words

        words.register_for_patients("account.opened_by_phone", "account.privacy_accepted")
        words.register(
            {
                "account.signed_up": _("Made an account"),
                "account.signed_in": _("Signed in"),
                "account.signed_out": _("Signed out"),
                "account.refused": _("A sign-in was refused"),
                "account.password_changed": _("Changed the password"),
                "account.second_factor_added": _("Set up a second step to sign in"),
                "account.second_factor_removed": _("Removed a second step to sign in"),
                "account.recovery_codes_renewed": _("Made new recovery codes; the old ones work no more"),
                "account.second_factor_reset": _("Second step taken away after a lost phone"),
                "account.privacy_accepted": _("Accepted the privacy notice"),
                "account.opened_by_phone": _("Opened a page for you, by phone"),
                "account.opened_to_sign_in": _("Opened your page to sign-in, as you have an email address now"),
                "account.back_to_post": _("Took sign-in away, as you have no email address: it goes by phone and post"),
                "account.seen": _("Looked at the account"),
                "account.details_changed": _("Changed the account’s details"),
                "account.address_put_right": _("Put right how you are reached, after knowing you by phone"),
                "account.postal_put_right": _("Wrote down your postal address"),
                "account.channel_set": _("Set how messages reach you, as you asked"),
                "account.channel_chosen": _("Chose how messages come"),
                "account.invited": _("Invited someone to the staff"),
                "account.invitation_withdrawn": _("Took an invitation back"),
                "account.joined": _("Joined the staff"),
                "account.role_changed": _("Changed a person’s role"),
                "account.forgotten": _("Removed a sign-up that was never confirmed"),
                "account.closed": _("Closed an account"),
                "account.erased": _("Erased how the person signs in and is reached"),
                "account.death_known": _("Wrote down that the person has died"),
                "account.death_taken_back": _("Took back that the person has died"),
                "account.reopened": _("Opened an account again"),
            },
            {
                "password": _("Wrong password"),
                "code": _("Wrong code"),
                "too_many": _("Too many tries: no more are taken for some minutes"),
                "reset": _("By a code from the mailbox"),
                "consultant": _("Consultant"),
                "coordinator": _("Coordinator"),
                "administrator": _("Administrator"),
                "none": _("No role"),
                "email": _("The email address"),
                "phone": _("The phone number"),
                "email_and_phone": _("The email address and the phone number"),
                "patient_rang": _("You rang us"),
                "helper_rang": _("Someone who helps you rang us"),
                "mail": _("By email"),
                "text": _("By text message"),
                "letter": _("By letter"),
            },
        )
        words.register(WAY_BACK_VERBS, WAY_BACK_REASONS)
        # allauth tells of these by its signals only; a second factor that changed ends the other sessions.
        authenticator_added.connect(_added, dispatch_uid="portal.accounts")
        authenticator_removed.connect(_removed, dispatch_uid="portal.accounts")
        authenticator_reset.connect(_reset, dispatch_uid="portal.accounts")
        authentication_failed.connect(_refused, dispatch_uid="portal.accounts")


def _added(sender: Any, request: Any, user: Any, **rest: Any) -> None:
    _second_factor_changed(request, user, "account.second_factor_added")


def _removed(sender: Any, request: Any, user: Any, **rest: Any) -> None:
    _second_factor_changed(request, user, "account.second_factor_removed")


def _reset(sender: Any, request: Any, user: Any, **rest: Any) -> None:
    """New recovery codes: whoever holds the old ones, or an open session, may be why."""
    _second_factor_changed(request, user, "account.recovery_codes_renewed")


def _second_factor_changed(request: Any, user: Any, verb: str) -> None:
    from portal.accounts import sessions
    from portal.actors import Actor
    from portal.history.actions import record

    user.__dict__.pop("has_second_factor", None)
    sessions.end_others(request)
    record(Actor.of(request), verb, user, patient=None if user.role else user.pk)


def _refused(sender: Any, request: Any, user: Any, **rest: Any) -> None:
    from portal.actors import Actor, client_address
    from portal.history.actions import record

    by = Actor("anonymous", address=client_address(request))
    record(by, "account.refused", user, patient=None if user.role else user.pk, why="code")
