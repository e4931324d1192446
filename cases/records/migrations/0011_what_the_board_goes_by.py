"""The day of each case's visit is kept on the case; within a minute the clock's next turn adds its verdict."""

from django.db import migrations
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now

LIVE = ["planned", "booked", "happened"]


def keep_visits(apps, schema_editor):
    Case, Visit = apps.get_model("case", "Case"), apps.get_model("records", "Visit")
    live = Visit.objects.filter(state__in=LIVE)
    leads = live.filter(case=OuterRef("pk")).order_by("-round").values("on_date")[:1]
    dated = Case.objects.filter(pk__in=live.exclude(on_date=None).values("case"))
    dated.update(visit_on=Subquery(leads), look_at=Now())


class Migration(migrations.Migration):
    dependencies = [("records", "0010_letters_of_referrals"), ("case", "0008_what_the_board_goes_by")]
    operations = [migrations.RunPython(keep_visits, migrations.RunPython.noop)]
