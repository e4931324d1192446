"""What a coordinator reads out to a patient whom somebody wants to help."""

import datetime as dt

from django.db import migrations, models

FROM = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
HELPER_YES = (
    "Someone wants to help you with your pages here. You choose how much. There are three ways.\n"
    "Dates only: they see your dates and what is still to do. They don’t see records, files or messages.\n"
    "Everything except private words: they see dates, records and files. They can add papers, book talks and write "
    "to us. They don’t see your notes or what matters most to you.\n"
    "Acts for me: they see all you see, and do all you can do on these pages.\n"
    "These stay yours: signing a permission, accepting what our advice is and isn’t, and your decision.\n"
    "You choose until when. You can change it or end it at any time: call us, or say so on your page. "
    "You can say no, and nobody asks why.\n"
    "Do you say yes? Which of the three, and until when?"
)
KINDS = [
    "scope_short",
    "scope_full",
    "scope_tick",
    "consultant_tick",
    "consent_read",
    "privacy_notice",
    "authority",
    "release",
    "helper_yes",
]


def add(apps, schema_editor):
    text = apps.get_model("texts", "Text")
    text.objects.create(kind="helper_yes", version=1, language="en", body=HELPER_YES, from_at=FROM)


def remove(apps, schema_editor):
    apps.get_model("texts", "Text").objects.filter(kind="helper_yes", version=1).delete()


class Migration(migrations.Migration):
    dependencies = [("texts", "0003_words_to_sign")]
    operations = [
        migrations.AlterField(
            "text",
            "kind",
            models.CharField(max_length=30, choices=[(kind, kind.replace("_", " ").title()) for kind in KINDS]),
        ),
        migrations.RunPython(add, remove),
    ]
