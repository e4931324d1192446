"""Signing that an office may send records, on the page or on paper, and taking it back."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from cases.case import office_ties
from cases.case.actions import ask_to_do, must
from cases.case.models import Office
from cases.case.people import acts_as
from cases.case.signatures import Signature, SignedHow, why_not_name
from cases.documents.actions import add_file
from cases.documents.models import OTHER, Document
from cases.documents.ready import can_be_read
from cases.records.items.telling import lock_case, role_of
from cases.records.models import RecordItem, Release, Visit
from cases.records.planning import replan
from cases.records.release import ended, foot
from cases.records.release import form as release_form
from cases.records.release import keeping as release_keeping
from cases.records.release import rules as release_rules
from cases.records.release.form import Details, Form
from cases.records.release.models import ReleaseItem, ReleaseRecipient
from cases.records.release.reminders import plan_copy
from cases.records.release.states import ReleaseState, To
from portal import clock, moves, phones
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation

TELL_HOLDER = "tell_holder"  # a to-do: the office that has a permission learns that it was taken back
VISIT_TOGETHER = ("case__patient", "case__key", "office", "clinician")


@transaction.atomic
def save_details(visit: Visit, holder: Office, details: Details, *, until_on: date | None, by: Actor) -> Release:
    """Keep what was typed, unsigned. None of it counts before it is signed."""
    must("say_signed", visit.case, by)
    form = _locked(visit, holder)
    return _keep(form, details, until_on, by=by)


@transaction.atomic
def sign(
    visit: Visit,
    holder: Office,
    signature: Signature,
    *,
    details: Details,
    until_on: date | None,
    seen: str,
    by: Actor,
) -> Release:
    """The patient signs what she read, or who may for her in law; `seen` is its code. Pressed twice it is signed once.

    Raises Refused for anybody else, for a form that lacks something or has changed since, and for what is no name.
    """
    must("sign", visit.case, by)
    form = _locked(visit, holder)
    if done := _signed_already(form, details, until_on):
        return done
    if form.code != seen:
        raise Refused(_("The form has changed since you opened it. Read it once more, then sign."), code="state")
    if signature.how == SignedHow.TYPED:
        own = [visit.case.patient.name, details.former_name]
        names = [by.user.name] if acts_as(visit.case, by) else [name for name in own if name]
        if reason := why_not_name(signature.words, names):
            raise Refused(reason, code="name")
    _keep(form, details, until_on, by=by)
    form = release_form.of(form.visit, form.holder, clock.now())
    if form.missing:
        raise Refused(form.missing[0], code="missing")
    return _sign(form, "sign", signature, by)


@transaction.atomic
def add_paper(
    visit: Visit, holder: Office, upload: UploadedFile, *, details: Details, until_on: date | None, by: Actor
) -> Release:
    """Put in the paper that was signed, as a file that is checked like any other. It counts once it was looked at."""
    must("say_signed", visit.case, by)
    form = _locked(visit, holder)
    _keep(form, details, until_on, by=by)
    form = release_form.of(form.visit, form.holder, clock.now())
    assert form.draft is not None
    if form.missing:
        raise Refused(form.missing[0], code="missing")
    draft = form.draft
    draft.paper, draft.code = _document(form, upload, _("Signed permission"), by), form.code
    draft.save(update_fields=["paper", "code"])
    record(by, "release.paper_added", draft, patient=form.case.patient_id, case=form.case.pk)
    return draft


@transaction.atomic
def add_own_form(visit: Visit, holder: Office, upload: UploadedFile, *, by: Actor) -> Release:
    """Put in the office's own form, filled in: it goes beside ours. The patient signs it by hand, on the paper."""
    must("say_signed", visit.case, by)
    form = _locked(visit, holder)
    release = _latest_signed(form) or _keep(form, form.details, form.until_on, by=by)
    release.own_form = _document(form, upload, _("Their own form"), by)
    release.save(update_fields=["own_form"])
    record(by, "release.own_form_added", release, patient=form.case.patient_id, case=form.case.pk)
    return release


