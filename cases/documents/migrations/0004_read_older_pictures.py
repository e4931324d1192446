"""Pages without words that are here already wait for the machine too. Sealed, no words are 47 bytes: key, nonce, "[]", tag."""

from django.db import migrations
from django.db.models import F, Func, IntegerField

NO_WORDS = 1 + 16 + 12 + len("[]") + 16


def let_wait(apps, schema_editor):
    pages = apps.get_model("documents", "PageImage").objects.filter(reading="own")
    sealed = Func(F("text"), function="octet_length", output_field=IntegerField())
    pages.annotate(sealed=sealed).filter(sealed__lte=NO_WORDS).update(reading="waiting")


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_machine_read_pages")]

    operations = [migrations.RunPython(let_wait, migrations.RunPython.noop)]
