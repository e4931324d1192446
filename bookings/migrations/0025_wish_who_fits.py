from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0024_until_midnight"),
    ]

    operations = [
        migrations.AddField(
            model_name="wish",
            name="speaks",
            field=models.CharField(
                blank=True, default="", help_text="who fits speaks this language; empty: any", max_length=200
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="wish",
            name="knows",
            field=models.CharField(
                blank=True,
                default="",
                help_text="the code of what who fits knows best; empty: anything",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="wish",
            constraint=models.CheckConstraint(
                condition=Q(consultant=None) | Q(knows="", speaks=""), name="wish_fit_is_asked_of_anyone"
            ),
        ),
        migrations.AddConstraint(
            model_name="wish",
            constraint=models.CheckConstraint(
                condition=Q(knows="") | Q(knows__regex="^[0-9a-f]{8}$"), name="wish_knows_is_a_code"
            ),
        ),
    ]
