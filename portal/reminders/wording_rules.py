"""Whether an administrator's words can take the place of ours: they may never break a message or tell a bystander.

Pure. The same rules judge what is typed and what is stored: words that no longer fit the code give way to ours.
"""

import re
import unicodedata
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.reminders import patterns, rules
from portal.reminders.patterns import PLACEHOLDER, Pattern

LONGEST = {"subject": 60, "lead": 90, "line": 240, "action_label": 40, "question": 90, "question_hint": 140}
LONGEST_OTHER = 160
PARTS = {
    "subject": gettext_lazy("Subject"),
    "lead": gettext_lazy("First line, large"),
    "line": gettext_lazy("The line below it"),
    "action_label": gettext_lazy("Words on the button"),
    "question": gettext_lazy("The question"),
    "question_hint": gettext_lazy("The line below the question"),
    "sign_in_first": gettext_lazy("Below the button"),
    "no_sign_in": gettext_lazy("Below the three answers"),
    "unwell": gettext_lazy("For someone who feels unwell"),
    "reach_us": gettext_lazy("How to reach us"),
    "pause": gettext_lazy("The link to pause"),
    "by_phone": gettext_lazy("On a letter: how to answer"),
}
EMPTY = gettext_lazy("Write something here, or take our words.")
# An address of any kind: messages link only to us, and those links are made by the code.
ADDRESS = re.compile(r"://|www\.|@|[^\W\d_]\.[^\W\d_]{2,}", re.IGNORECASE)
FORBIDDEN = frozenset("{}\\%")
UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # unseen, but part of how some languages are written


def longest(part: str) -> int:
    return LONGEST.get(part, LONGEST_OTHER)


def problems(pattern: Pattern, parts: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with these words, a sentence by part; empty when they can go out as they are."""
    found = {part: _problem(pattern, part, parts.get(part, "")) for part in pattern.parts}
    found |= {part: _("This part is not there any more.") for part in parts if part not in pattern.parts}
    return {part: sentence for part, sentence in found.items() if sentence}


def _problem(pattern: Pattern, part: str, words: str) -> str:
    if not isinstance(words, str) or not words.strip():
        return str(EMPTY)
    if any(unicodedata.category(letter) in UNSEEN and letter not in JOINERS for letter in words):
        return _("Only letters and signs on one line, please: something here cannot be seen or breaks the line.")
    return _placeholder_problem(pattern, part, words) or _content_problem(pattern, part, words)


def _placeholder_problem(pattern: Pattern, part: str, words: str) -> str:
    used = set(PLACEHOLDER.findall(words))
    if unknown := sorted(used - set(pattern.examples)):
        return _("There is no %(unknown)s in this message. %(known)s") % {
            "unknown": braced(unknown),
            "known": known_sentence(pattern),
        }
    if missing := sorted(pattern.needs(part) - used):
        return _("%(missing)s has to stay: without it the message does not say what it is about.") % {
            "missing": braced(missing)
        }
    if FORBIDDEN & set(PLACEHOLDER.sub("", words)):
        return _("Curly brackets stand around a placeholder only, and \\ and % cannot be used.")
    return ""


def _content_problem(pattern: Pattern, part: str, words: str) -> str:
    if told := rules.clinical_words(words):
        return _("“%(word)s” tells a bystander what this is about. Messages are read over shoulders.") % {
            "word": told[0]
        }
    if ADDRESS.search(PLACEHOLDER.sub("", words)):
        return _("No addresses here: messages link only to us, and those links come by themselves.")
    length = len(patterns.fill(words, {name: str(example) for name, example in pattern.examples.items()}))
    if length > longest(part):
        return _("Too long: %(length)d letters with the example filled in, and %(longest)d fit.") % {
            "length": length,
            "longest": longest(part),
        }
    return ""


def known_sentence(pattern: Pattern) -> str:
    """Which placeholders there are, in a sentence."""
    if not pattern.examples:
        return _("Nothing can be filled in here.")
    return _("You can use %(known)s.") % {"known": braced(sorted(pattern.examples))}


def braced(names: list[str]) -> str:
    """Names of placeholders as they are typed."""
    return ", ".join(f"{{{name}}}" for name in names)
