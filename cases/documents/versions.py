"""One version of a file taken back by itself, and put back: the wrong file was sent as the newer one."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.case.people import role_in
from cases.documents import ready, rules, twins, words
from cases.documents.joining import actions as joining
from cases.documents.joining import following, remaking
from cases.documents.models import Guess, Version
from cases.documents.verdicts import ERASED
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def take_back(version: Version, *, by: Actor) -> Version:
    """Nobody can open this version from now on; the one before it is read. Kept 30 days, then erased. Twice is once."""
    version = _held(version)
    role, is_own = role_in(version.case, by), version.put_in_by_id == by.id
    if version.withdrawn_at:
        return _already(version, role, is_own)
    others = version.document.versions.live().exclude(pk=version.pk).exclude(state=Version.State.REFUSED)
    if refused := rules.why_not_take_version(role, is_own, bool(version.made_of), others.exists()):
        raise Refused(refused, code="role")
    version.withdrawn_at, version.withdrawn_by = clock.now(), by.user
    version.save(update_fields=["withdrawn_at", "withdrawn_by"])
    Guess.objects.filter(document=version.document, version_number=version.number).delete()
    _told("document.version_withdrawn", version, by)
    return version


@transaction.atomic
def put_back(version: Version, *, by: Actor) -> Version:
    """Undo. Raises Refused after 30 days, or when the same file was added again since."""
    version = _held(version)
    role, is_own = role_in(version.case, by), version.put_in_by_id == by.id
    if version.withdrawn_at is None:
        return _already(version, role, is_own)
    took_it_back = version.withdrawn_by_id == by.id
    if refused := rules.why_not_restore(role, is_own, took_it_back, version.withdrawn_at, clock.now()):
        raise Refused(refused, code="role")
    if version.made_of or version.reason == ERASED:
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
    try:
        with transaction.atomic():
            twins.make_room(Version.objects.filter(pk=version.pk), by)
            version.withdrawn_at = version.withdrawn_by = None
            version.save(update_fields=["withdrawn_at", "withdrawn_by"])
    except IntegrityError as error:
        raise Refused(words.reason("same"), code="same") from error
    _told("document.version_restored", version, by)
    return version


def _already(version: Version, role: str, is_own: bool) -> Version:
    """What was done before is done for whoever may do it, and for nobody else."""
    if refused := rules.why_not_withdraw(role, is_own):
        raise Refused(refused, code="role")
    return version


def _held(version: Version) -> Version:
    """The row under lock, its document changed by nobody else. Raises Refused where that was taken back."""
    document = joining.held(version.document)
    if document.withdrawn_at:
        raise Refused(_("This file was taken back. Put it back first."), code="state")
    version = (
        Version.objects.select_for_update(of=("self",), no_key=True).select_related("case__key").get(pk=version.pk)
    )
    version.document = document
    return version


def _told(verb: str, version: Version, by: Actor) -> None:
    document = version.document
    document.changed_at = clock.now()
    document.save(update_fields=["changed_at"])
    record(by, verb, version, patient=version.case.patient_id, case=version.case_id)
    following.uncover(document, by=by)
    remaking.renew(document, by=by)
    ready.changed(document)
