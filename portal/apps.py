"""The loose modules of the house: templates tags, commands, static files."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"

    def ready(self) -> None:
        from django.core.checks import Tags, register

        from portal import alarms, sentences, threads
        from portal.checks import look
        from portal.history import words
        from portal.reminders.kinds import register as register_kinds

        threads.keep_plainly()
        sentences.keep()
        register(look, Tags.security)
        words.register(alarms.VERBS)
        register_kinds(*alarms.KINDS)
