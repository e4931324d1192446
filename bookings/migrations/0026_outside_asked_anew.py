from django.db import migrations, models
from django.db.models import F, Q

NAME = "outsidecalendar_read_was_tried"


def as_if_never_read(apps, schema_editor):
    """The way back: what waits for its next turn was never read."""
    waits = apps.get_model("bookings", "OutsideCalendar").objects.filter(tried_at=None)
    waits.update(read_at=None, whole_at=None)


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0025_wish_who_fits"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="outsidecalendar", name=NAME),
        migrations.AddConstraint(
            model_name="outsidecalendar",
            constraint=models.CheckConstraint(
                condition=Q(read_at=None) | Q(tried_at=None) | Q(read_at__lte=F("tried_at")), name=NAME
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, as_if_never_read),
    ]
