from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0021_wish_for_a_call"),
    ]

    operations = [
        migrations.AddField(
            model_name="outsidecalendar",
            name="unread",
            field=models.PositiveIntegerField(default=0, help_text="entries that could not be read"),
        ),
        migrations.AddField(
            model_name="outsidecalendar",
            name="news",
            field=models.PositiveIntegerField(
                default=0, help_text="how often there was something to tell its consultant"
            ),
        ),
    ]
