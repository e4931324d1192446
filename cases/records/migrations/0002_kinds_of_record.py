"""The kinds of record with their lead times and sources. Rows that an administrator changed stay as they are."""

from django.db import migrations
from django.utils import translation

from cases.records.days.kinds import DEFAULT_KINDS


def add_kinds(apps, schema_editor):
    RecordKind = apps.get_model("records", "RecordKind")
    with translation.override("en"):
        for place, kind in enumerate(DEFAULT_KINDS, start=1):
            RecordKind.objects.get_or_create(
                code=kind.code,
                defaults={
                    "name": str(kind.name),
                    "what": str(kind.what),
                    "holder": str(kind.holder),
                    "travels": str(kind.travels),
                    "expected": kind.lead.expected,
                    "safe": kind.lead.safe,
                    "reading": kind.lead.reading,
                    "is_core": kind.is_core,
                    "need": str(kind.need),
                    "is_laid_at_start": kind.is_laid_at_start,
                    "instead_of_id": kind.instead_of or None,
                    "place": place,
                    "source": str(kind.source),
                },
            )


def remove_kinds(apps, schema_editor):
    apps.get_model("records", "RecordKind").objects.filter(code__in=[kind.code for kind in DEFAULT_KINDS]).delete()


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunPython(add_kinds, remove_kinds)]
