# The newest release, as its workflow writes this file: the archives' addresses and sums. null before there is one.
null
