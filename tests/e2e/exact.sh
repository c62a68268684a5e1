#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A rootfs holds what ldd and the file system say, and not a path more.
. "$(dirname "$0")/lib.sh"
need python3 ldd

is_exact() {
	python3 "$HERE/rootfs_oracle.py" "$@" >"$WORK/expected" &&
		mkrootfs --bare --dlopen none --list --hwcaps none "$@" >"$WORK/actual" &&
		diff "$WORK/expected" "$WORK/actual"
}

for program in redis-server nginx git ffmpeg bash; do
	if path=$(command -v "$program"); then
		check "$program: exactly the paths that ldd needs" is_exact "$path"
	else
		skip "$program: exactly the paths that ldd needs" "$program is not installed"
	fi
done
check "two programs share one rootfs" is_exact /usr/bin/env /usr/bin/bash

mkrootfs --list --hwcaps none --dlopen none /usr/bin/env >"$WORK/whole"
mkrootfs --list --hwcaps none --dlopen none --bare /usr/bin/env >"$WORK/bare"
printf '%s\n' /etc /etc/group /etc/passwd /run /tmp /var /var/run /var/tmp >"$WORK/expected"
check "beside the closure: accounts, and directories for what is temporary" \
	diff "$WORK/expected" <(comm -13 "$WORK/bare" "$WORK/whole")
finish
