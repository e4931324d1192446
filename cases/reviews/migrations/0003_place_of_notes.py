"""A note stands at a point of a page of one version of a file, and may belong to a part of the review."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# Where "top", "middle" and "bottom" are, in thousandths of the page.
DOWN = {"top": 100, "middle": 500, "bottom": 900}
NEAR_THE_EDGE = 950


def pin(apps, schema_editor):
    """Pages were counted over the whole plan. Which of its files that was is told by the plan as it is now."""
    note, version = apps.get_model("reviews", "Note"), apps.get_model("documents", "Version")
    for row in note.objects.select_related("review").only("page", "place", "review__plan"):
        pages = dict(version.objects.filter(pk__in=row.review.plan).values_list("pk", "pages"))
        left = row.page
        for pk in row.review.plan:
            if left <= (pages[pk] or 0):
                break
            left -= pages[pk] or 0
        else:  # the plan became shorter since: it stays on the last page
            pk = row.review.plan[-1]
            left = pages[pk] or 1
        note.objects.filter(pk=row.pk).update(version=pk, page=left, x=NEAR_THE_EDGE, y=DOWN[row.place])


def unpin(apps, schema_editor):
    note, version = apps.get_model("reviews", "Note"), apps.get_model("documents", "Version")
    for row in note.objects.select_related("review").only("page", "y", "version_id", "review__plan"):
        plan = row.review.plan
        before = plan[: plan.index(row.version_id)] if row.version_id in plan else []
        pages = sum(version.objects.filter(pk__in=before).values_list("pages", flat=True))
        place = min(DOWN, key=lambda name: abs(DOWN[name] - row.y))
        note.objects.filter(pk=row.pk).update(page=pages + row.page, place=place)


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0013_private_files"),
        ("reviews", "0002_taken_back_is_read"),
    ]

    operations = [
        migrations.AddField(
            "note",
            "version",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.version",
            ),
        ),
        migrations.AddField("note", "x", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("note", "y", models.PositiveSmallIntegerField(null=True)),
        migrations.RunPython(pin, unpin),
        # The rows' references are judged now: a table with some that still wait cannot be altered.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL IMMEDIATE"),
        migrations.AlterField(
            "note",
            "version",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.version"),
        ),
        migrations.AlterField(
            "note", "x", models.PositiveSmallIntegerField(help_text="thousandths of the page, from its left")
        ),
        migrations.AlterField(
            "note", "y", models.PositiveSmallIntegerField(help_text="thousandths of the page, from its top")
        ),
        migrations.AlterField("note", "page", models.PositiveIntegerField(help_text="of that version")),
        migrations.RemoveConstraint("note", "note_place_is_known"),
        migrations.RemoveField("note", "place"),
        migrations.AddField(
            "note",
            "part",
            models.CharField(
                blank=True,
                choices=[
                    ("", "Nothing yet"),
                    ("plain", "In plain words"),
                    ("checklist", "What a plan should say"),
                    ("questions", "Questions to raise"),
                    ("options", "What each option asks and gives"),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            "note",
            "key",
            models.CharField(blank=True, default="", help_text="which of the twelve points", max_length=36),
        ),
        migrations.AddConstraint(
            "note",
            models.CheckConstraint(
                name="note_stands_on_its_page", condition=Q(x__gte=0, x__lte=1000, y__gte=0, y__lte=1000)
            ),
        ),
        migrations.AddConstraint(
            "note",
            models.CheckConstraint(
                name="note_part_is_known", condition=Q(part__in=["", "plain", "checklist", "questions", "options"])
            ),
        ),
        migrations.AddConstraint(
            "note",
            models.CheckConstraint(
                name="note_names_which_of_the_points",
                condition=Q(part="checklist", key__gt="") | (~Q(part="checklist") & Q(key="")),
            ),
        ),
    ]
