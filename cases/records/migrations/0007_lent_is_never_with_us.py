from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0006_which_are_lent")]
    operations = [
        migrations.AddConstraint(
            "recorditem",
            models.CheckConstraint(
                name="recorditem_lent_is_never_with_us", condition=~models.Q(is_lent=True, route="through_us")
            ),
        ),
        migrations.AddConstraint(
            "recorditem",
            models.CheckConstraint(
                name="recorditem_only_lent_is_due_back",
                condition=models.Q(is_lent=True) | models.Q(due_back_on__isnull=True, back_on__isnull=True),
            ),
        ),
    ]
