"""The desk between us and the offices: letters, their pages by a link, what comes back, the packet."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portal.history import words


class DeskConfig(AppConfig):
    name = "cases.desk"
    label = "desk"

    def ready(self) -> None:
        from cases.case import office_ties
        from cases.desk.links.ties import TIES

        office_ties.register(TIES)
        words.register_for_patients("office_link.")
        words.register(
            {
                "office_link.made": _("Made a link for an office"),
                "packet.downloaded": _("Saved everything for a visit"),
            },
            {
                "as_pdf": _("As one PDF"),
                "as_zip": _("As a ZIP"),
                "second_office": _("For the visit there"),
            },
        )
