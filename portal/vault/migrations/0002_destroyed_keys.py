"""Each request asks once how many keys were destroyed: an index answers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="datakey",
            index=models.Index(
                condition=models.Q(("destroyed_at__isnull", False)), fields=["destroyed_at"], name="datakey_destroyed"
            ),
        ),
    ]
