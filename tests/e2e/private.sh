#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Nothing private comes by itself: secrets stand where a program's strings, its package's list and a
# trace of it lead, and none of them is in the result; each is told with the option that brings it.
# The machine is a rootfs of mkrootfs's own, with mkrootfs in it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
need cc
need_root

world=$WORK/world
SECRETS=(
	/root/.netrc /root/notes.txt /home/alice/.ssh/id_ed25519 /home/alice/diary /srv/www/customers.csv
	/build/.git/config /build/.docker/config.json /build/.npmrc /build/.config/gh/hosts.yml
	/build/.aws/credentials /build/.gnupg/secring.gpg /build/.pgpass /build/.env /build/.git-credentials
	/build/.bash_history /build/secrets.yml /build/id_rsa /build/store.p12 /build/.kube/config
	/etc/ssh/ssh_host_rsa_key /etc/ssl/private/server.crt /etc/reader/closed.conf /etc/reader/both.pem
	/etc/shadow /etc/machine-id /usr/share/reader/closed.db
	/var/lib/reader/customers.db /var/log/reader.log /var/cache/reader/page /var/spool/reader/mail
	/run/secrets/token /var/www/index.html /link-to-home /dir-to-home/diary
)
# What is open to everybody, and of the program.
OPEN=(/usr/share/reader/data /etc/reader/reader.conf)

sources() {
	printf '"%s",\n' "${OPEN[@]}" "${SECRETS[@]}" /var/lib/reader/shipped.db
}

# It reads all that it has the names of.
compile "$WORK/reader" '
#include <stdio.h>
static const char *const paths[] = {
'"$(sources)"'
};
int main(void)
{
	unsigned n = 0;
	for (unsigned i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		FILE *file = fopen(paths[i], "r");
		if (file) {
			n += fgetc(file) != EOF;
			fclose(file);
		}
	}
	printf("%u\n", n);
	return 0;
}'
mkrootfs -q "$MKROOTFS:/mkrootfs" "$WORK/reader:/usr/bin/reader" -d "$world" || skip_all "no machine to test in"

plant() {
	mkdir -p "$world$(dirname "$1")"
	echo "SECRET $1" >"$world$1"
}
mkdir -p "$world/proc"
rm -f "$world/var/run"
ln -s /run "$world/var/run"
for path in "${SECRETS[@]}"; do
	case $path in
	/link-to-home) ln -s home/alice/diary "$world$path" ;;
	/dir-to-home/*) ln -s home/alice "$world/dir-to-home" ;;
	*) plant "$path" ;;
	esac
done
echo '-----BEGIN EC PRIVATE KEY-----' >>"$world/etc/reader/both.pem"
chmod 600 "$world/etc/reader/closed.conf" "$world/etc/ssh/ssh_host_rsa_key" "$world/usr/share/reader/closed.db"
chmod 710 "$world/etc/ssl/private"
for path in "${OPEN[@]}" /var/lib/reader/shipped.db; do
	mkdir -p "$world$(dirname "$path")"
	echo "open $path" >"$world$path"
done
python3 - "$world" <<'PYTHON'
import os, socket, sys
os.chdir(sys.argv[1] + "/run")
socket.socket(socket.AF_UNIX).bind("reader.sock")
PYTHON

# A database in which the program's package lists all of them, but for what runs make.
mkdir -p "$world/var/lib/dpkg/info"
cat >"$world/var/lib/dpkg/status" <<-STATUS
	Package: reader
	Status: install ok installed
	Architecture: amd64
	Version: 1

STATUS
list_package() {
	{
		printf '%s\n' /usr/bin/reader "${OPEN[@]}" /var/lib/reader/shipped.db
		printf '%s\n' "${SECRETS[@]}" | grep -v '^/var/\|^/link\|^/dir'
	} >"$world/var/lib/dpkg/info/reader.list"
}
list_package

# harvest NAME [OPTION...]: in that machine; the result is read from outside.
harvest() {
	local name=$1
	shift
	# shellcheck disable=SC2016 # for the inner shell
	apart "${CLEAN[@]}" bash -c 'mount -t proc proc "$1/proc" && exec chroot "$@"' bash \
		"$world" /mkrootfs /usr/bin/reader -d "/$name" "$@" 2>"$WORK/$name.log" || { cat "$WORK/$name.log"; return 1; }
	mv "$world/$name" "$WORK/$name"
}
holds_no_secret() {
	not grep -r SECRET "$WORK/$1"
}

check "at its strings' and package's word" harvest still
check "no secret comes" holds_no_secret still
check "with all that is suggested" harvest suggested --dlopen suggested
check "none either" holds_no_secret suggested
if ! harvest traced --trace 2>/dev/null >/dev/null && grep -q "ptrace\|mount" "$WORK/traced.log"; then
	skip "a trace" "not permitted here"
	finish
fi
check "a trace reads them all" grep -qx "$((${#SECRETS[@]} + ${#OPEN[@]} + 1))" <(
	apart "${CLEAN[@]}" chroot "$world" /usr/bin/reader)
check "and brings none" holds_no_secret traced
check "what is open comes" grep -q open "$WORK/traced/usr/share/reader/data" "$WORK/traced/etc/reader/reader.conf"
check "and of /var what the package lists" grep -q open "$WORK/traced/var/lib/reader/shipped.db"
check "what is private is told with its option" grep "private.* -a /build/.aws/credentials" "$WORK/traced.log"
check "in one line of the trace" prints 1 grep -c -e "--trace: left out what is private" "$WORK/traced.log"
check "and with -v each with its reason" harvest verbose --trace -v
each_is_told() {
	local path
	for path in "${SECRETS[@]}"; do
		grep -qF "$path: was found by the trace, and left out: " "$WORK/verbose.log" || { echo "$path"; return 1; }
	done
}
check "none is forgotten" each_is_told
# A configuration that the user hands over names them all.
{
	printf 'include %s\nuse = "%s";\n' "${SECRETS[@]}" "${SECRETS[@]}"
	printf 'dir = %s\n' /home/alice /root /srv /srv/www /var/lib/reader /etc/ssl /etc/ssl/private /run/secrets /build \
		/build/.aws /var/www
	printf 'include %s\n' '/home/*/*' '/etc/reader/*' '/build/.*' ../../srv/www/customers.csv ../../../root/notes.txt
} >"$world/usr/share/reader/own.conf"
check "where a configuration names them" harvest configured -a /usr/share/reader/own.conf:/etc/own/own.conf
check "none comes" holds_no_secret configured
check "what is open does" grep -q open "$WORK/configured/etc/reader/reader.conf"
check "and they are told with their option" grep "private.* -a /build/.aws/credentials" "$WORK/configured.log"
check "by its name it comes" harvest named --trace -a /build/.npmrc -a /home/alice/diary
check "that one" grep SECRET "$WORK/named/build/.npmrc" "$WORK/named/home/alice/diary"
check "and no other" prints 2 sh -c "grep -rl SECRET '$WORK/named' | wc -l"

finish
