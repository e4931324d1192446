"""What coordinators press about a kind of message: hold it back, let it go again."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock
from portal.access import find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused
from portal.reminders import kinds, muting
from portal.reminders.forms import MuteForm
from portal.reminders.models import Mute, Reminder
from portal.reminders.readers import person_of


@open_to("coordinator")
@require_http_methods(["GET", "HEAD", "POST"])
def mute(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hold back the kind of this row from its reader: for how long, in which cases."""
    row = find_or_404(Reminder.objects.visible_to(request.user), pk=pk)
    person, kind = person_of(row.recipient), kinds.known(row.kind)
    if person is None or kind is None:
        raise Http404
    given = request.POST if request.method == "POST" else None
    form = MuteForm(given, now=clock.now(), zone=person.zone, has_case=row.case_id is not None)
    also = [reason] if (reason := muting.why_not_mute(row.kind, Actor.of(request))) else []
    if form.is_bound and form.is_valid() and not also:
        case_id = row.case_id if form.cleaned_data.get("where") == "case" else None
        try:
            muting.mute(person, row.kind, case=case_id, until=form.cleaned_data["until"], by=Actor.of(request))
        except Refused as no:
            also = [no.message]
        else:
            messages.success(request, _("Held back. You can undo it under “Muted”."))
            return redirect("pages:reminder_log")
    context = {"form": form, "person": person, "label": kind.label, "row": row, "also": also}
    return render(request, "reminders/mute.html", context, status=422 if form.is_bound else 200)


@open_to("coordinator")
@require_POST
def unmute(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let it go again, at once."""
    muting.unmute(find_or_404(Mute.objects.visible_to(request.user), pk=pk), by=Actor.of(request))
    messages.success(request, _("It goes again. What was held back and still helps comes next."))
    return redirect("pages:reminder_log")
