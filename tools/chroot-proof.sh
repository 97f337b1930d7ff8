#!/bin/sh
# chroot-proof.sh [DIRECTORY] [MIRROR]: proves that a bare Debian 12 is enough. Makes a minimal system in DIRECTORY (default
# /tmp/chroot) with debootstrap, puts the project in it, and runs there `./dev test` and `./dev demo`, each after what it installs itself.
# Needs root and debootstrap. MIRROR defaults to the first one in this machine's apt sources; apt's settings, proxies and certificate
# authorities of this machine are taken over, so that apt works inside as it does outside. Files that git ignores are left out.
set -eu
[ "$(id -u)" = 0 ] || {
	echo "chroot-proof: needs root" >&2
	exit 3
}
cd "$(dirname "$0")/.."
suite=bookworm
dir=${1:-/tmp/chroot}
mirror=${2:-$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
	sed -n 's/^URIs:[ 	]*\([^ ]*\).*/\1/p; s/^deb[ 	]\{1,\}\(\[[^]]*\][ 	]*\)\{0,1\}\([^ ]*\)[ 	].*/\2/p' | sed 1q)}
start=$(date +%s)
step() {
	echo "== $(($(date +%s) - start)) s: $*"
}

leave() {
	if mountpoint -q "$dir/proc"; then
		umount "$dir/proc"
	fi
}
trap leave EXIT
trap 'exit 1' INT TERM

if [ ! -e "$dir/etc/debian_version" ]; then
	step "debootstrap $suite"
	debootstrap --variant=minbase "$suite" "$dir" "$mirror" >"$dir.log" 2>&1 || {
		tail -n 20 "$dir.log" >&2
		exit 1
	}
	# The sources for Debian itself and apt's settings, but no hooks that need programs of this machine.
	rm -f "$dir/etc/apt/sources.list"
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources /etc/apt/apt.conf; do
		if [ -f "$file" ]; then
			cp "$file" "$dir$file"
		fi
	done
	for file in /etc/apt/apt.conf.d/*; do
		if grep -qE '^[ 	]*Acquire' "$file" && ! grep -qE 'Invoke|Update::' "$file"; then
			cp "$file" "$dir/etc/apt/apt.conf.d/"
		fi
	done
	if [ ! -s "$dir/etc/apt/sources.list" ] && [ ! -s "$dir/etc/apt/sources.list.d/debian.sources" ]; then
		echo "deb $mirror $suite main" >"$dir/etc/apt/sources.list"
	fi
fi
for file in /etc/resolv.conf /etc/hosts; do
	if [ -f "$file" ]; then
		cp -L "$file" "$dir$file"
	fi
done
if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
	mkdir -p "$dir/etc/ssl/certs"
	cp -L /etc/ssl/certs/ca-certificates.crt "$dir/etc/ssl/certs/"
fi
mountpoint -q "$dir/proc" || mount -t proc proc "$dir/proc"

# What git would commit now, as files; a bare machine has no git.
step "copying the project"
rm -rf "$dir/src/thuocdo"
mkdir -p "$dir/src/thuocdo"
git -c safe.directory='*' ls-files -co --exclude-standard -z | tar --null -T - --ignore-failed-read -cf - | tar -xf - -C "$dir/src/thuocdo"

inside() {
	chroot "$dir" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin ${http_proxy:+http_proxy="$http_proxy"} \
		${https_proxy:+https_proxy="$https_proxy"} sh -c "cd /src/thuocdo && $*"
}

result=0
for command in './dev demo once' './dev test'; do
	step "$command"
	inside "$command" || {
		echo "chroot-proof: $command: exit code $?" >&2
		result=1
	}
done
step "$([ $result = 0 ] && echo proved || echo NOT proved)"
exit $result
