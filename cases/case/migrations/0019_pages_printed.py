from django.db import migrations, models


class Migration(migrations.Migration):
    """When the pages to post were printed, so that "posted" speaks of what stands on them."""

    dependencies = [("case", "0018_invites_to_patients")]

    operations = [
        migrations.AddField(model_name="case", name="printed_at", field=models.DateTimeField(blank=True, null=True)),
    ]
