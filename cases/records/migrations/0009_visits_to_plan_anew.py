from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0008_lead_times_are_edited")]
    operations = [
        migrations.AddField(
            "visit",
            "plan_anew",
            models.CharField(
                blank=True,
                choices=[("dates", "Its dates"), ("list", "Its list and dates")],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            "visit",
            models.CheckConstraint(
                name="visit_plan_anew_is_known", condition=models.Q(plan_anew__in=["", "dates", "list"])
            ),
        ),
        migrations.AddIndex(
            "visit",
            models.Index(
                fields=["case"], name="visit_to_plan_anew", condition=models.Q(("plan_anew", ""), _negated=True)
            ),
        ),
    ]
