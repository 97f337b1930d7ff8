#!/bin/sh
# A program of npm packages for tests: npm.sh FOLDER SCRIPT [OPTION...]. Installs the packages of tests/FOLDER in build/FOLDER first, and again
# when the lock file has changed; then it is node with SCRIPT.
set -eu
tests=$(cd "$(dirname "$0")" && pwd)
here=$tests/$1
home=${BUILD:-$tests/../build}/$1
script=$2
shift 2
mkdir -p "$home"
exec 9>"$home/lock"
flock 9
if ! cmp -s "$here/package-lock.json" "$home/installed"; then
	cp "$here/package.json" "$here/package-lock.json" "$home/"
	(cd "$home" && npm ci --no-audit --no-fund --ignore-scripts) >&2
	cp "$here/package-lock.json" "$home/installed"
fi
cp "$here/$script" "$home/"
exec 9>&-
exec node "$home/$script" "$@"
