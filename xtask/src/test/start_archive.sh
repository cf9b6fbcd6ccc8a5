# Starts the archive's program as docs/install.md says. Waits until it says that it can work, then stops it.
# $1: the unpacked archive; $2: the page's line; after that: the environment.
set -e
. "$(dirname "$0")/until_ready.sh"
cd "$1"
line=$2
shift 2

env -i "$@" sh -c "exec env $line" &
hub=$!
trap 'kill "$hub" 2>/dev/null || true' EXIT
until_ready archive "$hub" env -i "$@" usr/bin/labkeeper ready
kill -TERM "$hub"
wait "$hub"
