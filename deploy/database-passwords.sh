#!/bin/sh
# Run once as a superuser, after database.sql (the database's image does): both accounts get their passwords, the owner its
# database and the right to make others.
set -eu
psql --username postgres --dbname portal --set ON_ERROR_STOP=1 \
  --set app="$APP_DATABASE_PASSWORD" --set owner="$OWNER_DATABASE_PASSWORD" <<'SQL'
ALTER ROLE portal_app PASSWORD :'app';
ALTER ROLE portal_owner PASSWORD :'owner';
ALTER DATABASE portal OWNER TO portal_owner;
ALTER ROLE portal_owner CREATEDB; -- copies it before an upgrade, proves backups in one of its own
SQL
