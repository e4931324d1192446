"""The loose modules of the house: templates tags, commands, static files."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"
