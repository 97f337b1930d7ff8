#!/bin/sh
# The engine of ODK Web Forms for tests: start.sh. Installs its npm packages in build/xform first, and again when the lock
# file has changed; then it is node with engine.mjs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=${BUILD:-$here/../../build}/xform
mkdir -p "$home"
exec 9>"$home/lock"
flock 9
if ! cmp -s "$here/package-lock.json" "$home/installed"; then
	cp "$here/package.json" "$here/package-lock.json" "$home/"
	(cd "$home" && npm ci --no-audit --no-fund --ignore-scripts) >&2
	cp "$here/package-lock.json" "$home/installed"
fi
cp "$here/engine.mjs" "$home/"
exec 9>&-
exec node "$home/engine.mjs" "$@"
