"""Files that nothing names, for the health page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0003_store_look")]

    operations = [
        migrations.AddField(
            model_name="storelook",
            name="rows_without_owner",
            field=models.PositiveIntegerField(default=0, db_default=0),
        ),
    ]
