from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0004_reports_of_past_visits")]
    operations = [
        migrations.AddField("recordkind", "is_lent", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("recorditem", "is_lent", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("recorditem", "due_back_on", models.DateField(blank=True, null=True)),
        migrations.AddField("recorditem", "back_on", models.DateField(blank=True, null=True)),
        migrations.AddIndex(
            "recorditem",
            models.Index(
                fields=["due_back_on"],
                name="recorditem_to_give_back",
                condition=models.Q(due_back_on__isnull=False, back_on__isnull=True),
            ),
        ),
    ]
