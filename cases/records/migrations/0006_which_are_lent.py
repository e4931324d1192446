"""Slides and discs are lent: on their way they are tracked, and nobody keeps them here."""

from django.db import migrations

LENT = ["slides", "imaging_disc"]


def mark(apps, schema_editor):
    apps.get_model("records", "RecordKind").objects.filter(code__in=LENT).update(is_lent=True)
    items = apps.get_model("records", "RecordItem").objects.filter(kind__in=LENT)
    # A file of them was once taken for the thing itself: they are still to come.
    items.filter(route="through_us", state="held").update(state="asked", held_on=None)
    items.filter(route="through_us").update(route="direct")
    items.update(is_lent=True)


def unmark(apps, schema_editor):
    apps.get_model("records", "RecordItem").objects.filter(is_lent=True).update(is_lent=False)
    apps.get_model("records", "RecordKind").objects.filter(is_lent=True).update(is_lent=False)


class Migration(migrations.Migration):
    dependencies = [("records", "0005_lent_things")]
    operations = [migrations.RunPython(mark, unmark)]
