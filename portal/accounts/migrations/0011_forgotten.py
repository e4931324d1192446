"""How a person signs in and is reached goes some time after their page was erased; their name stays with the record."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_address_put_right")]
    operations = [
        migrations.AddField("user", "forgotten_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                name="user_forgotten_is_reached_nowhere",
                condition=Q(forgotten_at=None)
                | Q(can_sign_in=False, role="", email=None, phone="", postal=b"", birth_date=None),
            ),
        ),
    ]
