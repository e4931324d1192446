import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("case", "0035_rights_to_look"), ("opinions", "0008_whose_older_rows_are")]

    operations = [
        migrations.AddField(
            model_name="source",
            name="clinician",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="case.clinician"
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="clinician",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="case.clinician",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("clinician", None), ("choice__in", ("first", "second", "third")), _connector="OR"),
                name="decision_doctor_only_with_a_plan",
            ),
        ),
    ]
