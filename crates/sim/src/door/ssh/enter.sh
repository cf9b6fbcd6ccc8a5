# Becomes the first process of a simulated node and serves SSH there until standard input ends; the kernel then ends
# whatever still runs in it. Started in namespaces of its own, as root.
# $1: the folder that is the node's `/`; $2: its name; $3: the port.
set -e
cd "$1"
mount --bind . .
cd "$1"
hostname "$2"

# Programs and libraries are those of this machine, and cannot be written. The node's own programs are found first.
readonly_from_here() {
    mount --bind "/$1" "$1"
    mount -o remount,bind,ro "$1"
}
readonly_from_here usr
mount --bind local usr/local
for folder in bin sbin lib lib32 lib64 libx32; do
    if [ -L "/$folder" ]; then
        cp -P "/$folder" "$folder"
    elif [ -d "/$folder" ]; then
        mkdir "$folder"
        readonly_from_here "$folder"
    fi
done
# Which awk is meant, and the like.
if [ -d /etc/alternatives ]; then
    mkdir etc/alternatives
    readonly_from_here etc/alternatives
fi

mount -t proc proc proc
# Some of it is the kernel of this machine.
for part in sys sysrq-trigger irq bus fs; do
    if [ -e "proc/$part" ]; then
        mount --bind "proc/$part" "proc/$part"
        mount -o remount,bind,ro "proc/$part"
    fi
done
mount -t tmpfs -o mode=0755 dev dev
for device in null zero full random urandom tty; do
    : >"dev/$device"
    mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr

# From here on there is no way back to the files of this machine.
mkdir outside
pivot_root . outside
exec chroot . /bin/sh -ec '
    umount -l /outside
    rmdir /outside
    # The server wants its own path to be absolute. That it ended is said, for whoever waits for it to listen.
    # Root of the node is not root of this machine: its clock, network, devices and kernel are out of reach.
    less=-sys_admin,-sys_module,-sys_rawio,-sys_time,-sys_boot,-mknod,-net_admin,-net_raw,-sys_ptrace,-syslog
    { setpriv --bounding-set "$less" -- "$(command -v sshd)" -D -e -p "$1" </dev/null || true; echo "the server ended" >&2; } &
    # Nobody else waits for those who lost their parents, and a guest is not gone before all of its own are.
    exec perl -e "\$SIG{CHLD} = q(IGNORE); while (1) { my \$got = sysread(STDIN, my \$some, 4096); last if defined \$got && !\$got }"
' sh "$3"
