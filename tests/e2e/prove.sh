#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# --check run: a program runs in the result before anything is written; what it misses has a name and
# an option that brings it; whatever it does, nothing of it is left.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
need cc python3
need_root

# A program that does what its arguments say, one after another. What it misses is told in words as
# servers have them, or not at all ("quiet").
compile "$WORK/app" '
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
static int quiet;
static void fail(const char *what)
{
	if (!quiet)
		fprintf(stderr, "app: %s: %s\n", what, strerror(errno));
	exit(1);
}
static int listen_tcp(int port)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int fd = socket(AF_INET6, SOCK_STREAM, 0), one = 1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (void *)&address, sizeof(address)) < 0 || listen(fd, 8) < 0) {
		struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
		fd = socket(AF_INET, SOCK_STREAM, 0);
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		if (bind(fd, (void *)&four, sizeof(four)) < 0 || listen(fd, 8) < 0)
			fail("listen");
	}
	return fd;
}
static int local(const char *path, int server)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	strcpy(address.sun_path, path);
	if ((server ? bind : connect)(fd, (void *)&address, sizeof(address)) < 0 ||
	    (server && listen(fd, 8) < 0))
		fail(path);
	return fd;
}
static void answer(int fd, const char *text)
{
	for (;;) {
		char request[512];
		int peer = accept(fd, NULL, NULL);
		if (peer < 0)
			continue;
		if (*text && read(peer, request, sizeof(request)) > 0)
			dprintf(peer, "HTTP/1.0 %s\r\n\r\n", text);
		close(peer);
	}
}
static void stop(int signal)
{
	_exit(0);
}
int main(int argc, char **argv)
{
	for (char **at = argv + 1; *at; at++) {
		char *does = *at, *what = at[1];
		if (!strcmp(does, "quiet")) { quiet = 1; continue; }
		if (!strcmp(does, "say")) { puts(what); fflush(stdout); at++; continue; }
		if (!strcmp(does, "exit")) exit(atoi(what));
		if (!strcmp(does, "die")) raise(atoi(what));
		if (!strcmp(does, "open")) { if (open(what, O_RDONLY) < 0) fail(what); at++; continue; }
		if (!strcmp(does, "try")) { if (open(what, O_RDONLY) < 0) ; at++; continue; }
		if (!strcmp(does, "write")) { if (open(what, O_WRONLY | O_CREAT, 0600) < 0) fail(what); at++; continue; }
		if (!strcmp(does, "list")) { if (!opendir(what)) fail(what); at++; continue; }
		if (!strcmp(does, "chdir")) { if (chdir(what) < 0) fail(what); at++; continue; }
		if (!strcmp(does, "connect")) { local(what, 0); at++; continue; }
		if (!strcmp(does, "load")) { if (!dlopen(what, RTLD_NOW)) { fprintf(stderr, "%s\n", dlerror()); return 1; } at++; continue; }
		if (!strcmp(does, "account")) { if (!getpwnam(what)) { fprintf(stderr, "app: getpwnam(\"%s\") failed\n", what); return 1; } at++; continue; }
		if (!strcmp(does, "run")) {
			int status; pid_t child = fork();
			if (child == 0) { execl(what, what, "--version", NULL); fail(what); }
			waitpid(child, &status, 0);
			if (status) return 1;
			at++; continue;
		}
		if (!strcmp(does, "user")) { printf("user %d:%d %d\n", getuid(), getgid(), getgroups(0, NULL)); continue; }
		if (!strcmp(does, "environment")) { for (char **e = environ; *e; e++) printf("environment %s\n", *e); continue; }
		if (!strcmp(does, "where")) { printf("where %s\n", getcwd(NULL, 0)); continue; }
		if (!strcmp(does, "descriptors")) { for (int fd = 0; fd < 1024; fd++) if (fcntl(fd, F_GETFD) >= 0) printf("descriptor %d\n", fd); continue; }
		if (!strcmp(does, "stopped")) { signal(SIGTERM, stop); signal(SIGUSR1, stop); continue; }
		if (!strcmp(does, "deaf")) { signal(SIGTERM, SIG_IGN); continue; }
		if (!strcmp(does, "tcp")) answer(listen_tcp(atoi(what)), "");
		if (!strcmp(does, "http")) answer(listen_tcp(atoi(what)), at[2]);
		if (!strcmp(does, "unix")) answer(local(what, 1), "");
		if (!strcmp(does, "wait")) for (;;) pause();
		if (!strcmp(does, "daemon")) { if (fork() == 0) { setsid(); if (fork() == 0) { execl("/proc/self/exe", what, "deaf", "wait", NULL); execl("/app", what, "deaf", "wait", NULL); } _exit(0); } usleep(300000); at++; continue; }
		if (!strcmp(does, "bomb")) for (;;) fork();
		if (!strcmp(does, "flood")) for (int i = 0; i < 40000; i++) puts("flood flood flood flood flood flood flood flood flood flood flood flood flood");
		if (!strcmp(does, "ruin")) { chmod("/", 0); mkdir("/tmp/a", 0); mkdir("/closed", 0700); close(open("/closed/x", O_CREAT | O_WRONLY, 0)); chmod("/closed", 0); continue; }
		if (!strcmp(does, "escape")) { if (mkdir("/tmp/jail", 0700) == 0 && chroot("/tmp/jail") == 0) { for (int i = 0; i < 64; i++) if (chdir("..")) ; if (chroot(".") == 0 && access("/usr/bin/env", F_OK) == 0) puts("escaped"); } continue; }
		if (!strcmp(does, "kill")) { kill(getppid(), SIGKILL); kill(-1, SIGKILL); continue; }
	}
	return 0;
}' -Wno-unused-result

