"""A wish for an earlier time is about one booked call, or about its kind where none is booked."""

import django.db.models.deletion
from django.db import migrations, models

from portal import clock


def as_it_was_shown(apps, schema_editor):
    """What is open was about the next call of its case: that goes on where it is of the wished kind."""
    wishes, calls = apps.get_model("bookings", "Wish"), apps.get_model("bookings", "Consultation")
    to_come = calls.objects.filter(state="booked", starts_at__gt=clock.real_now()).order_by("starts_at")
    for wish in wishes.objects.filter(ended_at=None):
        wish.call = to_come.filter(case=wish.case_id, service=wish.service_id).first()
        wish.save(update_fields=["call"])


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0020_asked_gone"),
    ]

    operations = [
        migrations.AddField(
            model_name="wish",
            name="call",
            field=models.ForeignKey(
                blank=True,
                help_text="the booked call that an earlier time takes the place of",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="bookings.consultation",
            ),
        ),
        migrations.RunPython(as_it_was_shown, migrations.RunPython.noop),
    ]
