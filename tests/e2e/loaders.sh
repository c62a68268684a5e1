#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Loaders that are not glibc's or musl's: each is named, and no other's rules answer for it. Loaders
# that a distribution has patched: what they do differently stands in their own files.
. "$(dirname "$0")/lib.sh"
need python3 ldconfig

# made FILE WHAT: a file whose WHAT is arguments of tests/oracle/tiny_elf.py's make.
made() {
	mkdir -p "$(dirname "$WORK/root$1")"
	PYTHONPATH=$SOURCE/tests/oracle python3 -c "
import sys
from tiny_elf import *
open(sys.argv[1], 'wb').write(make($2))" "$WORK/root$1"
	chmod +x "$WORK/root$1"
}
here() {
	mkrootfs --sysroot "$WORK/root" "$@"
}

# Everything that glibc's and musl's rules would find: only that the loader is another's is wrong.
mkdir -p "$WORK/root/lib64" "$WORK/root/lib"
cp /lib64/ld-linux-x86-64.so.2 "$WORK/root/lib64/" || skip_all "wants glibc's loader of x86-64"
for name in libc.so libc.so.6 libc.so.7 libc.so.8 libc.so.12 libc.so.102.0 libc.so.0 libc.so.1 libdl.so libroot.so; do
	made "/lib/$name" "soname='$name', defines=['$name', 'LIBC', 'FBSD_1.0', 'DF502.0', 'SUNW_1.1', 'GLIBC_2.2.5']"
done

while IFS="|" read -r system interp; do
	made "/bin/program" "interp='$interp', needed=['libc.so.6']"
	check "a program of $system is not resolved" status 1 here /bin/program --ldd
	check "its loader is named: $interp" \
		says "^mkrootfs: /bin/program: is for $system, whose loader is $interp: how" here /bin/program --list
	made "$interp" ""
	check "be its loader there or not" says "/bin/program: is for $system, whose" here /bin/program --list
	rm "$WORK/root$interp"
done <<'END'
Android|/system/bin/linker64
Android|/system/bin/linker
Android|/apex/com.android.runtime/bin/linker64
FreeBSD|/libexec/ld-elf.so.1
DragonFly BSD|/libexec/ld-elf.so.2
NetBSD|/usr/libexec/ld.elf_so
OpenBSD|/usr/libexec/ld.so
uClibc|/lib/ld-uClibc.so.0
uClibc|/lib/ld64-uClibc.so.1
Solaris|/usr/lib/amd64/ld.so.1
Haiku|/system/runtime_loader
QNX|/usr/lib/ldqnx-64.so.2
END
made /opt/loader ""
made /bin/program "interp='/opt/loader', needed=['libc.so.6']"
check "one that is nobody's is named too" \
	says "^mkrootfs: /bin/program: has a loader that is neither glibc's nor musl's, /opt/loader: how" \
	here /bin/program --list
check "and is an error" status 1 here /bin/program --list
rm "$WORK/root/opt/loader"
check "one that is missing is missing" status 3 here /bin/program --list
cp "$WORK/root/lib64/ld-linux-x86-64.so.2" "$WORK/root/opt/loader"
check "glibc's loader by any name is glibc's" status 0 here /bin/program --ldd

# Libraries do not name their loader: what they need tells.
while IFS='|' read -r system arguments; do
	made /lib/module.node "soname='module.node', $arguments"
	check "a library of $system is not resolved: $arguments" status 1 here /lib/module.node --ldd
	check "and its system is named" \
		says "^mkrootfs: /lib/module.node: is for $system, whose loader is /" here /lib/module.node --list
done <<'END'
Android|needed=['libc.so'], needs={'libc.so': [('LIBC', False)]}
Android|needed=['libc.so', 'libdl.so']
FreeBSD|needed=['libc.so.7']
FreeBSD|needed=['libc.so.6'], ident={7: 9}
FreeBSD|needed=['libc.so'], needs={'libc.so': [('FBSD_1.0', False)]}
DragonFly BSD|needed=['libc.so.8']
NetBSD|needed=['libc.so.12']
OpenBSD|needed=['libc.so.102.0']
uClibc|needed=['libc.so.0']
uClibc|needed=['libc.so.1']
Solaris|needed=['libc.so.1'], needs={'libc.so.1': [('SUNW_1.1', False)]}
Haiku|needed=['libroot.so']
END
for arguments in "needed=['libc.so.6']" "needed=['libc.so.6'], needs={'libc.so.6': [('GLIBC_2.2.5', False)]}" \
	"needed=['libc.so.6', 'libdl.so']"; do
	made /lib/module.node "soname='module.node', $arguments"
	check "a library for glibc is one: $arguments" status 0 here /lib/module.node --ldd
