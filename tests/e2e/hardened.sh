#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The command is built so that a fault in it is its end, and not a way in: read out of its ELF file.

. "$(dirname "$0")/lib.sh"
need readelf

has() {
	readelf -W "$1" "$MKROOTFS" | grep -e "$2"
}

# calls NAME: a library that is linked in may have the name, too; our own code is most of it.
calls() {
	readelf -Ws "$MKROOTFS" | grep -e " $1"
}

says_ours() {
	readelf -Wn "$BUILD"/src/libbase.a.p/base_arena.c.o | grep -e "$1"
}

if readelf -Ws "$MKROOTFS" | grep -q __asan_init; then
	skip_all "a build with sanitizers is for finding faults"
fi
check "it is loaded at an address of its own" has -h "Type: *DYN"
check "its relocated data becomes read-only" has -l GNU_RELRO
# A static one has nothing to bind.
if has -d "(NEEDED)" >/dev/null; then
	check "all names are bound at its start" has -d "BIND_NOW\|NOW PIE"
fi
check "its stack is not executable" has -l "GNU_STACK.* RW  "
check "no segment is writable and executable" not has -l "LOAD.* RWE "
check "its stack is protected" calls __stack_chk_fail
if [ "$(meson introspect --buildoptions "$BUILD" |
	sed -n 's/.*"name": "optimization", "value": "\([a-z0-9]*\)".*/\1/p')" != 0 ]; then
	check "the C library checks the sizes of buffers" calls '__[a-z_]*_chk'
fi
case $(uname -m) in
# The mark of the whole asks that the C library's own files have it; ours do.
x86_64) check "jumps and returns are tracked" says_ours "IBT, SHSTK" ;;
*) skip "jumps and returns are tracked" "this processor has other means, or none" ;;
esac
finish
