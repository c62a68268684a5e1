#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Accounts and the directories that programs count on: who and what is in a result besides files.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
need_root

# field FILE NAME: the line of NAME in the result's passwd or group.
line() {
	grep "^$2:" "$root/etc/$1"
}

root=$WORK/two
check "two accounts and more" mkrootfs -q /usr/bin/env -u Debian-exim:101:105 -u www.data -u 'host$:7' \
	-d "$root"
check "a name with capitals" prints 'Debian-exim:*:101:105:Debian-exim:/:/sbin/nologin' line passwd Debian-exim
check "ids of its own" prints 'www.data:*:10000:10000:www.data:/:/sbin/nologin' line passwd www.data
check "a machine's" prints 'host$:*:7:7:host$:/:/sbin/nologin' line passwd 'host[$]'
check "each has its group" prints 'Debian-exim:*:105:' line group Debian-exim
check "nobody has a password, or a shadow of one" not grep -vE '^[^:]+:\*:' "$root/etc/passwd" "$root/etc/group"
check "there is no shadow file" test ! -e "$root/etc/shadow"
check "the image's user is the first" prints '"101:105"' sh -c \
	"'$MKROOTFS' -q /usr/bin/env -u a:101:105 -u b --format oci -o - | tar -xO --wildcards 'blobs/*' 2>/dev/null |
		grep -ao '\"User\":\"[^\"]*\"' | cut -d: -f2-"
check "a name of digits alone would be an id" status 2 mkrootfs /usr/bin/env -u 1000

places() {
	(cd "$1" && find run tmp var -printf '%p %m %l\n' | sort)
}
check "what every program may count on is there" prints \
	"run 755 
tmp 1777 
var 755 
var/run 777 $(readlink /var/run)
var/tmp 1777 " places "$root"
check "and with --bare none of it" mkrootfs -q --bare /usr/bin/env -d "$WORK/bare"
check "no place, no account" test ! -e "$WORK/bare/run" -a ! -e "$WORK/bare/var" -a ! -e "$WORK/bare/tmp" \
	-a ! -e "$WORK/bare/etc/passwd"
check "a directory below a place goes where its link leads" mkrootfs -q /usr/bin/env \
	--mkdir /var/run/x:0750:3:4 -d "$WORK/below"
check "with its owner" prints "750 3:4" stat -c '%a %u:%g' "$WORK/below/run/x"

finish
