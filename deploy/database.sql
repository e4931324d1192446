-- The two database accounts. Run once, by a superuser, in the portal's database (or in template1 before that is made);
-- running it again changes nothing. portal_owner migrates and restores; portal_app runs the portal and can neither
-- change tables nor rewrite history. Passwords are given apart from this file: ALTER ROLE portal_app PASSWORD '...'.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_owner') THEN
    CREATE ROLE portal_owner LOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_app') THEN
    CREATE ROLE portal_app LOGIN;
  END IF;
END
$$;
-- A refused row is written to the server's log with the statement and its values, unless these say otherwise. They hold
-- from the next connection on, and no role but a superuser can take them back.
ALTER ROLE portal_owner SET log_min_error_statement = 'panic';
ALTER ROLE portal_owner SET log_error_verbosity = 'terse';
ALTER ROLE portal_app SET log_min_error_statement = 'panic';
ALTER ROLE portal_app SET log_error_verbosity = 'terse';
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO portal_app;
