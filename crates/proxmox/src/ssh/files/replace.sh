# Gives a file new bytes, if it still is as expected. $2: what must be there, `absent` or a SHA-256; $3: SHA-256 of the new
# bytes; $4: name of the staged file that has them, or nothing: then they come in; $5: `UID:GID MODE` for a file that is not
# there, or nothing: then it is root's. Answers: ok renamed | ok in_place.
want=$2
will=$3
given=$5
trap '[ -z "$new" ] || rm -f "$new"' EXIT
trap 'exit 1' HUP INT TERM PIPE
new=$4
expect "$want"
if [ -z "$new" ]; then
    made=$(mktemp "$(beside "$will").XXXXXX" 2>&1) || answer "unwritable ${made##*: }"
    new=$made
    why=$(cat 2>&1 >"$new") || answer "unwritable ${why##*: }"
fi
digest "$new" || answer 'unwritable what was written cannot be read back'
[ "$sum" = "$will" ] || answer cut
# Owner and mode, and attributes and access lists where this cp knows them. After the bytes: writing takes some away.
owner_and_mode() { stat -c '%u:%g %a' "$1"; }
# $1: `UID:GID MODE`. A change of owner takes set-uid away, so the mode comes after it.
own() {
    chown "${1% *}" "$new" 2>/dev/null
    chmod "${1#* }" "$new" 2>/dev/null
}
if [ "$want" = absent ]; then
    own "${given:-0:0 644}"
else
    cp -a --attributes-only "$name" "$new" 2>/dev/null
    given=$(owner_and_mode "$name")
    [ "$given" = "$(owner_and_mode "$new")" ] || own "$given"
    touch "$new" 2>/dev/null
fi
[ -z "$given" ] || [ "$given" = "$(owner_and_mode "$new")" ] || answer 'unwritable its owner and mode cannot be given to the new one'
flush "$new"
in_place() {
    half=$(mktemp "$(beside "$will").XXXXXX" 2>&1) || answer "unwritable ${half##*: }"
    # One of that name is whole.
    rescue=$half.rescue
    if ! { cat "$name" >"$half" && flush "$half" && digest "$half" && [ "$sum" = "$want" ] && mv "$half" "$rescue"; } 2>/dev/null; then
        rm -f "$half"
        answer 'unwritable it can only be written in place, and a copy of it beside it could not be made'
    fi
    if { cat "$new" >"$name" && flush "$name" && digest "$name" && [ "$sum" = "$will" ]; } 2>/dev/null; then
        rm -f "$rescue"
        return 0
    fi
    if { digest "$name" && [ "$sum" = "$want" ]; } || { cat "$rescue" >"$name" && flush "$name" && digest "$name" && [ "$sum" = "$want" ]; } 2>/dev/null; then
        rm -f "$rescue"
        answer 'unwritable it can only be written in place, and that failed; its bytes are as before'
    fi
    answer "unverified writing in place failed halfway; its bytes before are in ${here%/}/${rescue#./}"
}
# From here on it is done to the end, whoever wants it to stop.
trap '' HUP INT TERM PIPE
expect "$want"
how=renamed
if [ "$want" = absent ]; then
    # A second name is given only where there is none, in one step.
    if ! ln "$new" "$name" 2>/dev/null; then
        if is_there "$name"; then answer changed; fi
        why=$(mv "$new" "$name" 2>&1) || answer "unwritable ${why##*: }"
        new=
    fi
elif [ "$(stat -c %h "$name")" -gt 1 ]; then
    how=in_place
    in_place
else
    if why=$(mv -f "$new" "$name" 2>&1); then
        new=
    else
        case $why in
        # Something is mounted there.
        *[Bb]usy*) how=in_place; in_place ;;
        *) answer "unwritable ${why##*: }" ;;
        esac
    fi
fi
if [ -n "$new" ]; then rm -f "$new"; fi
new=
flush .
digest "$name" || answer 'unverified it cannot be read back'
[ "$sum" = "$will" ] || answer 'unverified somebody else wrote to it at the same time'
answer "ok $how"
