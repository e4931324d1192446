"""The same bytes twice in one case: said to those who may see the first, and kept from nobody else.

A person who may not see the first must not learn from us that it is there: theirs is filed as any other.
"""

from django.db.models import Q
from django.utils.translation import gettext as _

from cases.documents import words
from cases.documents.joining.joined import JoinedPage
from cases.documents.models import Document, Version, VersionQuerySet
from portal.actors import Actor
from portal.errors import Refused
from portal.vault.keys import derive

SAME_AT_MOST = 4  # of one person's, each hidden after it was filed


def place_for(version: Version, digest: str, by: Actor) -> str:
    """The digest under which these bytes may stand in the case. Raises Refused where this person sees them there."""
    case = version.case
    others = [derive("twin", f"{digest} {by.id} {number}".encode()).hex() for number in range(1, SAME_AT_MOST)]
    there = Version.objects.live().exclude(state=Version.State.REFUSED).exclude(pk=version.pk).filter(case=case)
    there = there.filter(digest__in=[digest, *others])
    if twin := _known_to(by, there).select_related("document").order_by("put_in_at").first():
        raise Refused(_same(twin, by), code="same")
    taken = set(there.values_list("digest", flat=True))
    free = next((each for each in [digest, *others] if each not in taken), None)
    if free is None:
        raise Refused(words.reason("scope"))
    return free


def make_room(versions: VersionQuerySet, by: Actor) -> None:
    """Before these are put back: each finds its place again, and they fit into the case. Raises Refused."""
    size = 0
    for version in versions.filter(made_of=[]).exclude(state=Version.State.REFUSED).select_related("case"):
        size += version.size
        digest = place_for(version, version.digest, by)
        if digest != version.digest:
            Version.objects.filter(pk=version.pk).update(digest=digest)
    for version in versions[:1]:
        if size > words.room_in(version.case):
            raise Refused(words.reason("case_full"), code="case_full")


def _known_to(by: Actor, there: VersionQuerySet) -> VersionQuerySet:
    """An office sees none of them; it may know that a file of the case is here, but not one of the patient alone."""
    if by.user is not None:
        return there.visible_to(by.user)
    return there.filter(Q(document__only_me=False) | Q(put_in_by_office=by.id))


def _same(twin: Version, by: Actor) -> str:
    """That these bytes are here, and under which name, as lists show it."""
    if by.user is None:
        return words.reason("same")
    letters = Document.objects.visible_to(by.user).here()
    page = JoinedPage.objects.filter(photo=twin.document, joined__in=letters).select_related("joined").first()
    if page is None:
        name = {"name": twin.document.title or twin.name}
        return _("This file is here already, as “%(name)s”. We keep one.") % name
    made = page.joined.versions.order_by("-number").first()
    name = {"name": page.joined.title or (made.name if made else "")}
    return _("This file is here already, as a page of “%(name)s”. We keep one.") % name
