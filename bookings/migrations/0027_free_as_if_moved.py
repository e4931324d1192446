import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


def only_for_anybody(apps, schema_editor):
    """The way back: what was kept for one wish alone has no place."""
    apps.get_model("bookings", "FreeTimes").objects.exclude(wish=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0026_outside_asked_anew"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="freetimes", name="freetimes_once"),
        migrations.AddField(
            model_name="freetimes",
            name="wish",
            field=models.ForeignKey(
                blank=True,
                help_text="empty: for anybody",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="bookings.wish",
            ),
        ),
        migrations.AddConstraint(
            model_name="freetimes",
            constraint=models.UniqueConstraint(
                condition=Q(wish=None), fields=("practice", "service"), name="freetimes_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="freetimes",
            constraint=models.UniqueConstraint(
                condition=Q(wish__isnull=False), fields=("wish",), name="freetimes_once_for_a_wish"
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, only_for_anybody),
    ]
