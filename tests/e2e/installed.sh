#!/usr/bin/env bash
# The library as it is installed: the README's example is built by pkg-config's word and does what
# the command does.
. "$(dirname "$0")/lib.sh"
need meson pkg-config "${CC:-cc}" redis-server
[ -n "${BUILD:-}" ] || skip_all "the build's folder is not known"

example() {
	awk '/^```/ { inside = /^```c$/; next } inside' "$SOURCE/README.md"
}

check "it installs" meson install -C "$BUILD" --no-rebuild --destdir "$WORK/installed"
pc=$(find "$WORK/installed" -name mkrootfs.pc)
check "with a file for pkg-config" test -f "$pc"
export PKG_CONFIG_PATH=${pc%/*} PKG_CONFIG_SYSROOT_DIR=$WORK/installed
check "and the header" test -f "$WORK/installed/$(pkg-config --variable=includedir mkrootfs)/mkrootfs.h"
check "its version is the command's" \
	prints "mkrootfs $(pkg-config --modversion mkrootfs)" mkrootfs --version

cd "$WORK" || exit 1
example >example.c
read -ra flags < <(pkg-config --cflags --libs mkrootfs)
check "the README's example compiles without a warning" \
	"${CC:-cc}" -Wall -Wextra -Wno-unused-parameter -Werror -o example example.c "${flags[@]}"
libdir=$WORK/installed/$(pkg-config --variable=libdir mkrootfs)
check "it runs" env LD_LIBRARY_PATH="$libdir" ./example
check "and makes what the command makes" \
	cmp rootfs.tar <("$MKROOTFS" /usr/bin/redis-server -o -)
finish
