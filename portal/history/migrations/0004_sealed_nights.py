"""One chained digest a night, insert only like the lines; what is old goes by whole nights, so that the chain holds."""

from django.db import migrations, models

# A line that is old enough waits for the youngest of its night: a night in part could not be told from tampering.
# The lock is the one of portal/history/sealing.py: nobody digests lines that are going.
BY_WHOLE_NIGHTS = """
CREATE OR REPLACE FUNCTION history_delete_before(cut timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE gone bigint;
BEGIN
    IF cut > now() - interval '6 years' THEN
        RAISE EXCEPTION 'the record is kept for six years';
    END IF;
    PERFORM pg_advisory_xact_lock(4715009);
    PERFORM set_config('portal.retention', 'on', true);
    DELETE FROM history_event e WHERE e.at < cut AND coalesce(
        (SELECT d.newest_at < cut FROM history_digest d WHERE d.upto_id >= e.id ORDER BY d.upto_id, d.id LIMIT 1), true);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('portal.retention', 'off', true);
    RETURN gone;
END $$;
CREATE TRIGGER history_digest_insert_only BEFORE UPDATE OR DELETE ON history_digest
    FOR EACH ROW EXECUTE FUNCTION history_refuse_change();
"""
BY_LINES = """
DROP TRIGGER history_digest_insert_only ON history_digest;
CREATE OR REPLACE FUNCTION history_delete_before(cut timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE gone bigint;
BEGIN
    IF cut > now() - interval '6 years' THEN
        RAISE EXCEPTION 'the record is kept for six years';
    END IF;
    PERFORM set_config('portal.retention', 'on', true);
    DELETE FROM history_event WHERE at < cut;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('portal.retention', 'off', true);
    RETURN gone;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0003_news")]

    operations = [
        # Nothing has written digests so far: the defaults meet no row.
        migrations.AddField("digest", "after_id", models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddField("digest", "lines", models.PositiveBigIntegerField(default=0), preserve_default=False),
        migrations.AddField("digest", "newest_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "digest", "lines_sha256", models.CharField(default="", max_length=64), preserve_default=False
        ),
        migrations.AlterField("digest", "previous", models.CharField(blank=True, max_length=64, unique=True)),
        migrations.AlterField("digest", "sha256", models.CharField(max_length=64, unique=True)),
        migrations.AddIndex("digest", models.Index(fields=["upto_id", "id"], name="digest_of_a_line")),
        migrations.AddConstraint(
            "digest",
            models.CheckConstraint(condition=models.Q(upto_id__gte=models.F("after_id")), name="digest_goes_on"),
        ),
        migrations.AddConstraint(
            "digest",
            models.CheckConstraint(
                condition=models.Q(lines=0, newest_at__isnull=True) | models.Q(lines__gt=0, newest_at__isnull=False),
                name="digest_newest_with_lines",
            ),
        ),
        migrations.CreateModel(
            name="RecordLook",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("faults", models.PositiveIntegerField(default=0)),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(id=1), name="recordlook_is_one_row")]},
        ),
        migrations.RunSQL(BY_WHOLE_NIGHTS, BY_LINES),
    ]
