#!/bin/sh
# Run by the database's image once, after database.sql: gives both accounts their passwords and the owner its database.
set -eu
psql --username postgres --dbname portal --set ON_ERROR_STOP=1 \
  --set app="$APP_DATABASE_PASSWORD" --set owner="$OWNER_DATABASE_PASSWORD" <<'SQL'
ALTER ROLE portal_app PASSWORD :'app';
ALTER ROLE portal_owner PASSWORD :'owner';
ALTER DATABASE portal OWNER TO portal_owner;
SQL
