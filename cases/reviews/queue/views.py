"""The queue's pages: the list under its chips, taking, handing over and back, going from plan to plan."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.reviews import actions, opening
from cases.reviews.models import Review
from cases.reviews.queue import handing, showing, standing
from cases.reviews.queue.forms import HandOverForm
from cases.reviews.rules import NOT_FROM_HERE, allowed
from cases.reviews.standing import asked_of, is_offered
from portal import clock, looks, when
from portal.access import find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused

RELATED = ("case__patient", "case__key", "version__document", "reader", "came_from", "consultation")


@open_to("consultant", "coordinator")
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Plans to read, the nearest date first; those without a consultant without name or content."""
    user: Any = request.user
    now = clock.now()
    opening.open_due_reviews(now)
    found, today = standing.of(user, now), when.as_date(now)
    is_reader = user.role == "consultant"
    show = request.GET.get("show", standing.MINE)
    show = show if show in standing.SHOWS else standing.MINE
    page = {
        "show": show,
        "chips": showing.chips(found, show, today, is_reader=is_reader),
        "rows": [showing.line(row, user, today) for row in found.shown(show, today)],
        "free": found.free,
        "shared": _shared(user, now) if is_reader and show == standing.MINE else [],
        "along": asked_of(user),
        "is_reader": is_reader,
    }
    return render(request, "reviews/queue.html", page)


def _shared(user: Any, now: datetime) -> list[dict[str, Any]]:
    return [{"review": each, **showing.after_sharing(each, now)} for each in standing.shared_by(user)]


def find(request: HttpRequest, pk: UUID) -> Review:
    """A review of one's own cases, or 404."""
    return find_or_404(Review.objects.visible_to(request.user).select_related(*RELATED), pk=pk)


def _too_late(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A colleague has it: that is said, and nothing else. 404 for whoever never could have had it."""
    review = find_or_404(Review.objects.told_who_has(request.user).select_related("reader"), pk=pk)
    messages.warning(request, actions.who_has(review))
    return redirect("reviews:queue")


@open_to("consultant")
@require_POST
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a plan: of one's own cases, or one that has no consultant yet. Its brief comes next."""
    known = Review.objects.visible_to(request.user).filter(pk=pk).first()
    review = known or Review.objects.free_for(request.user).filter(pk=pk).first()
    if review is None:
        return _too_late(request, pk)
    try:
        actions.take(review, by=Actor.of(request))
    except Refused as refused:
        messages.warning(request, refused.message)
        return redirect("reviews:queue")
    return redirect("reviews:brief", pk=pk)


def _in_the_queue(request: HttpRequest, pk: UUID, act: Callable[..., Review], done: Callable[..., str]) -> HttpResponse:
    """Do it with this plan, and say in the queue that it is done, or why not."""
    try:
        messages.success(request, done(act(find(request, pk), by=Actor.of(request))))
    except Refused as refused:
        messages.warning(request, refused.message)
    return redirect("reviews:queue")


@open_to("consultant", "coordinator")
@require_POST
def hand_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Back to the queue, with all that is written."""
    if Review.objects.free_for(request.user).filter(pk=pk).exists():  # a second press, of somebody whose place ended
        messages.warning(request, str(NOT_FROM_HERE[Review.State.OPEN]))
        return redirect("reviews:queue")
    return _in_the_queue(request, pk, actions.hand_back, _handed_back)


def _handed_back(review: Review) -> str:
    """What is so now: a call that is booked keeps its consultant in the case, and the plan with them."""
    if is_offered(review):
        return _("Handed back. What is written stays with the plan.")
    return _(
        "Handed back. A call stays booked, so only who is in the case is offered the plan. "
        "To give it to somebody else, take it and hand it over by name."
    )


@open_to("consultant")
@require_POST
def finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close what was shared and no call follows."""
    done = _("Closed. It comes back when a new plan comes in, or a call is booked.")
    return _in_the_queue(request, pk, actions.finish, lambda review: done)


@open_to("consultant", "coordinator")
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """To a named colleague; the patient is told, and asked whether this person may read."""
    review = Review.objects.visible_to(request.user).select_related(*RELATED).filter(pk=pk).first()
    if review is None:  # a second press, of somebody whose place ended with the first
        return _too_late(request, pk)
    looks.found(review)
    by = Actor.of(request)
    form = HandOverForm(review, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        to = form.cleaned_data["to"]
        try:
            handing.hand_over(review, to, by=by)
        except Refused as refused:
            form.add_error("to" if refused.code == "hand_over" else None, refused)
        else:
            said = {"to": to.name, "name": review.case.patient.first_name}
            messages.success(request, _("%(to)s has the plan now. We tell %(name)s.") % said)
            return redirect("reviews:queue")
    can = allowed(actions.situation(review, by, clock.now()))
    page = {"review": review, "case": review.case, "form": form, "can": can}
    return render(request, "reviews/hand_over.html", page, status=422 if form.errors else 200)


@open_to("consultant")
@require_safe
def beside(request: HttpRequest, pk: UUID, step: int) -> HttpResponse:
    """The plan after this one in the queue, or before it; at its end back to the list, in words."""
    review = find(request, pk)
    other = standing.beside(review, request.user, step)
    if other is None:
        said = _("That was the last plan in your queue.") if step > 0 else _("That was the first plan in your queue.")
        messages.info(request, said)
        return redirect("reviews:queue")
    return redirect("reviews:brief", pk=other)
