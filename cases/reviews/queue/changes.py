"""What happened in a case since its reader last had the plan open: verbs and how often, never any content."""

from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy, ngettext_lazy

from cases.documents.models import Version
from cases.opinions.questions.models import Question
from cases.reviews.models import Review
from cases.threads.models import Message
from portal.history.models import Event

LOOKED = "review.looked"
# In the order in which they are told. With how often, where that says more.
COUNTED: dict[str, Any] = {
    "document.added": ngettext_lazy("%(count)d new file", "%(count)d new files", "count"),
    "message.sent": ngettext_lazy("%(count)d new message", "%(count)d new messages", "count"),
    "question.added": ngettext_lazy("%(count)d new question", "%(count)d new questions", "count"),
    "item.arrived": ngettext_lazy("%(count)d record arrived", "%(count)d records arrived", "count"),
}
SAID: dict[str, Any] = {
    "visit.set_date": gettext_lazy("the second visit has a date"),
    "visit.move": gettext_lazy("the second visit was moved"),
    "visit.cancel": gettext_lazy("the second visit was called off"),
    "visit.took_place": gettext_lazy("the second visit took place"),
    "case.changed": gettext_lazy("what the case is about was changed"),
    "consultation.moved": gettext_lazy("the call was moved"),
    "consultation.needs_set": gettext_lazy("what is needed to follow the call was changed"),
    "review.reopened": gettext_lazy("a new version of the plan came in"),
    "review.handed_over": gettext_lazy("the plan was handed over"),
    "summary.answered": gettext_lazy("the patient said whether the summary is clear"),
}


def last_look(user: Any) -> Subquery:
    """Beside a review: when this person last had the plan open."""
    mine = Event.objects.filter(case_id=OuterRef("case_id"), actor_id=user.pk, verb=LOOKED).order_by("-at")
    return Subquery(mine.values("at")[:1])


def since(review: Review, user: Any, at: datetime) -> list[str]:
    """What others did since then, as far as this person may know of it. One query."""
    may_know = ~Q(verb__in=["document.added", "question.added", "message.sent"])
    guarded: dict[str, Any] = {"document.added": Version, "question.added": Question, "message.sent": Message}
    for verb, model in guarded.items():
        seen = model.objects.visible_to(user).filter(case=review.case_id)
        may_know |= Q(Q(verb=verb), Exists(seen.annotate(own=Cast("pk", CharField())).filter(own=OuterRef("about_id"))))
    found = Event.objects.filter(may_know, case_id=review.case_id, at__gt=at, verb__in=[*COUNTED, *SAID])
    counts = dict(found.exclude(actor_id=user.pk).values_list("verb").annotate(times=Count("pk")).order_by())
    told = [str(words % {"count": counts[verb]}) for verb, words in COUNTED.items() if verb in counts]
    return told + [str(words) for verb, words in SAID.items() if verb in counts]
