"""The loose modules of the house: templates tags, commands, static files."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"

    def ready(self) -> None:
        from celery.signals import beat_init, worker_init
        from django.core.checks import Tags, register

        from portal import alarms, sentences, threads
        from portal.checks import look, refuse_to_start
        from portal.history import words
        from portal.reminders.kinds import register as register_kinds

        threads.keep_plainly()
        sentences.keep()
        register(look, Tags.security)
        for begins in (worker_init, beat_init):
            begins.connect(refuse_to_start, dispatch_uid="portal.refuse_to_start")
        words.register(alarms.VERBS)
        register_kinds(*alarms.KINDS)