# Where the runs are laid out: nothing is to be left there.
export TMPDIR=$WORK/tmp
mkdir -m 1777 "$TMPDIR"
out=$WORK/out.tar

run() {
	mkrootfs "$WORK/app:/app" --check run "${options[@]}" -- "$@"
}
options=(--list)
if ! run exit 0 >/dev/null 2>"$WORK/log" && grep -qi 'not permitted\|not implemented' "$WORK/log"; then
	skip_all "nothing can be run here: $(head -n 1 "$WORK/log")"
fi
leaves_nothing() {
	local line
	[ -z "$(ls -A "$TMPDIR")" ] || { find "$TMPDIR" | head; return 1; }
	! grep "$TMPDIR" /proc/self/mountinfo || return 1
	for line in /proc/[0-9]*/cmdline; do
		case $(tr '\0' ' ' 2>/dev/null <"$line") in *"$marker"*) echo "$line"; return 1 ;; esac
	done 2>/dev/null
}
marker=prove-marker-$$

# What counts as proven.
options=(-o "$out")
check "status 0 is proven, and the output is there" status 0 run exit 0
check "as it would be without a run" cmp "$out" <(mkrootfs -q "$WORK/app:/app" -o -)
check "nothing is left of the run" leaves_nothing
echo old >"$out"
check "another status is status 1" status 1 run exit 7
check "and what was there stays" prints old cat "$out"
rm -f "$out"
check "and no output appears" not run exit 7
check "none at all" not test -e "$out"
check "its end is told" says "^mkrootfs: /app: exited with status 7 in the result" run exit 7
check "a signal, too" says "^mkrootfs: /app: was killed by signal 11 " run die 11
check "its last words are told" says "/app: its last words: bye" run say hello say bye exit 1
check "what cannot be started is told" \
	says "/nothing: could not be started: No such file" \
	mkrootfs "$WORK/app:/app" --list --check run --entrypoint /nothing
check "where nothing is to be run, that is told" says "there is nothing to run" \
	mkrootfs --mkdir /x --list --check run
check "reports are printed all the same" \
	grep -q '^/app$' <(mkrootfs -q "$WORK/app:/app" --list --check run -- exit 1)
