"""Bytes that are to go, for a store that is away when they should."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0004_rows_without_owner")]

    operations = [
        migrations.CreateModel(
            name="Removal",
            fields=[
                ("path", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("path", ""), _negated=True), name="removal_names_a_file")
                ],
            },
        ),
    ]
