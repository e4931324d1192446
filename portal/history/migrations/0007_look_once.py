"""A look is one line, though a browser asks for many pages at once: the database looks and writes in one question."""

from django.db import migrations

# Whoever waits for the lock asks anew afterwards: each statement of a volatile function sees what was committed by then.
ONCE = """
CREATE FUNCTION history_note_once(
    since timestamptz, at timestamptz, actor_kind text, actor_id uuid, for_patient uuid, verb text,
    about_type text, about_id text, patient uuid, case_id uuid, why text, address inet
) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws(' ', $6, $8, $4), 0));
    IF EXISTS (SELECT FROM history_event e WHERE e.patient = $9 AND e.at >= $1
        AND e.verb = $6 AND e.about_id = $8 AND e.actor_id IS NOT DISTINCT FROM $4) THEN
        RETURN false;
    END IF;
    INSERT INTO history_event (at, actor_kind, actor_id, for_patient, verb, about_type, about_id, patient, case_id, why,
        address) VALUES ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);
    RETURN true;
END $$;
"""
UNDO = """
DROP FUNCTION history_note_once(
    timestamptz, timestamptz, text, uuid, uuid, text, text, text, uuid, uuid, text, inet
);
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0006_rights_sealed")]
    operations = [migrations.RunSQL(ONCE, UNDO)]
