#!/bin/sh
# What the image can do:
#   web                  serve, by uWSGI (deploy/uwsgi/uwsgi.ini; WEB_CONFIG names another file)
#   migrate              bring the database to this version, once for each release
#   migrated             wait until `migrate` has done so
#   static FOLDER        copy the static files to a folder that Nginx serves from; what is there stays
#   manage.py ARGS...    any command of the project
set -eu

# Each worker has models of its own and takes 150 MB: two, or one where the container's memory has no room for both.
workers_for_memory() {
    limit=$(cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null | head -n 1)
    case $limit in
    '' | max) echo 2 ;;
    *) if [ "$limit" -lt 400000000 ]; then echo 1; else echo 2; fi ;;
    esac
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
web)
    [ -n "${WEB_SOCKET:-}" ] || export PORT="${PORT:-8000}"
    export WEB_CONCURRENCY="${WEB_CONCURRENCY:-$(workers_for_memory)}"
    # VAR_DIR need not be writable.
    export PROMETHEUS_MULTIPROC_DIR="${PROMETHEUS_MULTIPROC_DIR:-/tmp/metrics}"
    exec uwsgi --ini "${WEB_CONFIG:-deploy/uwsgi/uwsgi.ini}" "$@"
    ;;
migrate)
    # A large table may take its time.
    DATABASE_STATEMENT_SECONDS=0 exec python manage.py migrate --no-input "$@"
    ;;
migrated)
    until python manage.py migrate --check >/dev/null 2>&1; do
        echo '{"level":"info","logger":"entrypoint","event":"waiting_for_migrations"}'
        sleep 3
    done
    ;;
static)
    exec cp -R "$STATIC_ROOT/." "$1"
    ;;
manage.py)
    exec python manage.py "$@"
    ;;
*)
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
