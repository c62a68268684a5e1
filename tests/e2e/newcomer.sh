#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the README promises a newcomer: on a bare Debian 12, from a fresh clone, its own commands
# run in its own order. `./bootstrap test` alone is not run: it is what runs this suite.
. "$(dirname "$0")/lib.sh"
. "$HERE/debian.sh"
need_root
need mmdebstrap git unshare

git=(git -c "safe.directory=*")
"${git[@]}" -C "$SOURCE" rev-parse HEAD >/dev/null 2>&1 || skip_all "this is no checkout"
tar=$(debian minbase) || skip_all "no Debian 12 could be made: $(tail -n 1 "$WORK/debian.log")"

root=$WORK/root
mkdir "$root"
tar -C "$root" -xpf "$tar"
cp /etc/resolv.conf /etc/hosts "$root/etc/"
apt_settings >"$root/etc/apt/apt.conf.d/99test"
"${git[@]}" clone -q --depth 1 "file://$SOURCE" "$root/src" 2>"$WORK/log" ||
	skip_all "the checkout cannot be cloned: $(tail -n 1 "$WORK/log")"

# machine NAMESPACE COMMAND...: in the clone, in a machine that ends with the command.
machine() {
	# shellcheck disable=SC2016 # for the inner shells
	apart --pid --fork "$1" "${CLEAN[@]}" sh -c '
		mount -t proc proc "$1/proc" || exit 99
		root=$1
		shift
		exec chroot "$root" sh -c "cd /src && exec \"\$@\"" sh "$@"
	' sh "$root" "${@:2}"
}

newcomer() {
	machine --pid "$@"
}

offline() {
	machine --net "$@"
}

check "the root has no compiler" not test -e "$root/usr/bin/cc"
newcomer true >"$WORK/log" 2>&1 || skip_all "no machine can be made here: $(tail -n 1 "$WORK/log")"
newcomer apt-get -q update >"$WORK/log" 2>&1 ||
	skip_all "no mirror is in reach: $(tail -n 1 "$WORK/log")"
rm -rf "$root"/var/lib/apt/lists/*

# The lines that the README's section gives as commands.
readarray -t commands < <(sed -n '/^## Two commands/,/^## [^T]/s/^    \(\.\/bootstrap .*\)/\1/p' "$SOURCE/README.md")
check "the README has two commands, the last of which is the tests'" \
	test "${#commands[@]} ${commands[-1]}" = "2 ./bootstrap test"
check "${commands[0]}" newcomer sh -c "${commands[0]} 2>/log"
check "the archive is there" tar -tf "$root/src/rootfs.tar" usr/bin/redis-server
check "it said what it installed" grep -q '^bootstrap: installing .*gcc' "$root/log"
check "it installed Redis" grep -q '^bootstrap: installing redis-server' "$root/log"
# A bare Debian has no CA certificates.
check "it said nothing else" \
	not grep -v '^bootstrap: installing\|^mkrootfs: warning: certs: ' "$root/log"
check "no server was started, and no policy left behind" \
	not test -e "$root/usr/sbin/policy-rc.d"
check "./bootstrap run, without arguments, shows redis-server's tree" \
	newcomer sh -c './bootstrap run >/tree'
check "the tree begins with it" grep -q redis-server "$root/tree"
check "offline too, now that all is installed" \
	offline ./bootstrap run /usr/bin/redis-server -q --list
check "standard output belongs to mkrootfs" \
	cmp "$root/src/rootfs.tar" <(newcomer ./bootstrap run /usr/bin/redis-server -o -)
check "paths are those of the caller's folder" \
	newcomer sh -c 'cd /tmp && /src/bootstrap run /usr/bin/redis-server -o here.tar && test -s here.tar'
check "its status is mkrootfs's" status 2 newcomer ./bootstrap run --nonsense
check "the command is static: it runs where nothing is" \
	prints "$(newcomer ./bootstrap run --version)" chroot "$root/src/build/src" /mkrootfs --version
finish
