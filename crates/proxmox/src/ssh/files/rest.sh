# Waits until no write of a file is at work any more, which somebody may have begun who is not there now. $1: path; $2: for how
# many seconds it waits; $3: the place of the file, since from a node all its guests are seen. Answers: busy, or goes on.
nl='
'
command -v tr >/dev/null 2>&1 || { echo 'lacking tr'; exit 0; }
# What writes is called so, see script.rs; the word is not on a line of its own here, or this would find itself.
is_at_work() {
    all=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\000' '\n')
    case $nl$all$nl in
    *"$nl: $2${nl}labkeeper-write$nl$1$nl"*) return 0 ;;
    *) return 1 ;;
    esac
}
tenths=0
while is_at_work "$1" "$3"; do
    [ "$tenths" -lt "$(($2 * 10))" ] || { echo busy; exit 0; }
    # Not every sleep knows parts of seconds.
    if sleep 0.1 2>/dev/null; then tenths=$((tenths + 1)); else sleep 1; tenths=$((tenths + 10)); fi
done
