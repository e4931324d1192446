"""A note may belong to an answer to one of the patient's questions, or to the words to explain."""

from django.db import migrations, models
from django.db.models import Q


def nothing_yet(apps, schema_editor):
    """Back: those notes stay on their pages and belong to nothing."""
    apps.get_model("reviews", "Note").objects.filter(part__in=["answers", "words"]).update(part="", key="")


class Migration(migrations.Migration):
    dependencies = [("reviews", "0014_doctor_note_way")]

    operations = [
        migrations.RemoveConstraint(model_name="note", name="note_part_is_known"),
        migrations.RemoveConstraint(model_name="note", name="note_names_which_of_the_points"),
        migrations.AlterField(
            model_name="note",
            name="part",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Nothing yet"),
                    ("answers", "The patient’s questions"),
                    ("plain", "In plain words"),
                    ("words", "Words to explain"),
                    ("checklist", "What a plan should say"),
                    ("questions", "Questions to raise"),
                    ("options", "What each option asks and gives"),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="note",
            name="key",
            field=models.CharField(
                blank=True,
                default="",
                help_text="which question of the patient’s or to raise, which of the twelve points, or which option",
                max_length=36,
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                name="note_part_is_known",
                condition=Q(part__in=["", "answers", "plain", "words", "checklist", "questions", "options"]),
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                name="note_names_which_of_the_points",
                condition=Q(part="checklist", key__gt="")
                | Q(part__in=["answers", "questions", "options"])
                | (~Q(part="checklist") & Q(key="")),
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, nothing_yet),
    ]
