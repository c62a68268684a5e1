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

cd "$WORK" || exit 1
example >example.c
read -ra flags < <(told --cflags --libs)
check "the README's example compiles without a warning" \
	"${CC:-cc}" -Wall -Wextra -Wno-unused-parameter -Werror -o example example.c "${flags[@]}"
check "it runs" env LD_LIBRARY_PATH="$(told --variable=libdir)" ./example
check "and makes what the command makes" \
	cmp rootfs.tar <("$MKROOTFS" /usr/bin/redis-server -o -)
finish
