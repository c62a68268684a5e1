# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the suites of rules share: sysroots made of programs and libraries that have the names and
# strings of real ones, and of files for them to name.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need "${CC:-cc}"

# prints_line PATTERN COMMAND...: whether standard output has a line with PATTERN.
prints_line() {
	local pattern=$1
	shift
	"$@" | grep -e "$pattern"
}

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
