# Takes away what writes of certain bytes have put beside the file, now that nobody is at work on it. $3: SHA-256 of these bytes,
# or `absent`.
for left in "$(beside "$3")".*; do
    [ ! -f "$left" ] || rm -f "$left"
done
answer ok
