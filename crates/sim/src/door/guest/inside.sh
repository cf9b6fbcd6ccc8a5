# Makes the `/` of a guest, in its namespaces; its first process goes there too. $1: the folder of the guest. $2: its name.
set -e
# What came from outside cannot be taken apart in here, only carried along as it is.
mount --rbind "$1/root" "$1/root"
cd "$1/root"
hostname "$2"
mount -t proc proc proc
# Some of it is the kernel of this machine.
for part in sys sysrq-trigger irq bus fs; do
    if [ -e "proc/$part" ]; then
        mount --bind "proc/$part" "proc/$part"
        mount -o remount,bind,ro "proc/$part"
    fi
done
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts
mount -t tmpfs -o mode=0755,size=1m run run
# Places where something is the matter: one soon full, one that cannot be written, a file that cannot be renamed over.
mount -t tmpfs -o mode=0755,size=64k small mnt/small
mount --bind mnt/readonly mnt/readonly
mount -o remount,bind,ro mnt/readonly
mount --bind mnt/mounted.conf mnt/mounted.conf
# From here on there is no way back to the files of this machine, and the programs are those of the guest.
mkdir -p outside
pivot_root . outside
cd /
umount -l /outside
rmdir /outside
