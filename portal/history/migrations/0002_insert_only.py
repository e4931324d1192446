"""History is insert only: the revoked rights are the lock, this trigger is the second one."""

from django.db import migrations

GUARD = """
CREATE FUNCTION history_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('portal.retention', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'history is insert only';
END $$;
CREATE TRIGGER history_event_insert_only BEFORE UPDATE OR DELETE ON history_event
    FOR EACH ROW EXECUTE FUNCTION history_refuse_change();

-- Retention deletes old rows through this function alone; it refuses rows younger than six years.
CREATE FUNCTION history_delete_before(cut timestamptz) RETURNS bigint
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
UNDO = """
DROP FUNCTION history_delete_before(timestamptz);
DROP TRIGGER history_event_insert_only ON history_event;
DROP FUNCTION history_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNDO)]
