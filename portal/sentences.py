"""What a sentence is called in a language is looked up once in a process.

Django goes through its catalogs each time, and a page asks for some sixty sentences.
"""

from gettext import GNUTranslations
from typing import Any

from django.utils.translation.trans_real import DjangoTranslation

AT_MOST = 20_000  # for each language: all that is marked for translation is a third of it


def keep() -> None:
    """Once, while the process starts. What is kept goes with the language's own catalogs."""
    DjangoTranslation.gettext = _gettext  # type: ignore[method-assign]


def _gettext(self: Any, message: str) -> str:
    kept: dict[str, str] | None = self.__dict__.get("sentences")
    if kept is None:
        kept = self.sentences = {}
    found = kept.get(message)
    if found is None:
        found = GNUTranslations.gettext(self, message)
        if len(kept) < AT_MOST:
            kept[message] = found
    return found
