# Takes away what was staged. $2: its name.
new=$2
answer ok
