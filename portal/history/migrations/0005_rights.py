"""Rows of rights are written by triggers alone, stay as they are, and go after six years."""

from django.db import migrations

# A session may tell pgtrigger to pass over a trigger, and the application may write only to the tables that are
# followed: so that rows come all the same, the triggers' functions run as the owner and do not hear of it.
GUARD = r"""
CREATE FUNCTION history_guard_rights(followed regclass, kept regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE one regprocedure;
BEGIN
    FOR one IN SELECT DISTINCT t.tgfoid FROM pg_trigger t
        WHERE t.tgrelid = followed AND NOT t.tgisinternal AND t.tgname LIKE 'pgtrigger\_%'
    LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = public, pg_temp', one);
    END LOOP;
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
        LANGUAGE sql IMMUTABLE AS 'SELECT false';
    EXECUTE format(
        'CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION history_refuse_change()',
        kept || '_insert_only', kept);
END $$;

CREATE FUNCTION rights_delete_before(name text, cut timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE gone bigint;
BEGIN
    IF cut > now() - interval '6 years' THEN
        RAISE EXCEPTION 'the record is kept for six years';
    END IF;
    IF name <> ALL (ARRAY['accounts_userchange', 'case_assignmentchange', 'case_consentchange', 'case_helperchange',
        'case_mandatechange']) THEN
        RAISE EXCEPTION 'not a table of rights';
    END IF;
    PERFORM set_config('portal.retention', 'on', true);
    EXECUTE format('DELETE FROM %I WHERE pgh_created_at < $1', name) USING cut;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('portal.retention', 'off', true);
    RETURN gone;
END $$;
"""
UNDO = """
DROP FUNCTION rights_delete_before(text, timestamptz);
DROP FUNCTION history_guard_rights(regclass, regclass);
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0004_sealed_nights")]
    operations = [migrations.RunSQL(GUARD, UNDO)]
