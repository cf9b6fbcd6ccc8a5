# Adds bytes to a file beside the one that it will become. $2: its name, or nothing for a new one; $3: SHA-256 of all bytes
# that it will have. The bytes come in.
# Answers: ok NAME.
staged=$2
if [ -z "$staged" ]; then
    staged=$(mktemp "$(beside "$3").XXXXXX" 2>&1) || answer "unwritable ${staged##*: }"
fi
new=$staged
trap 'rm -f "$new"' EXIT
trap 'exit 1' HUP INT TERM PIPE
why=$(cat 2>&1 >>"$staged") || answer "unwritable ${why##*: }"
trap - EXIT
new=
answer "ok $staged"
