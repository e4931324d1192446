"""A file to which someone else has added is the patient's: first photos and other files, then the letters made of them."""

from django.db import migrations
from django.db.models import Exists, F, OuterRef, Subquery


def pass_on(apps, schema_editor):
    Document, Version = apps.get_model("documents", "Document"), apps.get_model("documents", "Version")
    JoinedPage, Case = apps.get_model("documents", "JoinedPage"), apps.get_model("case", "Case")
    patient = Subquery(Case.objects.filter(pk=OuterRef("case")).values("patient")[:1])
    foreign = Version.objects.filter(document=OuterRef("pk"), made_of=[]).exclude(put_in_by=OuterRef("put_in_by"))
    Document.objects.filter(Exists(foreign)).update(put_in_by=patient)
    pages = JoinedPage.objects.filter(joined=OuterRef("pk")).exclude(photo__put_in_by=OuterRef("put_in_by"))
    Document.objects.filter(Exists(pages)).exclude(put_in_by=F("case__patient")).update(put_in_by=patient)


class Migration(migrations.Migration):
    dependencies = [("documents", "0009_photos_kept_apart")]

    operations = [migrations.RunPython(pass_on, migrations.RunPython.noop)]
