#!/bin/sh
# demo.sh [PROGRAM]: the main job on the shipped examples. Called by ./dev demo, which builds the program before.
set -eu
cd "$(dirname "$0")/.."
program=${1:-build/thuocdo}
[ -x "$program" ] || {
	echo "demo: $program is not built; ./dev build does it" >&2
	exit 1
}

# Shows a command as one would type it, then runs it.
show() {
	printf '\n$ thuocdo'
	for word; do
		case $word in
		*[!A-Za-z0-9_./=:,+-]*) printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	printf '\n'
	"$program" "$@"
}

edition=method/par-index-province-illustrative.csv
measures=method/examples/tinh-mau-2024-measures.csv
self=method/examples/tinh-mau-2024-self-measures.csv

echo "1. Score a province by the criteria table and its measures."
show score "$edition" "$measures"
echo
echo "2. Why has criterion 3.4.1 these points?"
show score "$edition" "$measures" --trace 3.4.1
echo
echo "3. The same from the measures of the province's own score, before the appraisal: the first lines."
show score "$edition" "$self" | sed -n '1,4p'
echo
echo "4. A rule by itself: 79.996 % is not 80 %."
show rule eval 'if r >= 0.8 then max else r * max' 'r=19999/25000' max=2
