"""Strings for translation, without GNU gettext: `messages --language fr` to translate, `messages --compile` to use."""

from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import wording

MADE_UP = ("qps", "qpr")


class Command(BaseCommand):
    help = "Write the strings to translate (--language), or compile translations and the made-up language (--compile)."

    def add_arguments(self, parser):
        parser.add_argument("--language", help="code of a real language, for example fr")
        parser.add_argument("--compile", action="store_true", help="compile every language")

    def handle(self, *args, language=None, **options):
        root = Path(settings.BASE_DIR)
        if not language and not options["compile"]:
            raise CommandError("Say --language CODE or --compile.")
        if language:
            missing = wording.update(root, language)
            self.stdout.write(f"locale/{language}: {missing} strings are not translated yet")
        if options["compile"]:
            self.compile(root)

    def compile(self, root):
        if wrong := wording.compile_languages(root):
            raise CommandError("\n".join(wrong))
        packages = [Path(django.__file__).parent / "conf"]
        packages += [Path(app.path) for app in apps.get_app_configs() if not Path(app.path).is_relative_to(root)]
        for language in MADE_UP:
            if language in dict(settings.LANGUAGES):
                wording.write_made_up(root, language, packages)
