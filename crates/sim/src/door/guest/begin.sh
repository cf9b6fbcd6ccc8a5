# Begins a guest: the first process in namespaces of its own. A user namespace owns them, so that root of the node can
# enter them, and root of the guest is nobody outside. It lives until standard input ends, and the kernel then ends
# whatever else runs in there. Started as root among the processes of the node, with mounts of its own.
# $1: the folder of the guest; in it `root`, which becomes `/`, and `local`, which becomes /usr/local. $2: its name.
set -e
cd "$1/root"
mount --bind . .
cd "$1/root"

# Programs and libraries are those of this machine where the guest has none of its own, and cannot be written.
readonly_from_here() {
    mount --bind "/$1" "$1"
    mount -o remount,bind,ro "$1"
}
if [ ! -e bin/busybox ]; then
    readonly_from_here usr
    mount --bind ../local usr/local
    for folder in bin sbin lib lib32 lib64 libx32; do
        if [ -d "$folder" ] && [ ! -L "$folder" ]; then
            readonly_from_here "$folder"
        fi
    done
    if [ -d /etc/alternatives ]; then
        readonly_from_here etc/alternatives
    fi
fi
mount -t tmpfs -o mode=0755,size=64k dev dev
for device in null zero full random urandom tty; do
    : >"dev/$device"
    mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
# The processes of the node, until the guest has its own: what is shown whole may be shown anew inside.
mount -t proc proc proc

exec 3<&0
unshare --user --mount --uts --ipc --pid --fork --kill-child -- /bin/sh -ec '
    echo >"$1/begun"
    read -r _ <"$1/mapped"
    # Root again only from here.
    exec perl "$1/first.pl" "$@"
' sh "$1" "$2" <&3 3<&- &
child=$!
exec 3<&-
read -r _ <"$1/begun"
# Numbers of users are the same inside and outside, so that files have the owners that a test gives them.
for map in uid_map gid_map; do
    echo "0 0 65536" >"proc/$child/$map"
done
echo >"$1/mapped"
wait "$child"
