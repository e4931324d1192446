"""Points of each option are rows with their pages. Options written as lines of text stay so until they are saved."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import portal.vault.fields


def of_the_part_alone(apps, schema_editor):
    """Before, a note belonged to the options or the questions as a whole."""
    apps.get_model("reviews", "Note").objects.filter(part__in=["options", "questions"]).update(key="")


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0013_private_files"),
        ("reviews", "0003_place_of_notes"),
    ]

    operations = [
        migrations.CreateModel(
            name="OptionLine",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "option",
                    models.UUIDField(help_text="the same for all lines of an option, also when it is written anew"),
                ),
                ("place", models.PositiveSmallIntegerField(help_text="in the order of the page")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("name", "Name"),
                            ("is", "What it is"),
                            ("for", "For"),
                            ("against", "Against"),
                            ("unknown", "Still not known"),
                        ],
                        max_length=8,
                    ),
                ),
                ("text", portal.vault.fields.SealedText(blank=True, default=b"")),
                ("page", models.PositiveIntegerField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="note",
            name="note_names_which_of_the_points",
        ),
        migrations.RunPython(migrations.RunPython.noop, of_the_part_alone),
        migrations.AlterField(
            model_name="note",
            name="key",
            field=models.CharField(
                blank=True, default="", help_text="which of the twelve points, or which option", max_length=36
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("key__gt", ""), ("part", "checklist")),
                    ("part__in", ["questions", "options"]),
                    models.Q(models.Q(("part", "checklist"), _negated=True), ("key", "")),
                    _connector="OR",
                ),
                name="note_names_which_of_the_points",
            ),
        ),
        migrations.AddField(
            model_name="optionline",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="option_lines", to="reviews.review"
            ),
        ),
        migrations.AddConstraint(
            model_name="optionline",
            constraint=models.UniqueConstraint(fields=("review", "place"), name="optionline_one_in_each_place"),
        ),
        migrations.AddConstraint(
            model_name="optionline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "name")), fields=("review", "option"), name="optionline_one_name_of_each"
            ),
        ),
        migrations.AddConstraint(
            model_name="optionline",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["name", "is", "for", "against", "unknown"])),
                name="optionline_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="optionline",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", b""), _negated=True), name="optionline_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="optionline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("page__isnull", True),
                    models.Q(("page__gte", 1), models.Q(("kind", "name"), _negated=True)),
                    _connector="OR",
                ),
                name="optionline_points_have_pages_and_names_none",
            ),
        ),
    ]
