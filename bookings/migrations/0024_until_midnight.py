from datetime import time

from django.db import migrations, models
from django.db.models import F, Q

ENDS = Q(from_time__lt=F("until_time"))
MIDNIGHT = ENDS | Q(until_time=time(0))
NAMES = {"hours": "hours_end_after_start", "extrahours": "extra_hours_end_after_start"}


def end_before_midnight(apps, schema_editor):
    """The way back: the last quarter of an hour is left out."""
    for name in ("Hours", "ExtraHours", "TimeOff"):
        rows = apps.get_model("bookings", name).objects.filter(until_time=time(0))
        rows.filter(from_time__gte=time(23, 45)).delete()
        rows.update(until_time=time(23, 45))


def changed(model, name, condition):
    return [
        migrations.RemoveConstraint(model_name=model, name=name),
        migrations.AddConstraint(model_name=model, constraint=models.CheckConstraint(condition=condition, name=name)),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0023_zone_of_hours"),
    ]

    operations = [
        *(each for model, name in NAMES.items() for each in changed(model, name, MIDNIGHT)),
        *changed(
            "timeoff",
            "time_off_times_are_a_pair",
            Q(from_time=None, until_time=None) | (Q(from_time__isnull=False, until_time__isnull=False) & MIDNIGHT),
        ),
        migrations.RunPython(migrations.RunPython.noop, end_before_midnight),
    ]
