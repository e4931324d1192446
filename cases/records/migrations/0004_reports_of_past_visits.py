"""Visits that took place before reports were followed get theirs, still to be asked for."""

from datetime import UTC, datetime, time

from django.db import migrations


def open_loops(apps, schema_editor):
    Visit, ReportLoop = apps.get_model("records", "Visit"), apps.get_model("records", "ReportLoop")
    past = Visit.objects.filter(state="happened", report=None)
    ReportLoop.objects.bulk_create(
        [
            ReportLoop(visit=visit, said_at=visit.moved_at or datetime.combine(visit.on_date, time(12), UTC))
            for visit in past.iterator()
        ],
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [("records", "0003_report_loop")]
    operations = [migrations.RunPython(open_loops, migrations.RunPython.noop)]
