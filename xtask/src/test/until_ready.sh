# For those who start a hub: waits until it says that it can work.
# $1: whose hub it is; $2: its process; after that: what asks it.
until_ready() {
    of=$1 hub=$2
    shift 2
    patience=150
    until said=$("$@" 2>&1); do
        patience=$((patience - 1))
        if [ "$patience" = 0 ] || ! kill -0 "$hub" 2>/dev/null; then
            echo "the hub of the $of did not become ready: $said" >&2
            exit 1
        fi
        sleep 0.1
    done
}
