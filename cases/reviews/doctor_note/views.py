"""The consultant's page to write the note; the page to read it, to choose, and to say that it went; its PDF."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from bookings.models import Consultation
from cases.case import plain
from cases.case.people import CONSULTANT, COORDINATOR, may, role_in
from cases.reviews.doctor_note import actions, page, rules
from cases.reviews.doctor_note.forms import NoteForm
from cases.reviews.doctor_note.models import DoctorNote
from cases.reviews.reading_level import DOCTOR_NOTE
from portal import clock, paper
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import drafts, recheck
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

SEND_BY = {DoctorNote.How.FAX: gettext_lazy("Send it by fax"), DoctorNote.How.MAIL: gettext_lazy("Send it by mail")}


@open_to("consultant")
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The consultant of the call writes it; while it has not gone, other words can be written."""
    user: Any = request.user
    known = Consultation.objects.visible_to(user).select_related("case__patient", "case__key", "patient", "consultant")
    call = find_or_404(known, pk=pk)
    if role_in(call.case, user) != CONSULTANT:
        raise Http404
    note = actions.of_call(call)
    if request.method == "POST":
        form = NoteForm(request.POST)
    else:
        start = {"words": note.words if note else "", "seen": note.version if note else 0}
        form = NoteForm(initial=start | (drafts.kept(user, DOCTOR_NOTE, call) or {}))
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            note = actions.write(call, said["words"], seen=said["seen"] or 0, by=Actor.of(request))
        except Refused as no:
            status = 409 if no.code in {"state", "changed"} else 422
            form.add_error("words" if no.code == "words" else None, no.message)
            if no.code == "changed":
                note = actions.of_call(call)
                form.data = form.data.copy()
                form.data["seen"] = str(note.version if note else 0)
        else:
            drafts.drop(user, DOCTOR_NOTE, call)
            messages.success(
                request, _("Saved. %(name)s reads it and chooses.") % {"name": call.case.patient.first_name}
            )
            return redirect(note)
    has_begun = call.starts_at <= clock.now()
    context = {
        "case": call.case,
        "call": call,
        "note": note,
        "form": form,
        "closed": rules.why_not_write(call.state, has_begun=has_begun, is_sent=bool(note and note.sent_at)),
        "hint": plain.to_patient(call.case, str(form["words"].value() or ""), user),
        "draft": DOCTOR_NOTE,
    }
    return render(request, "reviews/doctor_note_write.html", context, status=status)


@open_to(PERSON)
@recheck.required
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its words, and whether they go: the patient chooses, one of us says when it went."""
    found = _note(request, pk)
    by = Actor.of(request)
    if request.method != "POST":
        if role_in(found.case, request.user) == COORDINATOR:
            _record(found, "doctor_note.opened", by)
        return _page(request, found)
    typed = request.POST.get("seen", "")
    seen = int(typed) if typed.isdecimal() and len(typed) < 6 else 0
    try:
        if "how" in request.POST:
            if not may("log_calls", found.case, request.user):
                raise Http404
            actions.say_sent(found, request.POST["how"], seen=seen, by=by)
            messages.success(request, _("Noted: it went."))
        else:
            if not actions.may_choose(found.case, request.user):
                raise Http404
            said = request.POST.get("choice", "")
            is_way = said in DoctorNote.How.values
            choice, way = (DoctorNote.Choice.SEND, said) if is_way else (said, "")
            chosen = actions.choose(found, choice, way=way, seen=seen, by=by)
            messages.success(request, _said(chosen))
    except Refused as no:
        return _page(request, _note(request, pk), also=[no.message], status=422 if no.code == "input" else 409)
    return redirect(found)


def _said(note: DoctorNote) -> str:
    if note.choice == DoctorNote.Choice.SEND:
        return _("One of us sends it. Until then you can change your mind.")
    return _("It stays here. Nobody sends it.")


def _page(request: HttpRequest, note: DoctorNote, *, also: list[str] | None = None, status: int = 200) -> HttpResponse:
    user: Any = request.user
    primary = actions.primary_of(note.case)
    role = role_in(note.case, user)
    context = {
        "base": "base_staff.html" if user.role and user.pk != note.case.patient_id else "base_patient.html",
        "case": note.case,
        "note": note,
        "is_patient": user.pk == note.case.patient_id,
        "to": note.sent_to or (actions.called(primary) if primary else ""),
        "may_choose": not note.sent_at and actions.may_choose(note.case, user),
        "may_send": may("log_calls", note.case, user) and note.choice == DoctorNote.Choice.SEND and not note.sent_at,
        "may_change": role == CONSULTANT and not note.sent_at,
        "may_print": _may_print(note, role),
        "office": primary.clinician.office if primary and user.role else None,
        "hows": [(how, label) for how, label in DoctorNote.How.choices if note.way in ("", how)],
        "ways": [(way, SEND_BY[way]) for way in actions.ways_to(primary)],
        "also": also,
    }
    return render(request, "reviews/doctor_note.html", context, status=status)


def _may_print(note: DoctorNote, role: str) -> bool:
    """Ours leaves only by her choice; hers is her own."""
    return role not in {COORDINATOR, CONSULTANT} or (role == COORDINATOR and note.choice == DoctorNote.Choice.SEND)


@open_to(PERSON)
@recheck.required
@require_safe
def note_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The note on paper: the patient's own copy, or the one that we send."""
    found = _note(request, pk)
    if not _may_print(found, role_in(found.case, request.user)):
        raise Http404
    try:
        content = page.pdf(found, clock.now())
    except Refused as no:
        return _page(request, found, also=[no.message], status=409)
    if request.method == "GET":
        _record(found, "doctor_note.saved_as_pdf", Actor.of(request))
    return paper.download(content, _("Note"))


def _note(request: HttpRequest, pk: UUID) -> DoctorNote:
    related = ("call__case__patient", "call__case__key", "call__consultant", "written_by", "chosen_by")
    found: DoctorNote = find_or_404(DoctorNote.objects.visible_to(request.user).select_related(*related), pk=pk)
    return found


def _record(note: DoctorNote, verb: str, by: Actor) -> None:
    record(by, verb, note, patient=note.case.patient_id, case=note.case.pk)
