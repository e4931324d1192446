"""Versioned words and the organisation's facts."""

from django.apps import AppConfig


class TextsConfig(AppConfig):
    name = "portal.texts"
    label = "texts"
