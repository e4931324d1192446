from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    dependencies = [("case", "0004_friday_note")]
    operations = [
        migrations.AddField(
            "office",
            "learned_days",
            models.JSONField(blank=True, db_default=Value({}, models.JSONField()), default=dict),
        ),
    ]
