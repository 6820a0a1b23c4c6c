#!/bin/sh
# Run once, by the image, on an empty database: a role that row-level security holds, its database,
# and pgvector in it. The superuser is left without a password: it is reached from inside alone.
set -e
psql --set ON_ERROR_STOP=1 --set password="$POSTGRES_PASSWORD" --username postgres --dbname postgres <<'SQL'
CREATE ROLE reverie LOGIN PASSWORD :'password';
CREATE DATABASE reverie OWNER reverie ENCODING 'UTF8' TEMPLATE template0;
\connect reverie
CREATE EXTENSION IF NOT EXISTS vector;
ALTER ROLE postgres PASSWORD NULL;
SQL
