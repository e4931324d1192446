"""What the nightly look over the store found, for the health page."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0002_destroyed_keys")]

    operations = [
        migrations.CreateModel(
            name="StoreLook",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("rows_without_file", models.PositiveIntegerField(default=0)),
                ("files_without_row", models.PositiveIntegerField(default=0)),
                ("halves", models.PositiveIntegerField(default=0)),
                ("strange", models.PositiveIntegerField(default=0)),
                (
                    "damaged",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("upto", models.UUIDField(null=True)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="storelook_is_one_row")],
            },
        ),
    ]