@transaction.atomic
def say_signed(release: Release, *, by: Actor) -> Release:
    """The patient or a coordinator looked at the paper: it is signed and can be read. Said twice is said once.

    Raises Refused while the file is being checked, and when the form says something else than the paper by now.
    """
    must("say_signed", release.visit.case, by)
    lock_case(release.visit.case)
    release = _fresh(release)
    if release.is_signed and release.how == SignedHow.PAPER:
        return release
    form = release_form.of(_visit(release.visit), release.holder, clock.now())
    if release.state != ReleaseState.DRAFT or form.draft is None or release.paper is None:
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
    if release.is_paper_gone or release.paper.withdrawn_at or not can_be_read(release.paper):
        raise Refused(_("We can’t open that file yet. Wait until it is checked, or add it once more."), code="paper")
    if form.code != release.code:
        raise Refused(
            _("The form has changed since the paper was printed. Print it anew and sign that one."), code="state"
        )
    if no := foot.why_not(foot.words_of(release.paper), release.code):
        raise Refused(no, code="form")
    if form.missing:
        raise Refused(form.missing[0], code="missing")
    return _sign(form, "say_signed", Signature(SignedHow.PAPER, ""), by)


@transaction.atomic
def take_back(release: Release, *, by: Actor) -> Release:
    """From now on nothing is sent by it. One of us tells an office that may have it; what it sent stays."""
    case = release.visit.case
    must("say_signed", case, by, when_closed=True)
    lock_case(case)
    release = _fresh(release)
    if release.state == ReleaseState.TAKEN_BACK:
        return release
    role = role_of(case, by, "say_signed")
    release.state = moves.check(release_rules.RELEASE_MOVES, "take_back", release.state, role)
    _end(release, by)
    record(by, "release.taken_back", release, patient=case.patient_id, case=case.pk)
    named = list(_items_named_by(release))
    release_keeping.look_at(release.visit, clock.now(), by=by)
    if any(item.asked_on for item in named):
        _ask_to_tell(release, by)
    replan(release.visit, now=clock.now())
    return release


def _ask_to_tell(release: Release, by: Actor) -> None:
    holder = release.holder
    note = ", ".join(part for part in (holder.name, holder.desk, phones.shown(holder.phone)) if part)
    today = organisation().today()
    ask_to_do(TELL_HOLDER, release, case=release.visit.case, due_on=today, note=note, by=by)


def _visit(visit: Visit) -> Visit:
    return Visit.objects.select_related(*VISIT_TOGETHER).get(pk=visit.pk)


def _fresh(release: Release) -> Release:
    found = Release.objects.select_related(*release_form.TOGETHER, "visit__office", "visit__clinician")
    return found.get(pk=release.pk)


def _locked(visit: Visit, holder: Office) -> Form:
    """The form as it is, under the lock of its case, of the entry that stands for the office."""
    lock_case(visit.case)
    return release_form.of(_visit(visit), office_ties.standing(holder), clock.now())


def _keep(form: Form, details: Details, until_on: date | None, *, by: Actor) -> Release:
    """Write what was typed into the draft, which begins with it."""
    new = form.draft is None
    draft = form.draft or Release(
        visit=form.visit, holder=form.holder, text=form.text, begun_at=clock.now(), state=ReleaseState.DRAFT
    )
    draft.visit = form.visit
    if not new and (draft.details, draft.until_on, draft.text_id) == (details.sealed, until_on, form.text.pk):
        return draft
    draft.details, draft.until_on, draft.text = details.sealed, until_on, form.text
    draft.save(force_insert=new)
    verb = "release.begun" if new else "release.changed"
    record(by, verb, draft, patient=form.case.patient_id, case=form.case.pk)
    return draft


