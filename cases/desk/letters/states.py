"""The kinds of letter, how one goes out, and why one goes no more."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class LetterKind(TextChoices):
    RECORDS = "records", _("Asks for records")
    SLIDES = "slides", _("Asks for slides")
    AGAIN = "again", _("Asks again, by the law’s date")
    REPORT = "report", _("Asks for the report")
    COVER = "cover", _("Goes with what we pass on")
    CODE = "code", _("Gives an office the code to its page")
    # By the codes of the patient's own letters.
    REFER = "refer", _("Asks for a referral")
    ANOTHER = "another", _("Asks for another specialist")
    PASS_ON = "pass_on", _("Goes with the report that we pass on")


REFERRALS = frozenset({LetterKind.REFER, LetterKind.ANOTHER})
BY_US = frozenset({LetterKind.CODE, LetterKind.PASS_ON})  # a coordinator's to make and to say out
COVERS = frozenset({LetterKind.COVER, LetterKind.PASS_ON})
# That we may ask and pass on is enough.
WITHOUT_RELEASE = REFERRALS | COVERS | {LetterKind.REPORT, LetterKind.CODE}


class SentHow(TextChoices):
    HANDED = "handed", _("Handed over")
    POSTED = "posted", _("Posted")
    FAXED = "faxed", _("Faxed")


class LetterEnded(TextChoices):
    TAKEN_BACK = "taken_back", _("Its permission was taken back")
    REPLACED = "replaced", _("A newer permission stands")
    STOPPED = "stopped", _("It could not go any more")
    CHANGED = "changed", _("What it says has changed")
    NOT_NEEDED = "not_needed", _("Nothing on it was left to ask for")


def whys() -> dict[str, str | Promise]:
    """What the history says with each, by its code."""
    return {why_of(each): each.label for each in (*LetterKind, *SentHow, *LetterEnded)}


def why_of(word: str) -> str:
    return f"letter_{word}"
