# The entries of a directory. $1: path; $2: how many are told at most.
# Answers: absent | path WHY | lacking TOOL | ok COUNT, then for each `MODE SIZE MODIFIED ./NAME/` and a line break, a zero
# byte, and for each symbolic link its name, a zero byte, where it leads, a zero byte. Hidden ones come first.
LC_ALL=C
export LC_ALL
for tool in readlink stat xargs; do
    command -v "$tool" >/dev/null 2>&1 || { echo "lacking $tool"; exit 0; }
done
facts=$(stat -L -c '%f' "$1" 2>&1) || {
    case $facts in
    *'No such file'*) if [ -L "$1" ]; then echo 'path it is a symbolic link that leads nowhere'; else echo absent; fi ;;
    *) echo "path ${facts##*: }" ;;
    esac
    exit 0
}
case $facts in
4???) ;;
*) echo 'path it is no directory'; exit 0 ;;
esac
cd "$1" 2>/dev/null || { echo 'path it cannot be entered'; exit 0; }
if ! why=$(ls -A . 2>&1 >/dev/null); then
    echo "path ${why##*: }"
    exit 0
fi
most=$2
is_there() { [ -e "$1" ] || [ -L "$1" ]; }
count=0
for entry in ./.[!.]* ./..?* ./*; do
    if is_there "$entry"; then count=$((count + 1)); fi
done
echo "ok $count"
each() {
    left=$most
    for entry in ./.[!.]* ./..?* ./*; do
        is_there "$entry" || continue
        [ "$left" -gt 0 ] || return 0
        left=$((left - 1))
        "$1" "$entry"
    done
}
name() { printf '%s\000' "$1"; }
target() {
    [ -L "$1" ] || return 0
    name "$1"
    readlink "$1" 2>/dev/null
    printf '\000'
}
[ "$count" -eq 0 ] || each name | xargs -0 stat -c '%f %s %Y %n/' 2>/dev/null
printf '\000'
each target
exit 0
