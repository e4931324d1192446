from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0018_services_on_and_off"),
        ("reviews", "0013_doctor_note"),
    ]

    operations = [
        migrations.AddField(
            model_name="doctornote",
            name="way",
            field=models.CharField(
                blank=True,
                choices=[("fax", "By fax"), ("mail", "By mail"), ("hand", "Handed over")],
                db_default="",
                default="",
                max_length=4,
            ),
        ),
        migrations.AddConstraint(
            model_name="doctornote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("way", ""), models.Q(("choice", "send"), ("way__in", ["fax", "mail"])), _connector="OR"
                ),
                name="doctornote_way_is_of_a_yes",
            ),
        ),
        migrations.AddConstraint(
            model_name="doctornote",
            constraint=models.CheckConstraint(
                condition=models.Q(("way", ""), ("sent_how", ""), ("sent_how", models.F("way")), _connector="OR"),
                name="doctornote_goes_the_way_that_was_chosen",
            ),
        ),
    ]
