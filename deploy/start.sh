#!/bin/sh
# The database's password comes as a secret, not as a variable that everybody reads who may list containers.
set -eu
if [ -z "${DATABASE_URL:-}" ] && [ -r /run/secrets/postgres-password ]; then
    DATABASE_URL="postgres://wanliu:$(cat /run/secrets/postgres-password)@database/wanliu"
    export DATABASE_URL
fi
exec wanliu "$@"
