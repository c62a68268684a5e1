# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the suites of rules share: sysroots made of programs and libraries that have the names and
# strings of real ones, and of files for them to name.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need "${CC:-cc}"

# program FLAG FILE [STRING...]: a program in the sysroot, with those strings, linked with the flag.
program() {
	local flag=$1 file=$WORK/sysroot$2 text=
	shift 2
	for string; do
		text+=$(printf '"%s", ' "$string")
	done
	compile "$file" "static const char *volatile strings[] = { ${text}\"\" };
		int main(void) { return strings[0][0]; }" "$flag"
}

# made FILE [STRING...]: the same, statically.
made() {
	program -static "$@"
}

# there FILE...: empty files in the sysroot; what ends in .so is a library.
there() {
	local file
	for file; do
		mkdir -p "$WORK/sysroot${file%/*}"
		case $file in
		*.so) compile "$WORK/sysroot$file" "int x;" -shared -nostdlib ;;
		*) : >"$WORK/sysroot$file" ;;
		esac
	done
}

# lists PROGRAM [OPTION...] -- FILE...: whether the rootfs has those files of the sysroot besides
# the program and accounts, and no others. Rows alone are tried: what belongs to a program without
# one has a suite of its own.
lists() {
	local options=("$1")
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	printf '%s\n' /etc/group /etc/passwd "${options[0]}" "$@" | sort >"$WORK/expected"
	mkrootfs --sysroot "$WORK/sysroot" --without data --list "${options[@]}" >"$WORK/all" || return
	while read -r path; do
		[ -d "$WORK/sysroot$path" ] || echo "$path"
	done <"$WORK/all" | grep -vx -e /etc -e /tmp -e /run -e /var -e /var/run -e /var/tmp | sort | diff "$WORK/expected" -
}

# begin: a new sysroot.
begin() {
	rm -rf "$WORK/sysroot"
	mkdir "$WORK/sysroot"
}

# library FILE [STRING...]: a library of the sysroot, by its own name, with those strings.
library() {
	exporting "$1" strings "${@:2}"
}

# exporting FILE SYMBOL [STRING...]: the same, with a symbol that it is known by.
exporting() {
	local file=$WORK/sysroot$1 name=${1##*/} symbol=$2 text=
	shift 2
	for string; do
		text+=$(printf '"%s", ' "${string//\"/\\\"}")
	done
	compile "$file" "const char *const ${symbol}[] = { ${text}\"\" };" -shared -nostdlib "-Wl,-soname,$name"
}
