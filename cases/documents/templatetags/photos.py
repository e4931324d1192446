"""Photos on pages of files: what photo_look.js needs in a form, and the question whether they are one letter."""

import json
from typing import Any

from django import template

from cases.case.people import role_in
from cases.documents import kinds, rules, verdicts, words
from cases.documents.adding import legibility
from cases.documents.lists import Row
from portal import clock

register = template.Library()


@register.inclusion_tag("documents/_join_offer.html", takes_context=True)
def join_offer(context: dict[str, Any]) -> dict[str, Any]:
    """Under a list of files (`rows`): asks whether the photos among them are one letter."""
    user, case = context["user"], context["case"]
    role = role_in(case, user)
    photos = [row for row in context["rows"] if _may_be_joined(row, role, user)]
    fits = 2 <= len(photos) <= rules.MOST_JOINED
    return {
        "case": case,
        "photos": photos if fits else [],
        "question": words.one_letter(len(photos)) if fits else "",
        "csrf_token": context.get("csrf_token"),
    }


def _may_be_joined(row: Row, role: str, user: Any) -> bool:
    version = row.version
    is_photo = version.kind in kinds.PHOTOS and version.state not in ("refused", "locked")
    is_photo = is_photo and not (row.is_page or row.document.kept_apart or row.document.only_me)
    is_photo = is_photo and row.document.put_in_at > clock.now() - rules.LATELY
    return is_photo and not rules.why_not_withdraw(role, row.document.put_in_by_id == user.pk)


@register.inclusion_tag("documents/_photo_look.html")
def photo_look() -> dict[str, Any]:
    """Put inside a form with `data-upload`."""
    said = {code: str(words.NOTES[code]) for code in (verdicts.DARK, verdicts.BLURRED, verdicts.SMALL)}
    return {"bounds": json.dumps(legibility.BOUNDS), "said": json.dumps(said)}