check "both checks at once" status 0 mkrootfs -q "$WORK/app:/app" --list --check symbols --check run
check "--cmd is run" says "exited with status 6" mkrootfs "$WORK/app:/app" --list --check run --cmd "exit 6"
check "behind an --entrypoint" says "exited with status 5" mkrootfs "$WORK/app:/app" --list --check run \
	--entrypoint '["/app", "exit"]' --cmd 5
check "but for FILE with its own arguments" says "exited with status 4" mkrootfs "$WORK/app:/app" --list --check run \
	--entrypoint '["/app", "exit"]' --cmd 5 -- exit 4

# In which world it runs.
options=(--list --user someone:4321:8765 --env A=b --workdir /work)
told() {
	local pattern=$1
	shift
	run "$@" 2>&1 >/dev/null | grep -x "$pattern"
}
check "as its user" told "user 4321:8765 0" user
check "with its environment" prints "environment PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
environment A=b" told "environment .*" environment
check "in its directory" told "where /work" where
check "with three descriptors" prints "descriptor 0
descriptor 1
descriptor 2" told "descriptor .*" descriptors
check "with /proc and a small /dev, and a /tmp" status 0 run open /proc/self/status open /dev/null \
	open /dev/zero open /dev/full open /dev/random open /dev/urandom write /tmp/x write /dev/null
check "which has no files of this system" not run quiet open /etc/debian_version
options=(-o -)
check "what it writes is on standard error" says "^hello$" run say hello
check "and never in an archive" cmp <(run say hello 2>/dev/null) <(mkrootfs -q "$WORK/app:/app" -o -)

# Servers.
port=$(free_port)
options=(--list --check-timeout 2 --check-probe "tcp:$port")
check "a server that answers tcp and ends by SIGTERM" status 0 run tcp "$port"
check "or by itself at SIGTERM" status 0 run stopped tcp "$port"
check "one that does not end is no proof" says "did not end within 2 seconds of signal 15" run deaf tcp "$port"
check "nor is one that does not answer" says "did not answer tcp:$port within 2 seconds" run wait
check "nor one that exits before" says "exited with status 0 before it answered tcp:$port" run exit 0
options=(--list --check-timeout 2 --check-probe "tcp:$port" --stop-signal USR1)
check "the stop signal is the image's" status 0 run deaf stopped deaf tcp "$port"
options=(--list --check-timeout 2 --check-probe "http:$port/health")
check "a server that answers http" status 0 run http "$port" "200 OK"
check "one that answers an error is no proof" says "answered http:$port/health with status 503 only" \
	run http "$port" "503 No"
options=(--list --check-timeout 2 --check-probe unix:/tmp/app.sock)
check "a server at a local socket" status 0 run unix /tmp/app.sock
options=(--list --check-timeout 1)
check "without a probe, to be still there is enough" status 0 run wait
check "if the stop signal ends it" status 1 run deaf wait

# What it misses, made on purpose: told first, with an option that then works.
mkdir -p "$WORK/data/set/below" "$WORK/plugins" "$WORK/logs"
echo data >"$WORK/data/file"
echo data >"$WORK/data/set/one"
echo data >"$WORK/data/set/below/two"
echo secret >"$WORK/data/secret"
chmod 600 "$WORK/data/secret"
compile "$WORK/plugins/libplug.so.1" 'int plugged = 1;' -shared -fPIC
cp "$(type -P true)" "$WORK/helper"
# An account that this system has, and no result by itself.
IFS=: read -r account account_uid account_gid < <(awk -F: '$3 > 0 && $3 < 1000 { print $1 ":" $3 ":" $4; exit }' /etc/passwd)
# misses OPTION ACTION...: the run fails and names the cause with that option, and works with it.
misses() {
	local option=$1
	shift
	if run "$@" >/dev/null 2>"$WORK/told"; then
		echo "it is proven"
		return 1
	fi
	grep -A1 "^mkrootfs: /app: " "$WORK/told" | sed -n 2p | grep -qxFe "  to bring it: $option" ||
		{ cat "$WORK/told"; return 1; }
	# shellcheck disable=SC2086 # options are words
	mkrootfs -q "$WORK/app:/app" --check run "${options[@]}" $option -- "$@" >/dev/null
}
options=(--list)
check "a file" misses "-a $WORK/data/file" open "$WORK/data/file"
check "a file that its last words do not name" misses "-a $WORK/data/file" quiet open "$WORK/data/file"
check "a directory that it lists" misses "-a $WORK/data/set" list "$WORK/data/set" open "$WORK/data/set/below/two"
check "a directory to write in" misses "--mkdir $WORK/logs" write "$WORK/logs/file"
check "a directory to be in" misses "--mkdir $WORK/logs" chdir "$WORK/logs"
check "a library by dlopen" misses "-a $WORK/plugins/libplug.so.1" load "$WORK/plugins/libplug.so.1"
check "a helper" misses "-a $WORK/helper" run "$WORK/helper"
check "a private file" misses "-a $WORK/data/secret" open "$WORK/data/secret"
check "an account" misses "--user root --user $account:$account_uid:$account_gid" account "$account"

