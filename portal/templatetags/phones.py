"""Phone numbers in templates: `{% load phones %}`, then `{{ number|phone }}` and `href="{{ number|phone_link }}"`."""

from django import template

from portal import phones

register = template.Library()

register.filter("phone", phones.shown)
register.filter("phone_link", phones.href)
