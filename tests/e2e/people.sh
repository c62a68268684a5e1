#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Accounts and the directories that programs count on: who and what is in a result besides files.
# The needs "accounts" and "places" are among them.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
need_root

# line FILE NAME: the line of NAME in the result's passwd or group.
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

# A machine with a server that names who it runs as and where it keeps what, and its people.
compile "$WORK/server" '
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
static const char *const strings[] = {
	"Debian-srv", "alice", "news", "bind", "/var/lib/srv/data.db", "/run/srv/srv.pid", "/var/run/srv/socket",
	"/var/spool/srv", "/var/spool/other/x", "/run/never", "/home/alice/data", "shared", "not-a-user",
};
int main(int argc, char **argv)
{
	struct passwd *user = getpwnam(strings[argc - 1]);
	printf("%s %d\n", strings[argc + 3], user ? (int)user->pw_uid : -1);
	return !user;
}'
machine=$WORK/machine
mkrootfs -q "$WORK/server:/usr/sbin/server" -d "$machine"
printf '%s\n' root:x:0:0:root:/root:/bin/bash news:x:9:9:news:/var/spool/news:/usr/sbin/nologin \
	Debian-srv:x:120:125::/var/lib/srv:/bin/false server:x:121:126::/nonexistent:/bin/false \
	alice:x:1000:1000:Alice:/home/alice:/bin/bash bind:x:122:127::/var/cache/bind:/bin/false \
	other:x:123:128::/:/bin/false broken:line : "x:y:z" >"$machine/etc/passwd"
printf '%s\n' root:x:0: news:x:9: Debian-srv:x:125: server:x:126: alice:x:1000: shared:x:130:Debian-srv,alice,other \
	keys:x:131:alice,Debian-srv unrelated:x:132:other >"$machine/etc/group"
mkdir -p "$machine/var/lib/srv/inside" "$machine/run/srv" "$machine/var/spool/srv" "$machine/var/spool/other" \
	"$machine/home/alice/data"
touch "$machine/var/lib/srv/data.db"
chmod 2750 "$machine/var/lib/srv"
chown 120:125 "$machine/var/lib/srv" "$machine/run/srv"
chown 123:128 "$machine/var/spool/other"
server=$WORK/served
check "a server" mkrootfs -q --sysroot "$machine" /usr/sbin/server -d "$server"
root=$server
check "who it names comes along, with the ids of the machine" prints \
	'Debian-srv:*:120:125:Debian-srv:/var/lib/srv:/sbin/nologin' line passwd Debian-srv
check "who is called like it too" prints 'server:*:121:126:server:/nonexistent:/sbin/nologin' line passwd server
check "and nobody else: people, words, names of functions" prints "root Debian-srv server nobody" \
	sh -c "cut -d: -f1 '$root/etc/passwd' | xargs"
check "a group with those of its members that are there" prints 'shared:*:130:Debian-srv' line group shared
check "one that it does not name, too" prints 'keys:*:131:Debian-srv' line group keys
check "no other group" not line group unrelated
check "it finds them" prints "/var/lib/srv/data.db 120" chroot "$root" /usr/sbin/server
check "where it keeps data is there, as on the machine" prints "2750 120:125" stat -c '%a %u:%g' "$root/var/lib/srv"
check "and empty" prints "" ls "$root/var/lib/srv"
check "and its pid file's and its spool's directory" test -d "$root/run/srv" -a -d "$root/var/spool/srv"
check "what nobody who is there owns is root's" prints "0:0" stat -c '%u:%g' "$root/var/spool/other"
check "nothing that is not there on the machine, and no home" test ! -e "$root/run/never" -a ! -e "$root/home"
root=$WORK/asked
check "--user of that name" mkrootfs -q --sysroot "$machine" /usr/sbin/server -u Debian-srv:7:8 --volume /var/spool/srv \
	-d "$root"
check "wins" prints 'Debian-srv:*:7:8:Debian-srv:/:/sbin/nologin' line passwd Debian-srv
check "and owns what is there that one's" prints "2750 7:8" stat -c '%a %u:%g' "$root/var/lib/srv"
check "a volume is the user's, even so" prints "755 7:8" stat -c '%a %u:%g' "$root/var/spool/srv"
check "--without accounts,places" mkrootfs -q --sysroot "$machine" /usr/sbin/server --without accounts,places \
	-d "$WORK/neither"
check "leaves both out" test "$(wc -l <"$WORK/neither/etc/passwd")" -eq 2 -a ! -e "$WORK/neither/var/lib"

# The configuration of its package names who it runs as.
configured=$WORK/configured
cp -a "$machine" "$configured"
mkdir -p "$configured/etc/server" "$configured/var/lib/dpkg/info"
printf '%s\n' '# user alice;' 'user other;' 'worker news' 'user alice;' >"$configured/etc/server/server.conf"
printf '%s\n' 'Package: server' 'Status: install ok installed' 'Architecture: amd64' 'Version: 1' '' \
	>"$configured/var/lib/dpkg/status"
printf '%s\n' / /etc /etc/server /etc/server/server.conf /usr /usr/sbin /usr/sbin/server \
	>"$configured/var/lib/dpkg/info/server.list"
root=$WORK/configured-root
check "a server with a configuration of its package" \
	mkrootfs -q --sysroot "$configured" /usr/sbin/server -d "$root"