def _sign(form: Form, verb: str, signature: Signature, by: Actor) -> Release:
    draft, case, now = form.draft, form.case, clock.now()
    assert draft is not None
    draft.state = moves.check(release_rules.RELEASE_MOVES, verb, draft.state, role_of(case, by, verb))
    _replace_former(form, by)
    draft.visit, draft.until_on, draft.text = form.visit, form.until_on, form.text
    draft.code, draft.said = form.code, release_form.as_signed(form, signature.how)
    draft.how, draft.signature = signature.how, signature.words
    draft.signed_at, draft.signed_by = now, by.user or case.patient
    draft.signed_as = "" if signature.how == SignedHow.PAPER else acts_as(case, by)
    draft.save()
    ReleaseItem.objects.bulk_create(
        ReleaseItem(release=draft, item=item, waited=release_keeping.waits(item)) for item in form.items
    )
    ReleaseRecipient.objects.bulk_create(
        ReleaseRecipient(
            release=draft,
            kind=each.to,
            office=form.visit.office if each.to == To.OFFICE else None,
            clinician=form.visit.clinician if each.to == To.OFFICE else None,
        )
        for each in form.recipients
    )
    record(by, "release.signed", draft, patient=case.patient_id, case=case.pk, why=signature.how)
    release_keeping.move_on(form.items, by=by)
    replan(form.visit, now=now)
    plan_copy(draft, now)
    return draft


def _replace_former(form: Form, by: Actor) -> None:
    """The one that was signed before for this office and visit: the new one takes its place."""
    for former in Release.objects.signed().filter(visit=form.visit, holder=form.holder).select_related("visit__case"):
        former.state = ReleaseState.REPLACED
        _end(former, by)
        record(by, "release.replaced", former, patient=form.case.patient_id, case=form.case.pk)


def _end(release: Release, by: Actor) -> None:
    release.ended_at, release.ended_by = clock.now(), by.user
    release.save(update_fields=["state", "ended_at", "ended_by"])
    ended.tell(release, by=by)


def _signed_already(form: Form, details: Details, until_on: date | None) -> Release | None:
    """What was signed a moment ago, where it says the very same: the other press of a double click."""
    signed = _latest_signed(form)
    if signed is None or form.draft is not None or (signed.details, signed.until_on) != (details.sealed, until_on):
        return None
    reasons = [release_keeping.why_not(item, form.visit, [signed], form.today) for item in form.items]
    return signed if form.items and not any(reasons) else None


def _latest_signed(form: Form) -> Release | None:
    found = Release.objects.signed().filter(visit=form.visit, holder=form.holder).select_related(*release_form.TOGETHER)
    return found.with_all_they_name().order_by("-signed_at").first()


def _items_named_by(release: Release) -> Iterable[RecordItem]:
    return RecordItem.objects.filter(released_by__release=release)


def _document(form: Form, upload: UploadedFile, title: str, by: Actor) -> Document:
    version = add_file(form.case, upload, kind=OTHER, by=by)
    document = version.document
    document.title = title
    document.save(update_fields=["title"])
    return document


@transaction.atomic
def follow_paper(document: Document, *, by: Actor = SYSTEM) -> None:
    """The signed paper can be read, or no longer: what waited for it waits again, and back.

    Documents call it, in their own transaction, through `cases.documents.ready`.
    """
    for release in Release.objects.signed().filter(paper=document).select_related("visit__case"):
        _look_at(release.visit_id, clock.now(), by)


def run_out(now: datetime) -> None:
    """Ask anew where a permission's last day is over. Twice, or late, changes nothing."""
    for pk in release_keeping.run_out(now):
        _look_at(pk, now, SYSTEM)


@transaction.atomic
def _look_at(pk: UUID, now: datetime, by: Actor) -> None:
    visit = Visit.objects.select_related(*VISIT_TOGETHER).get(pk=pk)
    lock_case(visit.case)
    release_keeping.look_at(visit, now, by=by)
    replan(visit, now=now)
