"""The three services as they stand at the start; administrators may change the figures later."""

from django.db import migrations

SERVICES = [
    {"code": "first_talk", "minutes": 30, "preparation_minutes": 0, "needs_plan": False, "position": 1},
    {"code": "plan", "minutes": 60, "preparation_minutes": 60, "needs_plan": True, "position": 2},
    {"code": "after_second", "minutes": 30, "preparation_minutes": 0, "needs_plan": False, "position": 3},
]


def add(apps, schema_editor):
    service = apps.get_model("bookings", "Service")
    service.objects.bulk_create(service(**row) for row in SERVICES)


def remove(apps, schema_editor):
    codes = [row["code"] for row in SERVICES]
    apps.get_model("bookings", "Service").objects.filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
