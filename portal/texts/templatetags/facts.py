"""`{% fact "phone" %}` shows one of the organisation's facts, or brackets where it is still empty;
`{% wording "scope_short" %}` shows the words that hold now.
"""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import phones
from portal.texts import words

register = template.Library()
NUMBERS = {"phone", "fax"}

EMPTY = {
    "phone": gettext_lazy("our phone number"),
    "fax": gettext_lazy("our fax number"),
    "hours": gettext_lazy("our hours and time zone"),
    "emergency_number": gettext_lazy("emergency number"),
    "crisis_lines": gettext_lazy("crisis lines"),
    "price": gettext_lazy("price text"),
    "answer_time": gettext_lazy("answer time"),
    "email": gettext_lazy("our email"),
    "address": gettext_lazy("our address"),
    "languages": gettext_lazy("our languages"),
    "serves": gettext_lazy("where we serve"),
}


@register.simple_tag(takes_context=True)
def fact(context, name):
    """A fact in its own words, or its name in brackets with a dotted line."""
    facts = context.get("organisation") or words.organisation()
    value = phones.shown(getattr(facts, name)) if name in NUMBERS else getattr(facts, name)
    if value:
        return format_html('<span translate="no">{}</span>', value)
    return format_html('<span class="rs-fact">[{}]</span>', _(EMPTY[name]))


@register.simple_tag
def wording(kind):
    """The words of a kind; marked as English where the reader's language has none."""
    found = words.text(kind)
    return format_html('<span lang="{}">{}</span>', found.language, found.body)
