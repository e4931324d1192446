"""Reading the newest words and facts."""

from django.utils.translation import get_language

from portal import clock
from portal.once import once
from portal.texts.models import Organisation, Text


def text(kind: str, language: str | None = None) -> Text:
    """The version of a wording that holds now, in the reader's language or else in English.

    Raises Text.DoesNotExist for a kind without any version.
    """
    language = language or get_language() or "en"
    holding = Text.objects.filter(kind=kind, from_at__lte=clock.now()).order_by("-version")
    return holding.filter(language=language).first() or holding.filter(language="en").latest("version")


def organisation() -> Organisation:
    """The facts that hold now; an empty set of facts before the first were typed in."""
    newest = once("organisation", Organisation.objects.order_by("from_at", "id").last)
    return newest or Organisation(from_at=clock.now())
