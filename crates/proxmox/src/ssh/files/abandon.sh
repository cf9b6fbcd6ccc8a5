# Takes away what a write that nobody waits for any more has put beside the file; one that is still at it finds nothing to go on
# with. $2: SHA-256 of the bytes that it was to write.
for left in "$(beside "$2")".*; do
    [ ! -f "$left" ] || rm -f "$left"
done
answer ok
