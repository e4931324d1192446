"""The loose modules of the house: templates tags, commands, static files."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"

    def ready(self) -> None:
        from django.core.checks import Tags, register

        from portal.checks import look

        register(look, Tags.security)
