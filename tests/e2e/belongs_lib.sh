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
