#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A glibc that keeps the name service, threads and the unwinder in libraries of their own (before
# 2.34): Debian 11's.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/debian.sh
. "$HERE/debian.sh"
need_root
need mmdebstrap

root=$WORK/root
mirror=$(debian_mirror)
apt_settings >"$WORK/apt.conf"
tar=${CACHE:-$WORK}/debian-11.tar
if [ ! -f "$tar" ]; then
	mkdir -p "$(dirname "$tar")"
	mmdebstrap --quiet --variant=extract --include=python3-minimal,redis-server --format=tar \
		--aptopt="$WORK/apt.conf" bullseye "$WORK/debian.tar" ${mirror:+"$mirror"} >"$WORK/log" 2>&1 </dev/null ||
		skip_all "no Debian 11 could be made: $(tail -n 1 "$WORK/log")"
	mv "$WORK/debian.tar" "$tar"
fi
mkdir "$root"
tar -C "$root" -xpf "$tar"

lists() {
	mkrootfs -q --sysroot "$root" "$1" --list | grep -q "$2"
}
check "the modules that read files and ask DNS come" lists /usr/bin/redis-server /libnss_files.so.2
check "both of them" lists /usr/bin/redis-server /libnss_dns.so.2
check "the unwinder that libpthread loads comes" lists /usr/bin/redis-server /libgcc_s.so.1
check "a rootfs of it is made" mkrootfs -q --sysroot "$root" /usr/bin/python3 --user app -d "$WORK/rootfs"
asked() {
	chroot "$WORK/rootfs" /usr/bin/python3 -c "$1"
}
check "accounts are found in it" prints "app 10000" asked 'import pwd
user = pwd.getpwuid(10000)
print(user.pw_name, user.pw_uid)'
check "hosts too" prints 127.0.0.1 asked 'import socket
print(socket.gethostbyname("localhost"))'
check "without the needs they are not" not sh -c "'$MKROOTFS' -q --sysroot '$root' /usr/bin/python3 --user app --without nss,hosts -d '$WORK/without' &&
	chroot '$WORK/without' /usr/bin/python3 -c 'import pwd; pwd.getpwuid(10000)' 2>/dev/null"
check "threads end in it" prints "it ended" asked 'import threading
thread = threading.Thread(target=lambda: None)
thread.start()
thread.join()
print("it ended")'

finish
