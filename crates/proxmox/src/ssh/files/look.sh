# What is at a path, and a part of it. $1: path; $2: first byte; $3: how many; $4: the largest file that is hashed.
# Answers: absent | path WHY | lacking TOOL | ok MODE SIZE UID GID MODIFIED LINKS SHA256, then where it really is, a zero
# byte, and the part.
LC_ALL=C
export LC_ALL
for tool in head readlink sha256sum stat tail; do
    command -v "$tool" >/dev/null 2>&1 || { echo "lacking $tool"; exit 0; }
done
facts=$(stat -L -c '%f %s %u %g %Y %h' "$1" 2>&1) || {
    case $facts in
    *'No such file'*) if [ -L "$1" ]; then echo 'path it is a symbolic link that leads nowhere'; else echo absent; fi ;;
    *) echo "path ${facts##*: }" ;;
    esac
    exit 0
}
# The name may end with line breaks, which a substitution takes away.
real=$(readlink -f "$1" && echo x) || { echo 'path where it leads cannot be found out'; exit 0; }
real=${real%x}
real=${real%?}
rest=${facts#* }
size=${rest%% *}
sum=-
case $facts in
8???' '*)
    if [ "$size" -le "$4" ]; then
        sum=$(sha256sum <"$real") || { echo 'path it cannot be read'; exit 0; }
        sum=${sum%% *}
    fi
    ;;
*) set -- "$1" 0 0 0 ;;
esac
printf 'ok %s %s\n%s\000' "$facts" "$sum" "$real"
if [ "$3" -gt 0 ] && [ "$2" -lt "$size" ]; then
    if [ "$2" -eq 0 ]; then head -c "$3" <"$real"; else tail -c "+$(($2 + 1))" <"$real" 2>/dev/null | head -c "$3"; fi
fi
exit 0
