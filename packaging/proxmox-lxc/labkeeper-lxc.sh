#!/bin/bash
# Makes an unprivileged container on a Proxmox VE node and installs labkeeper in it. Run it as root on the node:
#
#   bash labkeeper-lxc.sh --dry-run      shows every command and runs none
#   bash labkeeper-lxc.sh                takes the package from the release, checks its sum, makes the container
#   bash labkeeper-lxc.sh --deb FILE     takes a package that lies here instead
#
# It makes one container and touches no other. When something fails, the container that it made is left to be looked at, and
# the last line says how to remove it.
set -euo pipefail

readonly VERSION=0.1.0
readonly RELEASE=https://github.com/OWNER/labkeeper/releases/download/v$VERSION

ctid=
hostname=labkeeper
storage=local-lvm
template_storage=local
bridge=vmbr0
address=dhcp
gateway=
vlan=
# A hub of 10 000 items takes some 170 MB, Debian and apt beside it less than 150.
memory=512
cores=1
disk=4
deb=
dry_run=
template_name=
template=
work=
made=

usage() {
    cat <<USAGE
usage: $0 [option value]...
  --ctid N                 number of the container (default: the next free one)
  --hostname NAME          its name (default: $hostname)
  --storage NAME           where its disk lies (default: $storage)
  --template-storage NAME  where templates lie (default: $template_storage)
  --template NAME          template of Debian (default: the newest of Debian 12, else of Debian 13)
  --bridge NAME            bridge it is connected to (default: $bridge)
  --ip ADDRESS/BITS        its address (default: dhcp)
  --gateway ADDRESS        its gateway, with --ip
  --vlan N                 VLAN tag
  --memory MB              (default: $memory)
  --cores N                (default: $cores)
  --disk GB                (default: $disk)
  --deb FILE               package to install (default: that of release $VERSION)
  --dry-run                show what would be done
USAGE
}

fail() {
    echo "labkeeper-lxc: $*" >&2
    exit 1
}

# Shows a command, and runs it unless this is a dry run.
act() {
    printf '+'
    printf ' %q' "$@"
    printf '\n'
    [ -n "$dry_run" ] || "$@"
}

read_options() {
    while [ $# -gt 0 ]; do
        case $1 in
            --dry-run) dry_run=1; shift; continue ;;
            --help | -h) usage; exit 0 ;;
        esac
        [ $# -ge 2 ] || fail "$1 wants a value; --help lists the options"
        case $1 in
            --ctid) ctid=$2 ;;
            --hostname) hostname=$2 ;;
            --storage) storage=$2 ;;
            --template-storage) template_storage=$2 ;;
            --template) template_name=$2 ;;
            --bridge) bridge=$2 ;;
            --ip) address=$2 ;;
            --gateway) gateway=$2 ;;
            --vlan) vlan=$2 ;;
            --memory) memory=$2 ;;
            --cores) cores=$2 ;;
            --disk) disk=$2 ;;
            --deb) deb=$2 ;;
            *) fail "there is no option $1; --help lists those there are" ;;
        esac
        shift 2
    done
}

# Nothing of these reaches a command before it looks as it should.
check_options() {
    local number
    for number in "${ctid:-100}" "$memory" "$cores" "$disk" "${vlan:-1}"; do
        [[ $number =~ ^[1-9][0-9]{0,8}$ ]] || fail "$number is no number"
    done
    [[ $hostname =~ ^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$ ]] || fail "$hostname is no host name"
    local name
    for name in "$storage" "$template_storage" "$bridge"; do
        [[ $name =~ ^[a-zA-Z0-9][a-zA-Z0-9._-]*$ ]] || fail "$name is no name of a storage or bridge"
    done
    [[ ${template_name:-debian-} =~ ^debian-[a-zA-Z0-9._+-]*$ ]] || fail "--template wants the name of a template of Debian, as pveam available lists it"
    if [ "$address" != dhcp ]; then
        [[ $address =~ ^[0-9.]+/[0-9]{1,2}$ ]] || fail "--ip wants an address with its bits, such as 192.168.1.50/24"
        [[ $gateway =~ ^[0-9.]+$ ]] || fail "--ip wants --gateway beside it"
    fi
    if [ -n "$deb" ]; then
        [ -f "$deb" ] || fail "$deb is not there"
    fi
}

check_node() {
    local program
    for program in pct pvesh pveam pvesm; do
        command -v "$program" >/dev/null || fail "there is no $program here: this runs on a Proxmox VE node"
    done
    [ -n "$dry_run" ] || [ "$(id -u)" = 0 ] || fail "this wants to be root on the node"
    [ -n "$ctid" ] || ctid=$(pvesh get /cluster/nextid | tr -d '"')
    [[ $ctid =~ ^[1-9][0-9]{2,8}$ ]] || fail "the node names no free number for a container: give --ctid"
    if pct status "$ctid" >/dev/null 2>&1; then
        fail "container $ctid is there already; choose another --ctid"
    fi
    pvesm status --storage "$storage" >/dev/null || fail "there is no storage $storage: give --storage (pvesm status lists them)"
}

