# Starts what an image consists of as a container runtime would: nothing else in sight, nothing to be written but a volume and
# /tmp, no rights. Waits until its own health check is content, then stops it. Run in a mount and a network namespace.
# $1: the unpacked image; $2: its user and group; after that: its environment.
set -e
. "$(dirname "$0")/until_ready.sh"
root=$1 user=$2
shift 2

ip link set lo up
cp -a "$root/data" "$root.volume"
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --bind "$root.volume" "$root/data"
mount -t tmpfs none "$root/tmp"

# By its whole name, for the image has a PATH of its own.
change_root=$(command -v chroot)
set -- "$@" "$change_root" --userspec="$user" "$root" /usr/bin/labkeeper
env -i "$@" serve &
hub=$!
trap 'kill "$hub" 2>/dev/null || true' EXIT
until_ready image "$hub" env -i "$@" ready
grep -q 'CapEff:.0000000000000000' "/proc/$hub/status"
kill -TERM "$hub"
wait "$hub"
