"""A record in trouble remembers how far it was: what was only with us was never sent."""

from django.db import migrations, models

STATES = [
    "",
    "needed",
    "needs_you",
    "asked",
    "acknowledged",
    "held",
    "sent",
    "arrived",
    "opens_fine",
    "not_located",
    "incomplete",
    "will_not_open",
    "not_wanted",
]


class Migration(migrations.Migration):
    dependencies = [("records", "0011_what_the_board_goes_by")]
    operations = [
        migrations.AddField(
            "recorditem",
            "stopped_in",
            models.CharField(blank=True, db_default="", default="", max_length=14),
        ),
        migrations.AddConstraint(
            "recorditem",
            models.CheckConstraint(name="recorditem_stopped_in_is_known", condition=models.Q(stopped_in__in=STATES)),
        ),
    ]
