from django.db import migrations, models


class Migration(migrations.Migration):
    """When the pages to post were printed, so that "posted" speaks of what stands on them."""

    dependencies = [("case", "0019_what_matters_is_shared")]

    operations = [
        migrations.AddField(model_name="case", name="printed_at", field=models.DateTimeField(blank=True, null=True)),
    ]
