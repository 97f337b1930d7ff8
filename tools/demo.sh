#!/bin/sh
# demo.sh [PROGRAM [once]]: the main job on the terminal, then the web application on a fresh store with published results and Tỉnh Mẫu.
# Called by ./dev demo, which builds the program before. once: fetch the first page and stop, for tests.
# DEMO_LISTEN=ADDRESS:PORT chooses where it listens (default 127.0.0.1:8080, or any free port when that one is taken).
set -eu
cd "$(dirname "$0")/.."
program=${1:-build/thuocdo}
once=${2:-}
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
store=build/demo.db

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
echo
echo "5. Of 56 people kept waiting 19 were told and 11 apologised to (n inferred from the percentages, illustrative): how far that reaches."
show estimate method/examples/tre-hen-minh-hoa.csv --stat prop:told=1 --stat prop:apologised=1 --ci wilson
echo
echo "6. A fresh store: units, holidays, published results of 2005 to 2024, editions, and Tỉnh Mẫu (illustrative figures)."
rm -f "$store" "$store-wal" "$store-shm"
show init --db "$store" --demo
show results show 'PAR INDEX' --db "$store" --unit 'Thanh Hóa'
echo
echo "7. The web application on that store, for training: everybody may try everything, one button sets it back."

# The port is taken when something answers, or refuses to be listened to: then any free one will do.
listen=${DEMO_LISTEN:-127.0.0.1:8080}
log=build/demo.log
"$program" serve --db "$store" --listen "$listen" --sandbox >"$log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; exit 0' INT TERM
tries=0
until grep -q 'http://' "$log" || [ "$tries" -ge 50 ]; do
	if ! kill -0 "$server" 2>/dev/null && [ "$listen" = 127.0.0.1:8080 ]; then
		listen=127.0.0.1:0
		"$program" serve --db "$store" --listen "$listen" --sandbox >"$log" 2>&1 &
		server=$!
	fi
	tries=$((tries + 1))
	sleep 0.1
done
address=$(sed -n 's,.*\(http://[^ ]*\).*,\1,p' "$log" | sed 1q)
[ -n "$address" ] || {
	cat "$log" >&2
	exit 1
}
printf '\n$ thuocdo serve --db %s --listen %s --sandbox\n' "$store" "$listen"
sed -n '/quantri/p' "$log"
echo "Thước Đo: $address   (English: ${address}en/)   Ctrl+C stops it."
if [ "$once" = once ]; then
	python3 -c 'import sys, urllib.request as u; page = u.urlopen(sys.argv[1]).read(); print(len(page), "bytes of first page")' "$address"
	kill "$server"
	wait "$server"
else
	wait "$server"
fi
