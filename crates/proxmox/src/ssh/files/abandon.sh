# Takes away what writes of certain bytes have put beside the file, now that nobody is at work on it. $4: SHA-256 of these bytes,
# or `absent`. A rescue copy stays while the file is neither these bytes nor the copy's: nothing else there has what it was.
is_needed() {
    case $1 in *.rescue) ;; *) return 1 ;; esac
    digest "$1" || return 0
    rescued=$sum
    digest "$name" || return 0
    [ "$sum" != "$rescued" ] && [ "$sum" != "$2" ]
}
for left in "$(beside "$4")".*; do
    [ ! -f "$left" ] || is_needed "$left" "$4" || rm -f "$left"
done
answer ok
