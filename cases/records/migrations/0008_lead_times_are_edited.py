import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("records", "0007_lent_is_never_with_us"),
    ]
    operations = [
        migrations.AddField("recordkind", "changed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "recordkind",
            "changed_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("recordkind", "replanned_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddConstraint(
            "recordkind",
            models.CheckConstraint(
                name="recordkind_changed_at_and_by_together",
                condition=models.Q(changed_at__isnull=True, changed_by__isnull=True)
                | models.Q(changed_at__isnull=False, changed_by__isnull=False),
            ),
        ),
    ]
