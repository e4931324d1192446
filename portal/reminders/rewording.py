"""Changing the words of messages: each change a new version. What was claimed, sealed or sent stays as it was."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.reminders import looks, wording_rules
from portal.reminders.models import Wording
from portal.reminders.patterns import Pattern


def newest(pattern: Pattern, language: str) -> Wording | None:
    """The last version of a wording, which may be "back to ours"; None before the first change."""
    return Wording.objects.holding().filter(code=pattern.code, language=language).first()


def problems(pattern: Pattern, parts: Mapping[str, str], language: str) -> dict[str, str]:
    """What is wrong with these words in this language, by part: by themselves, and as a text message."""
    with translation.override(language):
        found = wording_rules.problems(pattern, parts)
        is_too_long = not found and "lead" in parts and not looks.fits_a_text(pattern, parts, language)
    if is_too_long:
        found["lead"] = _("Too long for a text message, which holds only this line, the time and a link.")
    return found


def reword(pattern: Pattern, parts: Mapping[str, str], *, language: str, seen: int, by: Actor) -> Wording:
    """Say a message in these words from now on. `seen` is the version that the person saw, 0 for ours.

    Raises Refused for words that could break a message or tell a bystander (`.extra["problems"]` by part), and when
    somebody else changed them since.
    """
    _must_be_administrator(by)
    if found := problems(pattern, parts, language):
        raise Refused(_("These words cannot go out yet."), code="input", problems=found)
    with translation.override(language):
        is_ours = dict(parts) == pattern.ours()
    return _add(pattern, {} if is_ours else dict(parts), language, seen, by)


def go_back(pattern: Pattern, version: int, *, language: str, seen: int, by: Actor) -> Wording:
    """Say it again as in an earlier version, or as we do (0). Raises Refused like `reword`."""
    _must_be_administrator(by)
    if version == 0:
        return _add(pattern, {}, language, seen, by)
    earlier = Wording.objects.filter(code=pattern.code, language=language, version=version).first()
    if earlier is None:
        raise Refused(_("There is no such version."), code="input")
    return (
        reword(pattern, earlier.parts, language=language, seen=seen, by=by)
        if earlier.parts
        else _add(pattern, {}, language, seen, by)
    )


def _must_be_administrator(by: Actor) -> None:
    if by.user is None or by.user.role != User.Role.ADMINISTRATOR:
        raise Refused(_("Only an administrator can do this."), code="role")


def _add(pattern: Pattern, parts: dict[str, str], language: str, seen: int, by: Actor) -> Wording:
    try:
        with transaction.atomic():
            last = newest(pattern, language)
            if last and last.parts == parts and last.changed_by == by.user and last.version in (seen, seen + 1):
                return last  # the same press once more
            if seen != (last.version if last else 0):
                raise _stale()
            made = Wording.objects.create(
                code=pattern.code,
                language=language,
                version=seen + 1,
                parts=parts,
                from_at=clock.now(),
                changed_by=by.user,
            )
            record(by, "wording.changed" if parts else "wording.taken_back", made)
            return made
    except IntegrityError as error:  # in this very moment: the constraint lets one of two through
        raise _stale() from error


def _stale() -> Refused:
    return Refused(_("Somebody else changed these words since you opened the page. Theirs stand below."), code="state")