options=(--list --user someone:4321:8765)
check "a directory that its user may write in" misses "--mkdir $WORK/logs:0755:4321:8765" write "$WORK/logs/file"
check "one that is there, and is another's" \
	says "its user may not use /etc" run write /etc/file

options=(--list)
check "the first line names the cause" \
	says "^mkrootfs: /app: exited with status 1 in the result, where it lacks $WORK/data/file$" \
	run open "$WORK/data/file"
check "or the last that was looked for" \
	says "^mkrootfs: /app: exited with status 1 in the result; the last that it looked for in vain: $WORK/data/file$" \
	run quiet open "$WORK/data/file"
check "what is not on this system is no cause" not says "lacks" run open /nowhere/file
check "what it made itself neither" not says "looked for in vain" run try /tmp/x write /tmp/x quiet open /nowhere
background python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); time.sleep(600)' "$WORK/service.sock"
wait_for test -S "$WORK/service.sock"
check "a service of this machine is told" says "where it lacks $WORK/service.sock" run connect "$WORK/service.sock"
options=(-v --list)
check "what a program that works has missed is told with -v" \
	says "note: $WORK/data/file: was looked for in vain; to bring it: -a $WORK/data/file" run try "$WORK/data/file"
check "a library beside a FILE that was moved" \
	says "to bring it: -a $WORK/plugins/libplug.so.1:/app/plugins/libplug.so.1" \
	mkrootfs "$WORK/app:/app/app" --list --check run -- load /app/plugins/libplug.so.1

# --fix.
options=(--list --fix)
check "--fix brings what is missed" status 0 run open "$WORK/data/file" list "$WORK/data/set" \
	open "$WORK/data/set/below/two" load "$WORK/plugins/libplug.so.1" run "$WORK/helper" write "$WORK/logs/x"
fixed() {
	local said
	run "$@" 2>"$WORK/told" >/dev/null || { cat "$WORK/told"; return 1; }
	said=$(sed -n 's/.*options that say the same: //p' "$WORK/told")
	[ -n "$said" ] || { cat "$WORK/told"; return 1; }
	# shellcheck disable=SC2086 # options are words
	mkrootfs -q "$WORK/app:/app" --check run --list $said -- "$@" >/dev/null
}
check "and the options that it prints do the same" fixed open "$WORK/data/file" list "$WORK/data/set" \
	open "$WORK/data/set/below/two" load "$WORK/plugins/libplug.so.1" run "$WORK/helper" write "$WORK/logs/x"
check "it brings an account" status 0 run account "$account"
check "nothing private" status 1 run open "$WORK/data/secret"
check "which is told" says "to bring it: -a $WORK/data/secret" run open "$WORK/data/secret"
check "and ends where nothing new is missed" status 1 run open /nowhere
why() {
	mkrootfs -q "$WORK/app:/app" --check run --fix --why "$WORK/data/file" -- open "$WORK/data/file" | grep trace
}
check "what it brings has a reason" why

