"""Tells the rooms above when a document can be read, or no longer: they register here, in their apps.py."""

from collections.abc import Callable

from cases.documents.models import Document

Listener = Callable[[Document], object]
_listeners: list[Listener] = []


def on_change(listener: Listener) -> None:
    """Call `listener(document)` in each transaction that changes whether a document can be read."""
    if listener not in _listeners:
        _listeners.append(listener)


def changed(document: Document) -> None:
    for listener in _listeners:
        listener(document)
