# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the suites of what belongs to a program share: sysroots with packages, and what comes of them.
# shellcheck source=tests/e2e/rules_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/rules_lib.sh"

# prints_line PATTERN COMMAND...: whether standard output has a line with PATTERN.
prints_line() {
	local pattern=$1
	shift
	"$@" | grep -e "$pattern"
}

# package NAME SOURCE DEPENDS PATH...: is installed in the sysroot, and lists the paths with all
# directories above them; $ARCHITECTURE is its own.
package() {
	local name=$1 info=$WORK/sysroot/var/lib/dpkg/info path
	mkdir -p "$info"
	printf 'Package: %s\nStatus: install ok installed\nArchitecture: %s\nSource: %s\nDepends: %s\nVersion: 1\n\n' \
		"$1" "${ARCHITECTURE-amd64}" "$2" "$3" >>"$WORK/sysroot/var/lib/dpkg/status"
	shift 3
	for path; do
		while [ "$path" != "" ]; do
			echo "$path"
			path=${path%/*}
		done
	done | sort -u >"$info/$name.list"
}

# dynamic FILE [STRING...]: a dynamically linked program with those strings.
dynamic() {
	program -pie "$@"
}

# The C library and loader of this machine, for programs that are dynamic.
put_libc() {
	local file
	for file in $("$MKROOTFS" --ldd "$WORK/sysroot$1" | grep -o '/[^ ]*'); do
		mkdir -p "$WORK/sysroot${file%/*}"
		cp -L "$file" "$WORK/sysroot$file"
	done
}

# brings PROGRAM [OPTION...] -- PATH...: whether all of the paths are in the rootfs;
# leaves_out the same for none of them.
listed() {
	local expected=$1 options=() path bad=0
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	mkrootfs --sysroot "$WORK/sysroot" --list "${options[@]}" >"$WORK/all" || return
	for path; do
		if grep -qx "$path" "$WORK/all"; then
			[ "$expected" = yes ] || { echo "$path is there"; bad=1; }
		else
			[ "$expected" = no ] || { echo "$path is not there"; bad=1; }
		fi
	done
	[ "$bad" -eq 0 ] || cat "$WORK/all"
	return "$bad"
}
brings() { listed yes "$@"; }
leaves_out() { listed no "$@"; }
