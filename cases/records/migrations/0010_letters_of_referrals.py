import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("records", "0009_visits_to_plan_anew"),
    ]
    operations = [
        migrations.CreateModel(
            name="ReferralLetter",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("refer", "A letter to ask with"),
                            ("another", "A letter that asks for another specialist"),
                        ],
                        max_length=8,
                    ),
                ),
                ("words", portal.vault.fields.SealedText(blank=True, default=b"")),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="letters", to="records.referral"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("referral", "kind"), name="referralletter_one_per_kind"),
                    models.CheckConstraint(
                        condition=models.Q(kind__in=["refer", "another"]), name="referralletter_kind_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(changed_by__isnull=True) | models.Q(changed_at__isnull=False),
                        name="referralletter_changed_by_has_changed_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(words=b"") | models.Q(changed_at__isnull=False),
                        name="referralletter_own_words_have_changed_at",
                    ),
                ],
            },
        ),
    ]
