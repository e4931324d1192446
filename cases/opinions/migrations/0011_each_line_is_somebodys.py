import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opinions", "0010_whose_older_words")]

    operations = [
        migrations.AlterField(
            model_name="source",
            name="clinician",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="case.clinician"),
        ),
    ]
