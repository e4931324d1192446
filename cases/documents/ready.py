"""Whether a document can be read by the people of its case; the rooms above are told when that changes.

They register here, in their apps.py.
"""

from collections.abc import Callable

from cases.documents.models import Document, Version

Listener = Callable[[Document], object]
KindListener = Callable[[Document, str], object]
_listeners: list[Listener] = []
_kind_listeners: list[KindListener] = []


def on_change(listener: Listener) -> None:
    """Call `listener(document)` in each transaction that changes whether a document can be read."""
    if listener not in _listeners:
        _listeners.append(listener)


def on_kind_change(listener: KindListener) -> None:
    """Call `listener(document, former)` in each transaction in which a person says that a file is something else."""
    if listener not in _kind_listeners:
        _kind_listeners.append(listener)


def changed(document: Document) -> None:
    for listener in _listeners:
        listener(document)


def kind_changed(document: Document, former: str) -> None:
    for listener in _kind_listeners:
        listener(document, former)
    changed(document)


def can_be_read(document: Document) -> bool:
    return Version.objects.ready().on_their_own().filter(document=document, document__only_me=False).exists()
