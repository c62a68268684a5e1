#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# postgres, harvested, runs in a chroot.
. "$(dirname "$0")/lib.sh"
need_root

postgres=
for candidate in /usr/lib/postgresql/*/bin/postgres /usr/bin/postgres /usr/libexec/postgresql*/postgres; do
	[ -x "$candidate" ] && postgres=$candidate
done
[ -n "$postgres" ] || skip_all "postgres is not installed"

check "postgres is harvested" mkrootfs "$postgres" -d "$WORK/root"
check "it prints its version" \
	prints "$("$postgres" --version)" as 10000 "$WORK/root" "$postgres" --version
finish
