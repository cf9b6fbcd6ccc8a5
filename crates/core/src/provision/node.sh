# This is what `labkeeper setup` does on a Proxmox VE node, as root. It makes what is asked for above, takes away what labkeeper
# no longer needs, touches nothing else, and may be run again at any time.

set -euo pipefail
umask 077

OWN_TOKENS='observe operate companion'
OWN_ROLES='LabkeeperOperate LabkeeperCompanion'

stop() {
    printf 'labkeeper: %s\n' "$1" >&2
    exit 1
}

# A list of pveum's, a row a line.
list() {
    pveum "$@" --output-format json | tr '{' '\n'
}

# The rows of a list ($1) whose field ($2) has this value ($3).
rows() {
    grep -F "\"$2\":\"$3\"" <<<"$1" || true
}

has() {
    [ -n "$(rows "$@")" ]
}

# A user that was made for somebody else is not ours to change or to delete, whatever it is called.
refuse_foreign_user() {
    case $(rows "$users" userid "$USER_ID") in
        '' | *'"comment":"labkeeper"'*) ;;
        *) stop "the user $USER_ID exists and is not labkeeper's: choose another, or hand it over with
  pveum user modify $USER_ID --comment labkeeper" ;;
    esac
}

# Tokens that somebody else gave to the user would go with it.
refuse_foreign_tokens() {
    for name in $(sed -n 's/.*"tokenid":"\([^"]*\)".*/\1/p' <<<"$tokens"); do
        case " $OWN_TOKENS " in
            *" $name "*) ;;
            *) stop "the token $USER_ID!$name is not labkeeper's and would go with the user: move what uses it to another user, then
  pveum user token remove $USER_ID $name" ;;
        esac
    done
}

# Nothing is changed on a node that could not be told from an impostor afterwards.
refuse_unknowable_node() {
    if [ -z "$certificate" ]; then
        stop 'this node has no certificate in /etc/pve/local that openssl can read: make it with  pvecm updatecerts'
    fi
    if [ "$TIER" = companion ] && [ -z "$hostkey" ]; then
        stop 'this node has no Ed25519 host key, by which companion knows it: make it with  ssh-keygen -A'
    fi
}

token_stays() {
    [ "$KEEP_TOKEN" = yes ] && has "$tokens" tokenid "$TIER"
}

remove_tokens() {
    for name in $OWN_TOKENS; do
        if [ "$name" = "$TIER" ] && token_stays; then continue; fi
        if has "$tokens" tokenid "$name"; then pveum user token remove "$USER_ID" "$name" >/dev/null; fi
    done
}

# Takes the roles of other tiers from user and token, and deletes those that nobody else uses.
remove_roles() {
    for role in $OWN_ROLES; do
        if [ "$role" = "$ROLE" ] || ! has "$roles" roleid "$role"; then continue; fi
        grants=$(rows "$acl" roleid "$role")
        if [ -n "$(rows "$(rows "$grants" path /)" ugid "$USER_ID")" ] && [ "$TIER" != none ]; then
            pveum acl delete / --users "$USER_ID" --roles "$role"
        fi
        if [ -n "$(rows "$(rows "$grants" path /)" ugid "$USER_ID!$TIER")" ] && token_stays; then
            pveum acl delete / --tokens "$USER_ID!$TIER" --roles "$role"
        fi
        if ! grep -vF -e "\"ugid\":\"$USER_ID\"" -e "\"ugid\":\"$USER_ID!" <<<"$grants" | grep -F '"roleid"' >/dev/null; then
            pveum role delete "$role"
        fi
    done
}

make_role() {
    if [ -z "$ROLE" ]; then return; fi
    if has "$roles" roleid "$ROLE"; then
        pveum role modify "$ROLE" --privs "$privileges"
    else
        pveum role add "$ROLE" --privs "$privileges"
    fi
}

# Leaves the token's secret in $secret, which Proxmox says once only; `kept` for one that was there.
make_token() {
    if token_stays; then
        secret=kept
        case $(rows "$tokens" tokenid "$TIER") in
            *'"privsep":1'*) ;;
            *) pveum user token modify "$USER_ID" "$TIER" --privsep 1 >/dev/null ;;
        esac
        return
    fi
    made=$(pveum user token add "$USER_ID" "$TIER" --privsep 1 --output-format json)
    secret=$(sed -n 's/.*"value" *: *"\([^"]*\)".*/\1/p' <<<"$made")
    if [ -z "$secret" ]; then stop "pveum made the token $USER_ID!$TIER and did not say its secret: remove it and try again"; fi
}

# Puts the public key of this connection into authorized_keys, or takes it out; it is known by its comment.
set_key() {
    # On a node of a cluster this is a link to a file that all nodes share.
    file=$(readlink -f /root/.ssh/authorized_keys || echo /root/.ssh/authorized_keys)
    before=
    if [ -e "$file" ]; then before=$(cat "$file"); fi
    ours=" labkeeper:$NAME\$"
    if [ -z "$PUBLIC_KEY" ]; then
        after=$(sed "/$ours/d" <<<"$before")
    else
        # The owner may have put restrictions before this key, such as from="...": its line stays as it is.
        after=$(sed "/$ours/{/^ *#/d; \\|$PUBLIC_KEY$ours|!d}" <<<"$before")
        if ! grep -q "$ours" <<<"$after"; then
            after="${after:+$after
}$PUBLIC_KEY labkeeper:$NAME"
        fi
    fi
    if [ "$after" = "$before" ]; then return; fi
    mkdir -p /root/.ssh
    chmod 700 /root/.ssh
    printf '%s' "${after:+$after
}" >"$file.labkeeper"
    mv "$file.labkeeper" "$file"
}