check "has the account that this names" prints 'other:*:123:128:other:/:/sbin/nologin' line passwd other
check "no person, and no word that is nobody's key" not grep -E '^(alice|news):' "$root/etc/passwd"

# What the user adds and others may not read.
mkdir -p "$machine/etc/srv/closed"
for name in open closed/key closed/foreign; do
	echo "$name" >"$machine/etc/srv/$name"
done
chmod 640 "$machine"/etc/srv/closed/*
chmod 750 "$machine/etc/srv/closed"
chown -R 120:125 "$machine/etc/srv"
chown 123:128 "$machine/etc/srv/closed/foreign"
root=$WORK/closed
of_added() {
	stat -c '%a %u:%g' "$root/etc/srv/$1"
}
check "what is added" mkrootfs -q --sysroot "$machine" /usr/sbin/server -a /etc/srv -d "$root"
check "keeps its owner, where others may not read it" prints "640 120:125" of_added closed/key
check "or look into it" prints "750 120:125" of_added closed
check "is root's where they may" prints "644 0:0" of_added open
check "and where the owner is not there" prints "640 0:0" of_added closed/foreign
root=$WORK/closed-asked
check "what is added, with --user" mkrootfs -q --sysroot "$machine" /usr/sbin/server -a /etc/srv -u Debian-srv:7:8 -d "$root"
check "is that one's" prints "640 7:8" of_added closed/key
root=$WORK/closed-chown
check "what is added, with --chown" mkrootfs -q --sysroot "$machine" /usr/sbin/server -a /etc/srv --chown 5:6 -d "$root"
check "is whose that says" prints "640 5:6" of_added closed/key

# What its package lists below /var, and what the system would make for it when it starts.
dpkg=$machine/var/lib/dpkg
mkdir -p "$dpkg/info" "$machine/usr/lib/tmpfiles.d" "$machine/lib/systemd/system" "$machine/var/lib/listed/deep" \
	"$machine/var/lib/unlisted" "$machine/var/lib/kept"
chmod 711 "$machine/var/lib/listed"
chmod 700 "$machine/var/lib/kept"
printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n' server foreign >"$dpkg/status"
printf '%s\n' /usr/sbin/server /var/lib/listed /var/lib/listed/deep /usr/lib/tmpfiles.d/server.conf \
	/lib/systemd/system/server.service >"$dpkg/info/server.list"
printf '%s\n' /usr/lib/tmpfiles.d/foreign.conf >"$dpkg/info/foreign.list"
cat >"$machine/usr/lib/tmpfiles.d/server.conf" <<-'END'
	# d /run/comment
	d /run/made 2750 Debian-srv 125 - -
	D! "/var/run/quoted" - - -
	v /var/lib/kept 0777 root root
	f /run/file 0644 root root
	d /etc/made 0755 root root
	d /run/%b/unknown 0755
	d relative 0755
	d /run/other 0755 other unrelated
	d
END
echo 'd /run/foreign 0755 root root' >"$machine/usr/lib/tmpfiles.d/foreign.conf"
cat >"$machine/lib/systemd/system/server.service" <<-'END'
	[Unit]
	Description=RuntimeDirectory=/no
	[Service]
	RuntimeDirectory=taken-back
	RuntimeDirectory=
	RuntimeDirectory=unit unit/deep:link %i
	RuntimeDirectoryMode=0710
	StateDirectory = state
	CacheDirectory=cached
	LogsDirectory=logged
	# LogsDirectory=never
	User=Debian-srv
	Group=shared
END
root=$WORK/boot
of_place() {
	stat -c '%a %u:%g' "$root$1"
}
check "with a package" mkrootfs -q --sysroot "$machine" /usr/sbin/server -d "$root"
check "a directory that it lists comes, as on the machine" prints "711 0:0" of_place /var/lib/listed
check "and those in it" test -d "$root/var/lib/listed/deep"
check "none that it does not list" test ! -e "$root/var/lib/unlisted"
check "one of tmpfiles.d is made, of whom it says by name or number" prints "2750 120:125" of_place /run/made
check "where its link leads" prints "755 0:0" of_place /run/quoted
check "one that is there comes as it is there" prints "700 0:0" of_place /var/lib/kept
check "of nobody who is not there it is root's" prints "755 0:0" of_place /run/other
check "no file, no path that only the system knows, nothing elsewhere, nothing of another package" \
	test ! -e "$root/run/file" -a ! -e "$root/etc/made" -a ! -e "$root/run/%b" -a ! -e "$root/run/foreign" -a ! -e "$root/run/comment"
check "a service's are made" prints "710 120:130" of_place /run/unit
check "all of them" prints "710 120:130" of_place /run/unit/deep
check "state, cache and logs" test -d "$root/var/lib/state" -a -d "$root/var/cache/cached" -a -d "$root/var/log/logged"
check "with a mode of their own" prints "755 120:130" of_place /var/lib/state
check "what it takes back is not" test ! -e "$root/run/taken-back" -a ! -e "$root/run/link" -a ! -e "$root/var/log/never"
check "an owner by --user" mkrootfs -q --sysroot "$machine" /usr/sbin/server -u Debian-srv:7:8 -d "$WORK/boot-asked"
check "is that one" prints "2750 7:8" stat -c '%a %u:%g' "$WORK/boot-asked/run/made"

finish
