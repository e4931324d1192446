"""Rows of rights are sealed with the night's lines, and go by whole nights as these do."""

from django.db import migrations, models

TABLES = """'accounts_userchange', 'case_assignmentchange', 'case_consentchange', 'case_helperchange',
        'case_mandatechange'"""
LATER = ", 'case_secondreaderchange', 'case_urgentlookchange'"
# A row that is old enough waits for the youngest of its night, under the lock of portal/history/sealing.py.
BY_NIGHTS = """
        AND coalesce((SELECT (d.rights->$2->>''newest'')::timestamptz < $1 FROM history_digest d
            WHERE (d.rights->$2->>''upto'')::bigint >= pgh_id ORDER BY d.id LIMIT 1), true)"""


def function(tables: str, lock: str, which: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION rights_delete_before(name text, cut timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE gone bigint;
BEGIN
    IF cut > now() - interval '6 years' THEN
        RAISE EXCEPTION 'the record is kept for six years';
    END IF;
    IF name <> ALL (ARRAY[{tables}]) THEN
        RAISE EXCEPTION 'not a table of rights';
    END IF;
    {lock}
    PERFORM set_config('portal.retention', 'on', true);
    EXECUTE format('DELETE FROM %I WHERE pgh_created_at < $1{which}', name) USING cut, name;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('portal.retention', 'off', true);
    RETURN gone;
END $$;
"""  # noqa: S608 -- names of ours


class Migration(migrations.Migration):
    dependencies = [("history", "0005_rights")]
    operations = [
        migrations.AddField("digest", "rights", models.JSONField(default=dict)),
        migrations.RunSQL(
            function(TABLES + LATER, "PERFORM pg_advisory_xact_lock(4715009);", BY_NIGHTS), function(TABLES, "", "")
        ),
    ]
