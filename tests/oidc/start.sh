#!/bin/sh
# The provider of single sign-on for tests: start.sh FOLDER [OPTION...]. Installs its npm packages in build/oidc first, and again when the lock
# file has changed; then it is node with provider.mjs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=${BUILD:-$here/../../build}/oidc
mkdir -p "$home"
exec 9>"$home/lock"
flock 9
if ! cmp -s "$here/package-lock.json" "$home/installed"; then
	cp "$here/package.json" "$here/package-lock.json" "$home/"
	(cd "$home" && npm ci --no-audit --no-fund --ignore-scripts) >&2
	cp "$here/package-lock.json" "$home/installed"
fi
cp "$here/provider.mjs" "$home/"
exec 9>&-
exec node "$home/provider.mjs" "$@"
