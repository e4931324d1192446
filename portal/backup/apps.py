"""One sealed archive of everything, proved to come back."""

from django.apps import AppConfig


class BackupConfig(AppConfig):
    name = "portal.backup"
    label = "backup"
