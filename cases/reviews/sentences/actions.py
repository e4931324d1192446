"""A consultant's own sentences: added, changed, put in order, taken away. Nothing comes here from a case by itself."""

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cases.reviews.sentences import rules
from cases.reviews.sentences.models import Sentence
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


def _locked(by: Actor) -> User:
    """The consultant's own row, so that two windows of hers do one thing after the other."""
    owner = User.objects.select_for_update(no_key=True).filter(pk=by.id).first() if by.user else None
    if owner is None or not owner.is_our_consultant:
        raise Refused(_("Only our consultants keep sentences of their own."), code="role")
    return owner


def _own(sentence: Sentence, owner: User) -> Sentence:
    found = Sentence.objects.visible_to(owner).filter(pk=sentence.pk).first()
    if found is None:
        raise Refused(_("This sentence is not there any more."), code="state")
    return found


def _check(part: str, title: str, text: str) -> None:
    reason, field = rules.why_not_say(part, title, text)
    if reason:
        raise Refused(reason, code=field)


def _last_place(owner: User, part: str) -> int:
    return Sentence.objects.filter(owner=owner, part=part).aggregate(last=Max("place"))["last"] or 0


@transaction.atomic
def add(*, part: str, title: str, text: str, pk: UUID, by: Actor) -> Sentence:
    """Keep a sentence, at the end of its part. `pk` is the id that the page gave the press: twice is once."""
    owner = _locked(by)
    if there := Sentence.objects.filter(pk=pk).first():
        if there.owner_id != owner.pk:
            raise Refused(_("This cannot be done here. Open the page again."), code="input")
        return there
    _check(part, title, text)
    if reason := rules.why_not_add(Sentence.objects.filter(owner=owner).count()):
        raise Refused(reason, code="count")
    sentence = Sentence(pk=pk, owner=owner, part=part, place=_last_place(owner, part) + 1, changed_at=clock.now())
    sentence.title, sentence.text = title.strip(), text.strip()
    sentence.save(force_insert=True)
    record(by, "sentence.added", sentence)
    return sentence


@transaction.atomic
def change(sentence: Sentence, *, part: str, title: str, text: str, seen: int, by: Actor) -> Sentence:
    """Say it otherwise. Raises Refused where another window changed it since version `seen`; the same twice is once."""
    owner = _locked(by)
    sentence = _own(sentence, owner)
    _check(part, title, text)
    if (sentence.part, sentence.title, sentence.text) == (part, title.strip(), text.strip()):
        return sentence
    if sentence.version != seen:
        raise Refused(_("It was changed in another window. Both texts are below."), code="seen")
    if part != sentence.part:
        sentence.part, sentence.place = part, _last_place(owner, part) + 1
    sentence.title, sentence.text = title.strip(), text.strip()
    sentence.version, sentence.changed_at = sentence.version + 1, clock.now()
    sentence.save(update_fields=["part", "place", "title", "text", "version", "changed_at"])
    record(by, "sentence.changed", sentence)
    return sentence


STEPS = {"up": -1, "down": 1}


@transaction.atomic
def move(sentence: Sentence, step: int, *, seen: int, by: Actor) -> None:
    """One place up or down in its part. `seen` is the place that the page showed: a press that comes twice is one."""
    owner = _locked(by)
    sentence = _own(sentence, owner)
    if sentence.place != seen:
        return
    row = list(Sentence.objects.filter(owner=owner, part=sentence.part).order_by("place"))
    there = rules.neighbor([each.pk for each in row], sentence.pk, step)
    if there is None:
        return
    other = row[there]
    sentence.place, other.place = other.place, sentence.place
    sentence.save(update_fields=["place"])
    other.save(update_fields=["place"])
    record(by, "sentence.moved", sentence)


@transaction.atomic
def remove(sentence: Sentence, *, by: Actor) -> None:
    """Take it away. Reviews into which it was put keep their words."""
    sentence = _own(sentence, _locked(by))
    record(by, "sentence.removed", sentence)
    Sentence.objects.filter(pk=sentence.pk).delete()
