#!/bin/sh
# Run by the PostgreSQL image when its volume is new: the roles of docs/OPERATIONS.md, "Your own PostgreSQL".
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "$POSTGRES_DB" \
    --set owner_password="$OWNER_PASSWORD" --set app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE partneros_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE partneros_app LOGIN PASSWORD :'app_password';
CREATE ROLE partneros_definer NOLOGIN;
GRANT partneros_app, partneros_definer TO partneros_owner;
ALTER DATABASE partneros OWNER TO partneros_owner;
ALTER SCHEMA public OWNER TO partneros_owner;
SQL
