#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# --trace: what a program finds while it runs comes along, and what it makes does not.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
need cc
need_root

# What no rule can know: a name that is put together at run time.
compile "$WORK/app" '
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	char name[64];
	FILE *file;

	if (argc > 1 && strcmp(argv[1], "sleep") == 0) {
		pause();
		return 0;
	}
	snprintf(name, sizeof(name), "lib%s.so.%d", "z", 1);
	if (!dlopen(name, RTLD_NOW))
		return 3;
	snprintf(name, sizeof(name), "%s/data", getenv("DATA"));
	file = fopen(name, "r");
	if (!file)
		return 4;
	snprintf(name, sizeof(name), "%s/made", getenv("DATA"));
	fclose(fopen(name, "w"));
	fopen("/nowhere/at/all", "r");
	printf("%s\n", argc > 1 ? argv[1] : "none");
	return argc > 2 ? atoi(argv[2]) : 0;
}'
mkdir "$WORK/data"
echo data >"$WORK/real"
ln -s ../real "$WORK/data/data"
export DATA=$WORK/data

if ! mkrootfs --trace "$WORK/app" --list >/dev/null 2>"$WORK/log" && grep -q ptrace "$WORK/log"; then
	skip_all "ptrace is not permitted"
fi

without_trace_it_fails() {
	mkrootfs -q "$WORK/app" -d "$WORK/without" && ! DATA=$DATA chroot "$WORK/without" "$WORK/app"
}
check "without a trace it does not work" without_trace_it_fails

check "the trace passes standard output and arguments on" \
	prints "hello" mkrootfs -q --trace "$WORK/app" -d "$WORK/rootfs" -- hello
check "with it, it works" prints "again" chroot "$WORK/rootfs" "$WORK/app" again
check "the link on the way is a link" test -L "$WORK/rootfs$WORK/data/data"
check "what it wrote is left out" test ! -e "$WORK/without$WORK/data/made"
check "the library is there" test -e "$WORK/rootfs/lib/x86_64-linux-gnu/libz.so.1" -o ! -d /lib/x86_64-linux-gnu
check "what only the trace found is told" \
	says "data/data: was found by the trace alone" mkrootfs --trace "$WORK/app" --list -- x
check "what it looked for in vain is told with -v" \
	says "/nowhere/at/all: was looked for in vain" mkrootfs -v --trace "$WORK/app" --list -- x
check "its exit status is told" \
	says "exited with status 7" mkrootfs --trace "$WORK/app" --list -- x 7

json_tells() {
	mkrootfs -q --trace "$WORK/app" --json -- x 7 | sed 1d >"$WORK/json"
	grep -q '"trace": {"status": 7, "signal": null, "timed_out": false}' "$WORK/json"
}
check "--json has it too" json_tells
check "a timeout ends it" \
	says "was ended after --trace-timeout" \
	mkrootfs -v --trace --trace-timeout 1 "$WORK/app" --list -- sleep

# A launcher reads what needs of its helpers make, and starts what has needs of its own.
# shellcheck disable=SC2016 # for the inner shell
launched='cat /etc/nsswitch.conf /etc/hosts >/dev/null; getent passwd root; printf "\344" | iconv -f latin1 -t utf-8'
launch() {
	mkrootfs --trace /bin/sh -d "$WORK/launcher" "$@" -- -c "$launched" >/dev/null
}
check "a launcher that reads /etc/nsswitch.conf and /etc/hosts is traced" launch
check "it runs inside" prints "root:*:0:0:root:/root:/sbin/nologin
ä" chroot "$WORK/launcher" /bin/sh -c "$launched"
check "what needs make wins over what the trace found" \
	not cmp -s /etc/nsswitch.conf "$WORK/launcher/etc/nsswitch.conf"
check "what only a library of a helper's is, comes in silence" \
	not says "lib.*was found by the trace alone" mkrootfs --trace /bin/sh --list -- -c "ls / >/dev/null"
echo "127.0.0.1 mine" >"$WORK/hosts"
rm -rf "$WORK/launcher"
check "and what --add brings wins over both" launch -a "$WORK/hosts:/etc/hosts"
check "by name" cmp "$WORK/hosts" "$WORK/launcher/etc/hosts"

# Many of them are one line.
mkdir "$WORK/data/many"
for number in 1 2 3 4 5 6 7 8 9; do
	echo "$number" >"$WORK/data/many/$number"
done
reads_many() {
	# shellcheck disable=SC2016 # for the inner shell
	mkrootfs --trace /bin/sh --list "$@" -- -c 'for n in 1 2 3 4 5 6 7 8 9; do read -r x <"$DATA/many/$n"; done'
}
check "many files that only the trace found are told in one line" \
	says "^mkrootfs: warning: --trace: [0-9]* paths that only the trace has found" reads_many
check "and not one by one" not says "many/9: was found by the trace alone" reads_many
check "but with -v" says "many/9: was found by the trace alone" reads_many -v
check "all of them come" prints 9 eval "reads_many 2>/dev/null | grep -c '/many/.'"
if setpriv --reuid 65534 --regid 65534 --clear-groups "$MKROOTFS" --version >/dev/null 2>&1; then
	echo secret >"$WORK/data/secret"
	chmod 600 "$WORK/data/secret"
	check "what the traced program may not read is told with its option" \
		says "left out what is private .*-a $WORK/data/secret" \
		setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$MKROOTFS" --trace /bin/cat --list -- "$WORK/data/secret"
fi

check "arguments without --trace are an error" status 2 mkrootfs "$WORK/app" --list -- x
check "--trace and --sysroot are an error" status 2 mkrootfs --trace --sysroot / "$WORK/app" --list
check "--trace without a FILE is an error" status 2 mkrootfs --trace --mkdir /x --list
check "a timeout that is no number is an error" \
	status 2 mkrootfs --trace --trace-timeout soon "$WORK/app" --list

finish