# --json.
python=$(python_with jsonschema)
json() {
	mkrootfs -q "$WORK/app:/app" --check run --json "${options[@]}" -- "$@" >"$WORK/json"
	"$python" -W ignore - "$WORK/json" "$SOURCE/fixtures/mkrootfs.schema.json" "$expression" <<-'END'
		import json, sys, jsonschema
		document = json.load(open(sys.argv[1]))
		jsonschema.validate(document, json.load(open(sys.argv[2])))
		sys.exit(not eval(sys.argv[3]))
	END
}
if [ -n "$python" ]; then
	options=()
	expression="document['check'] == {'proven': False, 'end': 'status', 'status': 1, 'signal': None, 'rounds': 1} and [(l['path'], l['rank'], l['option'], l['uses']) for l in document['lookups']][0] == ('$WORK/data/file', 'named', '-a $WORK/data/file', ['open'])"
	check "--json has the lookups" json open "$WORK/data/file"
	expression="document['check']['proven'] and document['lookups'] == []"
	check "none where nothing was missed" json exit 0
	options=(--fix)
	expression="document['check']['rounds'] == 2 and [l['path'] for l in document['lookups'] if l['brought']] == ['$WORK/data/file']"
	check "and those that --fix brought" json open "$WORK/data/file"
fi

# Whatever it does, nothing is left.
options=(--list --check-timeout 1)
behaves() {
	run "$@" >/dev/null 2>"$WORK/told"
	leaves_nothing
}
check "a daemon that forks twice" behaves daemon "$marker"
check "a daemon beside what goes on" behaves daemon "$marker" wait
check "what ignores SIGTERM" behaves deaf wait "$marker"
check "a fork bomb" behaves bomb "$marker"
check "is told" grep -q "had more than" "$WORK/told"
check "a flood" behaves flood
check "of which a MiB is shown" test "$(wc -c <"$WORK/told")" -lt 1200000
check "closed directories" behaves ruin
check "SIGKILL to all it can reach" behaves kill exit 0
check "no way out of the directory" not says "escaped" run escape
interrupted() {
	local pid tries=100
	setsid "$MKROOTFS" -q "$WORK/app:/app" --list --check run --check-timeout 60 -- say started wait "$marker" \
		>/dev/null 2>"$WORK/told" &
	pid=$!
	until grep -q started "$WORK/told"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || { kill -KILL "$pid"; return 1; }
		sleep 0.1
	done
	kill -s "$1" "$pid"
	wait "$pid"
	leaves_nothing
}
check "SIGTERM to mkrootfs ends all" interrupted TERM
check "SIGHUP, too" interrupted HUP
# What was laid out cannot be removed then; no process is left.
killed() {
	interrupted KILL >"$WORK/left"
	grep "$TMPDIR" "$WORK/left" && ! grep cmdline "$WORK/left"
}
check "SIGKILL, but for the directory" killed
rm -rf "${TMPDIR:?}"/*

# An ordinary user, where the kernel gives namespaces to all; with a clear word elsewhere.
ordinary=(setpriv --reuid 65534 --regid 65534 --clear-groups)
cp "$MKROOTFS" "$WORK/mkrootfs"
ordinarily() {
	"${ordinary[@]}" "$WORK/mkrootfs" "$WORK/app:/app" --list --check run "$@"
}
if "${ordinary[@]}" unshare --user --map-root-user --mount true 2>/dev/null; then
	check "an ordinary user proves it" status 0 ordinarily -- exit 0
	check "with the ids of the image" grep -x "user 4321:8765 0" <(ordinarily --user a:4321:8765 -- user 2>&1)
	check "and is told what is missed" says "where it lacks $WORK/data/file" ordinarily -- open "$WORK/data/file"
	port=$(free_port)
	check "a server, too" status 0 ordinarily --check-probe "tcp:$port" -- tcp "$port"
	check "nothing is left of that" leaves_nothing
elif "${ordinary[@]}" true 2>/dev/null; then
	check "an ordinary user without namespaces is told so" says "^mkrootfs: --check run: " ordinarily -- exit 0
	check "with status 1" status 1 ordinarily -- exit 0
fi
finish
