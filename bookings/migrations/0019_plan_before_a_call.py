"""Whether a plan is read before a call stands beside the call: administrators may change it for its kind."""

from django.db import migrations, models


def as_booked(apps, schema_editor):
    calls = apps.get_model("bookings", "Consultation")
    calls.objects.filter(service__needs_plan=True).update(needs_plan=True)


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0018_services_on_and_off"),
    ]

    operations = [
        migrations.AddField(
            model_name="consultation",
            name="needs_plan",
            field=models.BooleanField(db_default=False, help_text="whether a plan is read before it, as it was booked"),
        ),
        migrations.RunPython(as_booked, migrations.RunPython.noop),
    ]
