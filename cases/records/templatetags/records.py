"""Small helps of the records' pages."""

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()

CLASSES = {"Select": "rs-select", "DateInput": "rs-input rs-input--m"}


@register.filter
def control_with_id(field: BoundField, element_id: str) -> SafeString:
    """A field's control under an id of its own, for a form that stands on the page many times."""
    attrs = {"id": element_id, "class": CLASSES.get(type(field.field.widget).__name__, "rs-input")}
    if field.help_text:
        attrs["aria-describedby"] = f"{element_id}-hint"
    return field.as_widget(attrs=attrs)
