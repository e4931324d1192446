"""What photo_look.js needs in a form that sends photos: the bounds that the worker goes by, and the words."""

import json
from typing import Any

from django import template

from cases.documents import legibility, verdicts, words

register = template.Library()


@register.inclusion_tag("documents/_photo_look.html")
def photo_look() -> dict[str, Any]:
    """Put inside a form with `data-upload`."""
    said = {code: str(words.NOTES[code]) for code in (verdicts.DARK, verdicts.BLURRED, verdicts.SMALL)}
    return {"bounds": json.dumps(legibility.BOUNDS), "said": json.dumps(said)}