done
made /lib/module.node "soname='module.node', needed=['libc.so']"
check "a libc.so alone is musl's" says "^mkrootfs: /lib/ld-musl-x86_64.so.1: loader not found" \
	here /lib/module.node --ldd

# Below a directory of --add there are modules for many systems (node_modules): they come as they are.
made /app/prebuilds/android/module.node "needed=['libc.so'], needs={'libc.so': [('LIBC', False)]}"
made /bin/plain "interp='/lib64/ld-linux-x86-64.so.2', needed=['libc.so.6']"
check "a foreign module below a directory of --add is no error" \
	status 0 here /bin/plain -a /app --list
check "it is warned of" \
	says "warning: .*module.node: .*is for Android" here /bin/plain -a /app --list
check "and comes" grep -x /app/prebuilds/android/module.node <(here -q /bin/plain -a /app --list)

# A library may have been given a loader of another place, as patchelf and Nix do.
made /lib/own.so "soname='own.so', interp='/nix/store/x/ld.so', needed=['libc.so.6']"
check "a library whose loader is not there is resolved as others are" \
	grep -x "	libc.so.6 => /lib/libc.so.6" <(here /lib/own.so --ldd)
check "and can be published" here /lib/own.so -d "$WORK/own"
check "with what it needs" test -f "$WORK/own/lib/libc.so.6"
made /lib/own "interp='/nix/store/x/ld.so', needed=['libc.so.6']"
check "a program whose loader is not there is not" status 3 here /lib/own --ldd

# Guix's glibc: a program of the store has a cache of its own, asked before DT_RUNPATH, and no other.
elf() {
	mkdir -p "$(dirname "$WORK/$1")"
	PYTHONPATH=$SOURCE/tests/oracle python3 -c "
import sys
from tiny_elf import *
open(sys.argv[1], 'wb').write($2)" "$WORK/$1"
	chmod +x "$WORK/$1"
}
# cache ROOT PATH DIRECTORY: a cache of that directory.
cache() {
	mkdir -p "$(dirname "$WORK/$1$2")"
	echo "$3" >"$WORK/$1/conf"
	ldconfig -X -r "$WORK/$1" -f /conf -C "$2"
}
guix() {
	mkrootfs --sysroot "$WORK/guix" --dlopen none "$@"
}
loader=/gnu/store/glibc-2.35/lib/ld-linux-x86-64.so.2
elf "guix$loader" "loader_of('/gnu/store/glibc-2.35/lib/', 'lib', '/etc/ld.so.cache', '/ld.so cache is lacking')"
for directory in x old host early; do
	elf "guix/gnu/store/$directory/lib/libx.so" "make(soname='libx.so')"
done
for program in /gnu/store/app/bin/main /gnu/store/app/libexec/app/main /gnu/store/bare/bin/main /usr/bin/main; do
	elf "guix$program" "make(needed=['libx.so'], interp='$loader', runpath='/gnu/store/old/lib')"
done
elf guix/gnu/store/app/bin/early "make(needed=['libx.so'], interp='$loader', rpath='/gnu/store/early/lib')"
cache guix /gnu/store/app/etc/ld.so.cache /gnu/store/x/lib
cache guix /etc/ld.so.cache /gnu/store/host/lib
found() {
	grep -x "	libx.so => $1/libx.so" <("${@:2}")
}
check "Guix: a program's own cache comes before DT_RUNPATH" \
	found /gnu/store/x/lib guix /gnu/store/app/bin/main --ldd
check "Guix: it is that of the package, at whatever depth" \
	found /gnu/store/x/lib guix /gnu/store/app/libexec/app/main --ldd
check "Guix: it comes after DT_RPATH" found /gnu/store/early/lib guix /gnu/store/app/bin/early --ldd
check "Guix: without one there is DT_RUNPATH, and the system's cache is not read" \
	found /gnu/store/old/lib guix /gnu/store/bare/bin/main --ldd
check "Guix: nor is it for a program outside of the store" \
	found /gnu/store/old/lib guix /usr/bin/main --ldd
check "Guix: --library-path comes first" \
	found /gnu/store/host/lib guix /gnu/store/app/bin/main --library-path /gnu/store/host/lib --ldd
check "Guix: the rootfs is closed" guix /gnu/store/app/bin/main -d "$WORK/out"
check "Guix: it has the program's cache" test -s "$WORK/out/gnu/store/app/etc/ld.so.cache"
check "Guix: and the library that it leads to" test -f "$WORK/out/gnu/store/x/lib/libx.so"
check "Guix: and no other" test ! -e "$WORK/out/gnu/store/old"
check "Guix: in the rootfs the program finds the same" \
	found /gnu/store/x/lib mkrootfs --sysroot "$WORK/out" --dlopen none /gnu/store/app/bin/main --ldd

