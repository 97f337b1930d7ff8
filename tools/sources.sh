#!/bin/sh
# sources.sh DIRECTORY [PATTERN]: the C files of a directory, sorted, one a line, without the directory. For meson.build.
# sources.sh --uses DIRECTORY HEADER: "yes" when a file there includes <HEADER>, or "HEADER..." : what is not used is not asked for.
# sources.sh --tree DIRECTORY: every file below it, with the directory.
# sources.sh --all: all that meson.build asks this script, so that ./dev sees when to configure anew.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.."
if [ "${1:-}" = --all ]; then
	# The includes of libraries too: which of them are looked for hangs on them.
	find src tests/unit tests/fuzz tests/http bench sql ui docs/guide -path tests/fuzz/corpus -prune -o -type f -name '*.*' ! -name '.*' -print | sort
	grep -rhoE '^#include (<[^>]+>|"(app|web)/)' src | sort -u || :
	exit 0
fi
if [ "${1:-}" = --tree ]; then
	[ ! -d "$2" ] || find "$2" -type f ! -name '.*' | sort
	exit 0
fi
if [ "${1:-}" = --uses ]; then
	if grep -qsE "^[ 	]*#[ 	]*include[ 	]*(<$3>|\"$3)" "$2"/*.[ch]; then
		echo yes
	fi
	exit 0
fi
[ -d "$1" ] || exit 0
find "$1" -maxdepth 1 -name "${2:-*.c}" -type f | sed 's,.*/,,' | sort
