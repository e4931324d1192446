"""Keys, sealed fields, the file store."""

import sys
from typing import Any

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "portal.vault"
    label = "vault"

    def ready(self) -> None:
        from celery.signals import task_prerun, worker_init
        from django.core.signals import request_started

        from portal.vault import keys

        for begins in (request_started, task_prerun):
            begins.connect(keys.look_again, dispatch_uid="vault.look_again")
        worker_init.connect(refuse_to_start, dispatch_uid="vault.refuse_to_start")


def refuse_to_start(**_signal: Any) -> None:
    """A worker without the keys would fail at each task: it ends with the sentence instead."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import connections

    from portal.vault import masters

    try:
        masters.refuse_lost()
    except ImproperlyConfigured as reason:
        sys.exit(str(reason))
    finally:
        connections.close_all()  # the pool's children make their own
