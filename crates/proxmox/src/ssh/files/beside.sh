# What all do that write: they go to the directory and stay there, whatever becomes of the way to it. $1: path.
# Answers begin with: ok | path WHY | lacking TOOL | changed | unwritable WHY | unverified WHY | cut.
LC_ALL=C
export LC_ALL
umask 077
new=
answer() {
    [ -z "$new" ] || rm -f "$new"
    new=
    printf '%s\n' "$*"
    exit 0
}
for tool in cat chmod chown cp ln mktemp mv rm sha256sum stat sync touch; do
    command -v "$tool" >/dev/null 2>&1 || answer "lacking $tool"
done
directory=${1%/*}
name=./${1##*/}
cd -P "$directory/" 2>/dev/null || answer 'path its directory does not exist'
here=$(pwd -P)
[ "${here%/}" = "$directory" ] || answer 'path a symbolic link leads to its directory now'
digest() {
    sum=$(sha256sum <"$1" 2>/dev/null) || return 1
    sum=${sum%% *}
}
# How the names begin that these bytes have until they are the file that is meant, of this file alone. $1: their SHA-256.
beside() {
    own=$(printf '%s %s' "$1" "$name" | sha256sum)
    printf './.labkeeper.%.12s' "$own"
}
is_there() { [ -e "$1" ] || [ -L "$1" ]; }
# Makes a file, or what a directory lists, durable. Not every sync takes a name, and not every file system can do one alone.
flush() { sync "$1" 2>/dev/null || fsync "$1" 2>/dev/null || sync; }
# Ends it all unless what is there is as expected: `absent`, or the SHA-256 of a file.
expect() {
    if [ -L "$name" ]; then answer 'path a symbolic link is there now'; fi
    if ! [ -e "$name" ]; then
        [ "$1" = absent ] || answer changed
        return 0
    fi
    [ "$1" != absent ] || answer changed
    [ -f "$name" ] || answer 'path it is no file of bytes'
    digest "$name" || answer 'path it cannot be read'
    [ "$sum" = "$1" ] || answer changed
}
