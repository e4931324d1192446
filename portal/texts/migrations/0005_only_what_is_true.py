"""The privacy notice and the words about a helper promise what holds today, also to whoever has no email.

What was agreed to keeps the version that was read.
"""

import datetime as dt

from django.db import migrations

FROM = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)

WORDS = {
    "privacy_notice": (
        "We keep your words and files encrypted. Only the people of your case can open them. Each look is on a list, "
        "which you can read on your page, or have us read to you. We send no health details by email, and nothing "
        "tracks what you open. If you have no email, we call you or post letters to you, and we write down what you "
        "tell us. Call us for a copy of your papers. How long things are kept is to be confirmed by counsel."
    ),
    "helper_yes": (
        "Someone wants to help you with your pages here. You choose how much. There are three ways.\n"
        "Dates only: they see your dates and what is still to do. They don’t see records, files or messages.\n"
        "Everything except private words: they see dates, records, files, messages, questions and our summary of your "
        "plan. They can add papers, book talks and write to us. They don’t see what you marked private or what "
        "matters most to you.\n"
        "Acts for me: the same, and your private words too. They don’t see your privacy page.\n"
        "These stay yours: signing a permission, accepting what our advice is and isn’t, your decision, and who helps "
        "you.\n"
        "You choose until when. You can change it or end it at any time: call us, or say so on your page. "
        "You can say no, and nobody asks why.\n"
        "Do you say yes? Which of the three, and until when?"
    ),
}


def add(apps, schema_editor):
    text = apps.get_model("texts", "Text")
    text.objects.bulk_create(
        text(kind=kind, version=2, language="en", body=body, from_at=FROM) for kind, body in WORDS.items()
    )


def remove(apps, schema_editor):
    """Taking the words out again: nothing points at them where nobody has agreed to them."""
    apps.get_model("texts", "Text").objects.filter(kind__in=WORDS, version=2).delete()


class Migration(migrations.Migration):
    dependencies = [("texts", "0004_words_to_read_out")]
    operations = [migrations.RunPython(add, remove)]
