from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0022_outside_unread"),
    ]

    operations = [
        migrations.AddField(
            model_name="practice",
            name="chosen_in",
            field=models.CharField(
                blank=True,
                default="",
                help_text="by which zone they lived when they chose the zone of their hours",
                max_length=64,
            ),
            preserve_default=False,
        ),
    ]
