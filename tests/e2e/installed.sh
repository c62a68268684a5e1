#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The library as it is installed: the README's example is built by pkg-config's word and does what
# the command does.
. "$(dirname "$0")/lib.sh"
need meson pkg-config "${CC:-cc}" redis-server
[ -n "${BUILD:-}" ] || skip_all "the build's folder is not known"
grep -q __asan_init "$MKROOTFS" && skip_all "a library with sanitizers asks for a program with them"

example() {
	awk '/^```/ { inside = /^```c$/; next } inside' "$SOURCE/README.md"
}

check "it installs" meson install -C "$BUILD" --no-rebuild --destdir "$WORK/installed"
pc=$(find "$WORK/installed" -name mkrootfs.pc)
check "with a file for pkg-config" test -f "$pc"
export PKG_CONFIG_PATH=${pc%/*}
prefix=$WORK/installed$(pkg-config --variable=prefix mkrootfs)

told() {
	pkg-config --define-variable=prefix="$prefix" "$@" mkrootfs
}

check "and the header" test -f "$(told --variable=includedir)/mkrootfs.h"
check "its version is the command's" \
	prints "mkrootfs $(told --modversion)" mkrootfs --version

# The functions that programs may count on, and the number that tells them of a change.
library=$(told --variable=libdir)/libmkrootfs.so
manual=$(find "$WORK/installed" -name 'mkrootfs.3*')
symbols=$SOURCE/src/libmkrootfs.symbols
exported() {
	readelf -d "$library" | sed -n 's/.*Library soname: \[\(.*\)\]/\1/p'
	nm -D --defined-only "$library" | awk '$2 == "T" { print $3 }' | sort
}
check "it has the functions of libmkrootfs.symbols, and its soversion" diff "$symbols" <(exported)
check "the header declares each" diff <(tail -n +2 "$symbols") \
	<(grep -v '^typedef' "$SOURCE/include/mkrootfs.h" | grep -o '^[^/ *].*\bmkrootfs_[a-z_]*(' | grep -o 'mkrootfs_[a-z_]*(' | tr -d '(' | sort)
documented() {
	sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/s/^\.Fn \(mkrootfs_[a-z_]*\) .*/\1/p' "$manual" | sort
}
check "mkrootfs(3) documents each" diff <(tail -n +2 "$symbols") <(documented)
version_of_header() {
	printf '%s\n' '#include <mkrootfs.h>' 'MKROOTFS_VERSION_MAJOR.MKROOTFS_VERSION_MINOR.MKROOTFS_VERSION_PATCH' |
		"${CC:-cc}" -E -P -I"$(told --variable=includedir)" - | tail -n 1 | tr -d ' '
}
check "the header's version is the library's" prints "$(told --modversion)" version_of_header

cd "$WORK" || exit 1
example >example.c
read -ra flags < <(told --cflags --libs)
check "the README's example compiles without a warning" \
	"${CC:-cc}" -Wall -Wextra -Wno-unused-parameter -Werror -o example example.c "${flags[@]}"
check "it runs" env LD_LIBRARY_PATH="$(told --variable=libdir)" ./example
check "and makes what the command makes" \
	cmp rootfs.tar <("$MKROOTFS" /usr/bin/redis-server -o -)
finish