architecture() {
    case $(uname -m) in
        x86_64) echo amd64 ;;
        aarch64) echo arm64 ;;
        *) fail "there is no package for $(uname -m)" ;;
    esac
}

# The newest of the names on stdin that are of the template wanted, or of Debian 12, or else of Debian 13.
newest_template() {
    local names wanted found
    names=$(awk -v column="$1" '{print $column}')
    for wanted in ${template_name:-debian-12-standard_ debian-13-standard_}; do
        # A volume has its storage before the name.
        found=$(awk -v wanted="$wanted" 'index($0, wanted) == 1 || index($0, "/" wanted)' <<<"$names" | sort -V | tail -n 1)
        [ -z "$found" ] || { echo "$found"; return 0; }
    done
}

# The template that is here already, or one to be downloaded. Sets $template.
choose_template() {
    template=$(pveam list "$template_storage" | newest_template 1)
    [ -z "$template" ] || return 0
    local name
    act pveam update
    name=$(pveam available --section system | newest_template 2)
    [ -n "$name" ] || fail "pveam offers no ${template_name:-template of Debian 12 or 13}: --template names another one (pveam available --section system)"
    act pveam download "$template_storage" "$name"
    template=$template_storage:vztmpl/$name
}

# Downloads the package into $work and checks it against the release's list of sums. Sets $deb.
fetch_package() {
    [ -z "$deb" ] || return 0
    [[ $RELEASE != */OWN""ER/* ]] || fail "this copy of the script belongs to no release: give --deb FILE"
    local name
    name=labkeeper_${VERSION}_$(architecture).deb
    deb=$work/$name
    act curl --fail --location --silent --show-error --output "$deb" "$RELEASE/$name"
    act curl --fail --location --silent --show-error --output "$work/SHA256SUMS" "$RELEASE/SHA256SUMS"
    [ -z "$dry_run" ] || return 0
    (cd "$work" && grep " $name\$" SHA256SUMS | sha256sum --check --strict --status) || fail "$name does not have the sum that the release says: nothing was installed"
}

make_container() {
    local net=name=eth0,bridge=$bridge,ip=$address
    [ -z "$gateway" ] || net+=,gw=$gateway
    [ -z "$vlan" ] || net+=,tag=$vlan
    act pct create "$ctid" "$template" --hostname "$hostname" --unprivileged 1 --features nesting=1 \
        --ostype debian --memory "$memory" --swap 0 --cores "$cores" --rootfs "$storage:$disk" --net0 "$net" \
        --onboot 1 --description "labkeeper $VERSION"
    made=1
    act pct start "$ctid"
}

# Waits until the container has an address, at most a minute.
await_network() {
    [ -z "$dry_run" ] || return 0
    local left
    for ((left = 60; left > 0; left--)); do
        [ -z "$(pct exec "$ctid" -- hostname -I 2>/dev/null | tr -d '[:space:]')" ] || return 0
        sleep 1
    done
    fail "container $ctid got no address: look at --bridge and --ip"
}

install_labkeeper() {
    act pct push "$ctid" "$deb" /root/labkeeper.deb
    act pct exec "$ctid" -- apt-get update --quiet
    act pct exec "$ctid" -- env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends \
        ca-certificates git openssh-client /root/labkeeper.deb
    act pct exec "$ctid" -- rm /root/labkeeper.deb
    # The package listens on loopback, which nobody outside of the container reaches.
    act pct exec "$ctid" -- sed -i 's/^bind = .*/bind = "0.0.0.0:8000"/' /etc/labkeeper/labkeeper.toml
    act pct exec "$ctid" -- systemctl restart labkeeper
}

# Waits until the hub can work, at most half a minute.
await_hub() {
    [ -z "$dry_run" ] || return 0
    local left
    for ((left = 30; left > 0; left--)); do
        ! pct exec "$ctid" -- runuser -u labkeeper -- labkeeper --data-dir /var/lib/labkeeper ready >/dev/null 2>&1 || return 0
        sleep 1
    done
    fail "the hub does not answer; pct exec $ctid -- journalctl -u labkeeper says why"
}

tell() {
    [ -z "$dry_run" ] || { echo "nothing was done"; return 0; }
    local here
    here=$(pct exec "$ctid" -- hostname -I | awk '{print $1}')
    echo "labkeeper runs in container $ctid: http://$here:8000"
    echo "the code for the first person: pct exec $ctid -- journalctl -u labkeeper --grep code"
}

clean_up() {
    local status=$?
    [ -z "$work" ] || rm -rf "$work"
    if [ "$status" != 0 ] && [ -n "$made" ] && [ -z "$dry_run" ]; then
        echo "labkeeper-lxc: container $ctid was left as it is; to remove it: pct stop $ctid; pct destroy $ctid" >&2
    fi
}

main() {
    read_options "$@"
    check_options
    check_node
    trap clean_up EXIT
    work=$(mktemp -d)
    fetch_package
    choose_template
    make_container
    await_network
    install_labkeeper
    await_hub
    tell
}

main "$@"
