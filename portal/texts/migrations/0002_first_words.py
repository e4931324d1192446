"""The first version of every wording, so that each acceptance names one."""

import datetime as dt

from django.db import migrations

FROM = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

WORDS = {
    "scope_short": (
        "We don’t replace a doctor’s second opinion. Our consultations help you understand the treatment plan "
        "you’ve been given. The final choice is yours."
    ),
    "scope_full": (
        "We don’t replace a doctor’s second opinion. Our consultations help you understand the treatment plan "
        "you’ve been given. We go through it with you and guide you as you work out which path is right for you. "
        "The final choice is yours."
    ),
    "scope_tick": "I understand this call does not replace a second opinion from a doctor.",
    "consultant_tick": "I explained and helped to weigh; I did not replace a doctor’s opinion.",
    "consent_read": "My consultant may read the files I add. I can take this back at any time on my privacy page.",
    "privacy_notice": (
        "We keep your words and files encrypted. Only the people of your case can open them, and each look is on "
        "a list that you can read. We send no health details by email, and nothing tracks what you open. You can "
        "take out a copy or close your page. How long things are kept is to be confirmed by counsel."
    ),
}


def add(apps, schema_editor):
    text = apps.get_model("texts", "Text")
    text.objects.bulk_create(
        text(kind=kind, version=1, language="en", body=body, from_at=FROM) for kind, body in WORDS.items()
    )


def remove(apps, schema_editor):
    apps.get_model("texts", "Text").objects.filter(version=1).delete()


class Migration(migrations.Migration):
    dependencies = [("texts", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
