"""What a person was typing: kept sealed for 30 days, so that a form opens with it again, also after a new sign-in."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from portal import clock
from portal.accounts.models import Draft, User

LASTS = dt.timedelta(days=30)
LETS_IN = dt.timedelta(days=7)  # how long a form that was shown to a person can be kept for them without a sign-in
NO_WORDS = re.compile(r"password|passphrase|token|credential|draft_of|signature", re.IGNORECASE)
NAME, ABOUT = re.compile(r"[A-Za-z0-9_-]{1,60}"), re.compile(r"[A-Za-z0-9_-]{0,40}")
NOT_KEPT = {"csrfmiddlewaretoken", "draft_of"}
# What rooms say of words that are being typed, by form: from the person, what it is about and the fields.
HINTS: dict[str, Callable[[User, str, Mapping[str, Any]], str]] = {}


def hint(person: User, form: str, about: str, fields: Mapping[str, Any]) -> str:
    """A sentence about what was just kept, or ""."""
    return HINTS[form](person, about, fields) if form in HINTS else ""


def keep(person: User, form: str, about: object, fields: Mapping[str, Any]) -> Draft:
    """Save what stands in a form. `about` is the thing it is about (or its id), "" for nothing in particular."""
    words = json.dumps({name: value for name, value in fields.items() if name not in NOT_KEPT}, default=str)
    with transaction.atomic():
        draft, _ = Draft.objects.select_for_update().get_or_create(
            person=person, form=form, about=_id(about), defaults={"kept_at": clock.now()}
        )
        draft.body, draft.kept_at = words, clock.now()
        draft.save(update_fields=["body", "kept_at"])
    return draft


def has_name(form: str, about: str) -> bool:
    """Whether a form of ours could be called so."""
    return bool(NAME.fullmatch(form) and ABOUT.fullmatch(about))


def named(person: User, form: str, about: object = "") -> str:
    """What a form that was shown to this person says of itself when it comes too late."""
    return _signer().sign(f"{person.pk}/{form}/{_id(about)}")


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="portal.accounts.drafts")


def keep_typed(request: HttpRequest) -> bool:
    """Keep a form that came too late, where it names its draft. Whether it was kept.

    Only for the person it was shown to: on a shared machine somebody else may have signed in since. Where nobody is
    signed in any more it waits for that person; what it says is theirs alone, and is shown to nobody here.
    """
    try:
        name = _signer().unsign(request.POST.get("draft_of", ""), max_age=LETS_IN)
    except BadSignature:
        return False
    shown_to, _slash, name = name.partition("/")
    form, _slash, about = name.partition("/")
    if not has_name(form, about):
        return False
    person = _whose(request, shown_to)
    if person is None:
        return False
    keep(person, form, about, of_post(request.POST))
    return True


def _whose(request: HttpRequest, shown_to: str) -> User | None:
    if request.user.is_authenticated:
        return request.user if str(request.user.pk) == shown_to else None
    return User.objects.filter(pk=shown_to, can_sign_in=True).first()


def words_of(request: HttpRequest) -> list[str]:
    """What was typed into a form of which nothing else is known, as far as it is words; for a page to copy from."""
    said = (words.strip() for name, values in request.POST.lists() for words in values if not NO_WORDS.search(name))
    return [words for words in said if " " in words and not words.startswith(("[", "{"))]


def kept(person: User, form: str, about: object = "") -> dict[str, Any] | None:
    """What was kept, fit for a form's `initial`; None when there is nothing, or it is older than 30 days."""
    return kept_of(person, [form], about).get(form)


def kept_of(person: User, forms: Iterable[str], about: object = "") -> dict[str, dict[str, Any]]:
    """The same of several forms on one page, by form; one query."""
    return fields_of(lasting(person, forms, about))


def lasting(person: User, forms: Iterable[str], about: object = "", *, numbered: str = "") -> QuerySet[Draft]:
    """Their rows, for a page that reads several lists in one query; also of every form whose name begins `numbered`."""
    named = Q(form__in=list(forms)) | (Q(form__startswith=numbered) if numbered else Q())
    return Draft.objects.filter(named, person=person, about=_id(about), kept_at__gt=clock.now() - LASTS)


def fields_of(rows: Iterable[Draft]) -> dict[str, dict[str, Any]]:
    """What stood in each form."""
    return {draft.form: json.loads(draft.body) for draft in rows if draft.body}


def drop(person: User, form: str, about: object = "") -> None:
    """Forget a draft, once its form was sent."""
    Draft.objects.filter(person=person, form=form, about=_id(about)).delete()


def of_post(post: Any) -> dict[str, Any]:
    """A QueryDict as plain fields: a list where a name came more than once."""
    return {name: values if len(values) > 1 else values[0] for name, values in post.lists() if values}


def old(now: dt.datetime) -> QuerySet[Draft]:
    """What lay untouched for 30 days."""
    return Draft.objects.filter(kept_at__lte=now - LASTS)


def delete_old(now: dt.datetime) -> int:
    """Delete it; how many."""
    return old(now).delete()[0]


def _id(about: object) -> str:
    return str(getattr(about, "pk", about) or "")
