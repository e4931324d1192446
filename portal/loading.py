"""Templates, loaded once in a process; their nodes draw the short way that says the same (`portal/shortened.py`)."""

from typing import Any

from django.template.loaders import cached

from portal import shortened


class Loader(cached.Loader):
    def get_template(self, template_name: str, skip: Any = None) -> Any:
        template: Any = super().get_template(template_name, skip)
        if not hasattr(template, "is_plain"):
            shortened.shorten(template)
            template.is_plain = shortened.is_plain(template)
        return template
