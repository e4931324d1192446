"""A sentence is looked up once in a process, in each language by itself."""

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext, trans_real

from portal import sentences


@pytest.fixture
def looked_up(monkeypatch):
    """What Django's catalogs are asked for from here on; nothing is kept yet."""
    asked = []
    find = sentences.GNUTranslations.gettext

    def counted(self, message):
        asked.append(message)
        return find(self, message)

    for each in trans_real._translations.values():
        monkeypatch.setattr(each, "sentences", {}, raising=False)
    monkeypatch.setattr(sentences.GNUTranslations, "gettext", counted)
    return asked


def test_each_sentence_is_looked_up_once_in_each_language(looked_up):
    for _again in range(3):
        with translation.override("en"):
            english = gettext("Sign out")
        with translation.override("qps"):
            other = gettext("Sign out")
            assert gettext("No sentence of ours") == "No sentence of ours"
        assert english == "Sign out" != other
    assert looked_up.count("Sign out") == 2
    assert looked_up.count("No sentence of ours") == 2  # there, and in the language that it falls back to


def test_numbers_and_contexts_are_answered_as_before():
    with translation.override("en"):
        assert ngettext("%(free)s free", "%(free)s free", 2) == "%(free)s free"
        assert pgettext("a context of nobody", "Sign out") == "Sign out"
        assert gettext("") == ""
        assert gettext("two\r\nlines") == "two\nlines"


def test_no_more_is_kept_than_there_are_sentences(looked_up, monkeypatch):
    monkeypatch.setattr(sentences, "AT_MOST", 0)
    with translation.override("en"):
        assert [gettext("Sign out") for _again in range(2)] == ["Sign out"] * 2
    assert looked_up.count("Sign out") == 2
