"""Who above is told that a permission ended: each room says so once, in its apps.py."""

from typing import Protocol

from cases.records.release.models import Release
from portal.actors import Actor


class Follow(Protocol):
    """Live by what ended; called in the transaction that ends it, under the lock of its case."""

    def __call__(self, release: Release, *, by: Actor) -> object: ...


_followers: list[Follow] = []


def on_end(follow: Follow) -> None:
    if follow not in _followers:
        _followers.append(follow)


def tell(release: Release, *, by: Actor) -> None:
    for follow in _followers:
        follow(release, by=by)
