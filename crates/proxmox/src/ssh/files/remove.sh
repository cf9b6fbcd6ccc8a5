# Removes a file that still is as expected. $2: its SHA-256.
expect "$2"
trap '' HUP INT TERM PIPE
why=$(rm -f "$name" 2>&1) || answer "unwritable ${why##*: }"
flush .
if is_there "$name"; then answer 'unverified it is there again'; fi
answer ok
