"""Words for verbs and reasons, made when shown, in the reader's language. Rooms register theirs in apps.py."""

from collections.abc import Mapping

from django.utils.functional import Promise

_verbs: dict[str, str | Promise] = {}
_reasons: dict[str, str | Promise] = {"": ""}
_for_patients: set[str] = set()


def register(verbs: Mapping[str, str | Promise], reasons: Mapping[str, str | Promise] | None = None) -> None:
    """Add a room's verbs ("document.opened": "Opened a document") and reasons ("preparing": …)."""
    _verbs.update(verbs)
    _reasons.update(reasons or {})


def register_for_patients(*verbs: str) -> None:
    """Name verbs that are the patient's own to do: anybody else who does them acts for the patient. "item." is all
    of an item's verbs.
    """
    _for_patients.update(verbs)


def is_for_patient(verb: str) -> bool:
    """Whether someone who is not the patient does this in the patient's place."""
    return verb in _for_patients or f"{verb.partition('.')[0]}." in _for_patients


def what(verb: str) -> str:
    """The sentence for a verb; the verb itself when no room registered it (a test finds those)."""
    return str(_verbs.get(verb, verb))


def why(reason: str) -> str:
    """The words for a reason code."""
    return str(_reasons.get(reason, reason))


def known_verbs() -> set[str]:
    return set(_verbs)
