#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Loaders that are not glibc's or musl's: each is named, and no other's rules answer for it.
. "$(dirname "$0")/lib.sh"
need python3

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
finish