# NixOS's glibc: its cache and its preloads are its own; an object's note comes before DT_RUNPATH.
nix() {
	mkrootfs --sysroot "$WORK/nix" --dlopen none "$@"
}
# store TEXT...: NixOS's loader, with these texts beside its directory's and its cache's.
store() {
	loader=/nix/store/glibc-2.42/lib/ld-linux-x86-64.so.2
	elf "nix$loader" "loader_of('/nix/store/glibc-2.42/lib/', 'lib', '/nix/store/glibc-2.42/etc/ld.so.cache', $1)"
}
store "'/etc/ld-nix.so.preload', 'RESCACHE'"
for directory in x old host early real hint; do
	elf "nix/nix/store/$directory/lib/libx.so" "make(soname='libx.so')"
done
elf nix/nix/store/real/lib/real.so "make(soname='libx.so')"
elf nix/lib/libpre.so "make(soname='libpre.so')"
# noted NAME NOTE [ARGUMENTS]: a program with that note.
noted() {
	elf "nix/nix/store/app/bin/$1" "make(needed=['libx.so'], interp='$loader', notes=[$2], ${3-runpath='/nix/store/old/lib'})"
}
noted plain ""
noted file "resolution(('libx.so', '=/nix/store/x/lib/libx.so'))"
noted hint "resolution(('libx.so', '?\$ORIGIN/../../hint/lib'))"
noted next "resolution(('liby.so', '=/none'), ('libx.so', '=/none:?/none:=/nix/store/x/lib/libx.so'))"
noted other "resolution(('libxx.so', '=/nix/store/x/lib/libx.so'))"
noted gone "resolution(('libx.so', '=/none/libx.so'))"
noted rpath "resolution(('libx.so', '=/nix/store/x/lib/libx.so'))" "rpath='/nix/store/early/lib'"
noted bad "(0x63A86CB6, b'libx.so\\0=/nix/store/x/lib/libx.so\\0', b'NixOS')"
noted empty "resolution(('libx.so', ''), ('libx.so', '=/nix/store/x/lib/libx.so'))"
noted second "resolution(), resolution(('libx.so', '=/nix/store/x/lib/libx.so'))"
while read -r program place; do
	check "NixOS: $program: in $place" found "/nix/store/$place/lib" nix "/nix/store/app/bin/$program" --ldd
done <<'END'
plain old
file x
next x
other old
gone old
rpath early
bad old
empty old
second old
END
check "NixOS: \$ORIGIN in a note" \
	grep -x "	libx.so => /nix/store/app/bin/../../hint/lib/libx.so" <(nix /nix/store/app/bin/hint --ldd)
check "NixOS: the library path comes before the note" \
	found /nix/store/host/lib nix /nix/store/app/bin/file --library-path /nix/store/host/lib --ldd
check "NixOS: a rootfs with a note is closed" nix /nix/store/app/bin/file -d "$WORK/noted"
check "NixOS: and has what the note names" test -f "$WORK/noted/nix/store/x/lib/libx.so"
cache nix /etc/ld.so.cache /nix/store/host/lib
noted none "" ""
check "NixOS: the system's cache is not read" status 3 nix /nix/store/app/bin/none --ldd
cache nix /nix/store/glibc-2.42/etc/ld.so.cache /nix/store/host/lib
check "NixOS: the prefix's is" found /nix/store/host/lib nix /nix/store/app/bin/none --ldd
echo /lib/libpre.so >"$WORK/nix/etc/ld.so.preload"
check "NixOS: /etc/ld.so.preload is not read" \
	not grep libpre <(nix /nix/store/app/bin/none --ldd 2>&1)
echo /lib/libpre.so >"$WORK/nix/etc/ld-nix.so.preload"
check "NixOS: /etc/ld-nix.so.preload is" grep -x "	/lib/libpre.so" <(nix /nix/store/app/bin/none --ldd)
check "NixOS: and comes along" grep -x /etc/ld-nix.so.preload <(nix -q /nix/store/app/bin/none --list)
rm "$WORK/nix/etc/ld-nix.so.preload"
store "'/etc/ld-nix.so.preload'"
check "NixOS: an older loader knows no notes" found /nix/store/old/lib nix /nix/store/app/bin/file --ldd

# A glibc that was configured with directories of other names.
mkdir -p "$WORK/odd"
elf odd/opt/so/ld.so "loader_of('/opt/so/', '/usr/so/', 'x', '/etc/ld.so.cache')"
elf odd/usr/so/libx.so "make(soname='libx.so')"
elf odd/bin/main "make(needed=['libx.so'], interp='/opt/so/ld.so')"
check "default directories without a lib in their names are read out of the loader" \
	found /usr/so mkrootfs --sysroot "$WORK/odd" /bin/main --ldd
finish