# SHA-256 of the certificate that a node's web interface shows, by the node's directory.
certificate() {
    for file in "$1/pveproxy-ssl.pem" "$1/pve-ssl.pem"; do
        if [ ! -e "$file" ]; then continue; fi
        openssl x509 -in "$file" -noout -fingerprint -sha256 | sed 's/.*=//'
        return
    done
}

# The Ed25519 host key of another node ($1) at its address ($2), as this cluster knows it. Proxmox writes down the RSA key alone; then
# the node itself is asked, over the way that the nodes of a cluster have to each other and only if it shows a key that is written down.
peer_hostkey() {
    known="/etc/pve/nodes/$1/ssh_known_hosts"
    if [ ! -s "$known" ]; then known=/etc/pve/priv/known_hosts; fi
    if [ "$TIER" != companion ] || [ ! -s "$known" ]; then return; fi
    line=$(ssh-keygen -F "$1" -f "$known" 2>/dev/null | grep -m 1 '^[^@# ][^ ]* ssh-ed25519 ' || true)
    if [ -z "$line" ] && [ -n "$2" ]; then
        line="$1 $(ssh -naxT -o BatchMode=yes -o ConnectTimeout=5 -o HostKeyAlias="$1" -o StrictHostKeyChecking=yes -o UpdateHostKeys=no \
            -o UserKnownHostsFile="$known" -o GlobalKnownHostsFile=/dev/null "root@$2" cat /etc/ssh/ssh_host_ed25519_key.pub 2>/dev/null || true)"
    fi
    sed -n '1s/^[^ ]* *\(ssh-ed25519\) *\([A-Za-z0-9+/=]*\).*/\1,\2/p' <<<"$line"
}

# The other nodes of the cluster: name, certificate, address and host key, where they are known.
peers() {
    for directory in /etc/pve/nodes/*/; do
        peer=$(basename "$directory")
        # A directory that is left of a node that has gone makes it no member.
        if [ "$peer" = "$node" ] || ! grep -qsF "\"$peer\":" /etc/pve/.members; then continue; fi
        address=$(sed -n "s/.*\"$peer\": *{.*\"ip\": *\"\([0-9a-fA-F.:]*\)\".*/\1/p" /etc/pve/.members)
        printf 'peer=%s,%s,%s,%s;' "$peer" "$(certificate "$directory")" "$address" "$(peer_hostkey "$peer" "$address")"
    done
}

look_around() {
    node=$(hostname)
    node=${node%%.*}
    certificate=$(certificate /etc/pve/local)
    hostkey=
    if [ -r /etc/ssh/ssh_host_ed25519_key.pub ]; then
        hostkey=$(cut -d ' ' -f 1-2 /etc/ssh/ssh_host_ed25519_key.pub | tr ' ' ,)
    fi
    peers=$(peers)
    users=$(list user list)
    roles=$(list role list)
    acl=$(list acl list)
    tokens=
    if has "$users" userid "$USER_ID"; then tokens=$(list user token list "$USER_ID"); fi
}

answer() {
    text="format=1;node=$node;release=$release;secret=$secret;certificate=$certificate;hostkey=$hostkey;$peers"
    text="${text}sum=$(printf '%s' "$text" | sha256sum | cut -c 1-16);"
    # So put together, the marks stand in the answer and not in this text.
    printf '===%s===\n' labkeeper-setup-begin
    printf '%s' "$text" | sed 's/;/;\n/g'
    printf '===%s===\n' labkeeper-setup-end
}

main() {
    if [ "$(id -u)" != 0 ]; then stop 'this has to run as root'; fi
    if ! command -v pveum >/dev/null; then stop 'this is no Proxmox VE node: there is no pveum'; fi
    release=$(pveversion | sed -n 's|^pve-manager/\([0-9]*\)\..*|\1|p')
    case $release in
        '' | [1-7]) stop "labkeeper needs Proxmox VE 8 or later: $(pveversion)" ;;
        8) privileges=$PRIVILEGES_8 ;;
        *) privileges=$PRIVILEGES_9 ;;
    esac
    if [ "$TIER" = companion ] && [ -z "$PUBLIC_KEY" ]; then stop 'the public key is missing: this text was only for looking at'; fi

    look_around
    refuse_foreign_user
    if [ "$TIER" = none ]; then refuse_foreign_tokens; else refuse_unknowable_node; fi

    # What is too much goes first.
    secret=none
    if [ "$TIER" != companion ]; then set_key; fi
    if [ "$TIER" = none ]; then
        # Its tokens and what they were granted go with it.
        if has "$users" userid "$USER_ID"; then pveum user delete "$USER_ID"; fi
        remove_roles
        answer
        return
    fi
    remove_tokens
    remove_roles

    make_role
    if ! has "$users" userid "$USER_ID"; then pveum user add "$USER_ID" --comment labkeeper; fi
    pveum acl modify / --users "$USER_ID" --roles "PVEAuditor${ROLE:+,$ROLE}"
    make_token
    pveum acl modify / --tokens "$USER_ID!$TIER" --roles "PVEAuditor${ROLE:+,$ROLE}"
    if [ "$TIER" = companion ]; then set_key; fi
    answer
}

# All of it was read before any of it runs, so that half a script does nothing; and nothing in it waits for a person.
main </dev/null
