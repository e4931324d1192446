"""The words that a patient signs: that we may ask for records, and what a form that lets an office send them says."""

import datetime as dt

from django.db import migrations, models

FROM = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

WORDS = {
    "authority": (
        "Remission Support may ask my doctors’ offices about the records of this case. It may receive them, and pass "
        "them on to the doctors I name on my page. It may do nothing else with them.\n"
        "I can sign this or not. I can take it back at any time. It then stops for anything not yet done. "
        "What was passed on before cannot be called back."
    ),
    "release": (
        "You can take this permission back at any time, in writing or on your page. It then stops for anything not "
        "yet sent. What was sent before cannot be called back.\n"
        "You can sign or not. Your care, its payment and your insurance stay the same either way.\n"
        "Once sent, the new office’s rules apply. The law that protects it now may then not stop it being passed on."
    ),
}
KINDS = ["scope_short", "scope_full", "scope_tick", "consultant_tick", "consent_read", "privacy_notice", *WORDS]


def add(apps, schema_editor):
    text = apps.get_model("texts", "Text")
    text.objects.bulk_create(
        text(kind=kind, version=1, language="en", body=body, from_at=FROM) for kind, body in WORDS.items()
    )


def remove(apps, schema_editor):
    apps.get_model("texts", "Text").objects.filter(kind__in=WORDS, version=1).delete()


class Migration(migrations.Migration):
    dependencies = [("texts", "0002_first_words")]
    operations = [
        migrations.AlterField(
            "text",
            "kind",
            models.CharField(max_length=30, choices=[(kind, kind.replace("_", " ").title()) for kind in KINDS]),
        ),
        migrations.RunPython(add, remove),
    ]
