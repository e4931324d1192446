"""The states of a release, whom it may name, and what of a record is asked for one by one."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReleaseState(TextChoices):
    """Expired is none of these: the clock alone tells it, by the day until which it holds."""

    DRAFT = "draft", _("Not signed yet")
    SIGNED = "signed", _("Signed")
    TAKEN_BACK = "taken_back", _("Taken back")
    REPLACED = "replaced", _("A newer one stands")


class To(TextChoices):
    """Who may receive a record."""

    OFFICE = "office", _("The second doctor")
    US = "us", _("Us")
    PATIENT = "patient", _("The patient")


class Special(TextChoices):
    """What goes only when it is ticked by itself, none beforehand: where law guards it more closely than the rest.

    Substance use: 42 CFR Part 2 (2.31 says what a consent names). HIV: New York Public Health Law 2782. Those two and
    mental health are initialed one by one on New York's forms OCA 960 and DOH-5032; psychotherapy notes want a
    permission of their own besides, 45 CFR 164.508(b)(3)(ii). Genetic tests: state laws, such as New York Civil Rights
    Law 79-l. Sexually transmitted infections: a general authorization is not enough in Washington, RCW 70.02.300.
    Not confirmed by counsel. Canadian offices ask by their own forms.
    """

    MENTAL_HEALTH = "mental_health", _("Mental health care")
    SUBSTANCE_USE = "substance_use", _("Alcohol or drug treatment")
    HIV = "hiv", _("HIV tests and care")
    GENETIC = "genetic", _("Genetic tests")
    SEXUAL = "sexual", _("Sexually transmitted infections")


class Stain(TextChoices):
    STAINED = "stained", _("Stained slides")
    UNSTAINED = "unstained", _("Unstained slides, fresh cuts")
    EITHER = "either", _("Whatever the lab can send")


class Why(TextChoices):
    """Why a record may not be sent by a release, in one word each."""

    NONE = "none", _("Nothing is signed for it yet.")
    INCOMPLETE = "incomplete", _("The form is not signed yet.")
    TAKEN_BACK = "taken_back", _("The permission was taken back.")
    REPLACED = "replaced", _("A newer form takes its place.")
    PAPER_GONE = "paper_gone", _("We cannot use the signed paper any more.")
    EXPIRED = "expired", _("The permission has run out.")
    OTHER_HOLDER = "other_holder", _("It names another office to send it.")
    OTHER_ITEM = "other_item", _("It does not name this record.")
    OTHER_RECIPIENT = "other_recipient", _("It does not name everyone this record goes to.")
    BEFORE_VISIT = "before_visit", _("It ends before the visit.")
