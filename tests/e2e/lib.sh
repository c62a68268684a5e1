# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the end-to-end suites share. A suite sources this file, calls `check` or `skip` once for
# every thing that it shows, and ends with `finish`. It speaks TAP. The mkrootfs under test is
# $MKROOTFS; everything is made in $WORK, which goes away with the suite.

set -u
: "${MKROOTFS:?is to name the mkrootfs under test}"
unset SOURCE_DATE_EPOCH LD_LIBRARY_PATH LD_PRELOAD
export LC_ALL=C PYTHONDONTWRITEBYTECODE=1
PATH=$PATH:/usr/sbin:/sbin
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # for the suites
SOURCE=${HERE%/tests/e2e}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/mkrootfs-e2e.XXXXXX")
chmod 755 "$WORK"
CHECKS=0
FAILED=0
BACKGROUND=()

clean_up() {
	local pid
	for pid in ${BACKGROUND+"${BACKGROUND[@]}"}; do
		kill -KILL "$pid" && wait "$pid"
	done 2>/dev/null
	rm -rf --one-file-system "$WORK"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

mkrootfs() {
	"$MKROOTFS" "$@"
}

# check DESCRIPTION COMMAND [ARG...]: passes when the command succeeds; what it printed
# stands under a failure.
check() {
	local description=$1 status=0
	shift
	CHECKS=$((CHECKS + 1))
	"$@" >"$WORK/.check" 2>&1 || status=$?
	if [ "$status" -eq 0 ]; then
		echo "ok $CHECKS - $description"
	else
		echo "not ok $CHECKS - $description"
		echo "# status $status of: $*"
		head -n 40 "$WORK/.check" | sed 's/^/# /'
		FAILED=$((FAILED + 1))
	fi
}

# skip DESCRIPTION REASON
skip() {
	CHECKS=$((CHECKS + 1))
	echo "ok $CHECKS - $1 # SKIP $2"
}

# Skips the whole suite.
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

finish() {
	echo "1..$CHECKS"
	[ "$FAILED" -eq 0 ]
	exit
}

need_root() {
	[ "$(id -u)" -eq 0 ] || skip_all "only root may chroot"
}

# need PROGRAM...
need() {
	local program
	for program; do
		command -v "$program" >/dev/null || skip_all "$program is not installed"
	done
}

# For conditions with operators, which check's arguments cannot hold.
not() {
	! "$@"
}

# status N COMMAND...: whether the command exits with N.
status() {
	local expected=$1 actual=0
	shift
	"$@" || actual=$?
	[ "$actual" -eq "$expected" ] || { echo "status $actual, not $expected"; return 1; }
}

# prints TEXT COMMAND...: whether standard output is TEXT.
prints() {
	local expected=$1 actual
	shift
	actual=$("$@") || { echo "status $?"; return 1; }
	[ "$actual" = "$expected" ] || { printf '%s\n' "$actual"; return 1; }
}

# says PATTERN COMMAND...: whether standard error has a line with PATTERN, whatever the status.
says() {
	local pattern=$1
	shift
	"$@" 2>"$WORK/.says" >/dev/null
	grep -e "$pattern" "$WORK/.says" || { cat "$WORK/.says"; return 1; }
}

# wait_for COMMAND...: tries for ten seconds.
wait_for() {
	local tries=100
	until "$@" >"$WORK/.wait" 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || { cat "$WORK/.wait"; return 1; }
		sleep 0.1
	done
}

# Runs a command in the background; its process is $!, and ends with the suite at the latest.
background() {
	"$@" &
	BACKGROUND+=($!)
}

free_port() {
	local port
	while port=$((20000 + RANDOM % 12000)); do
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# What goes before a command that is to see nothing of the suite's environment. An array: a function
# in the background would be a process between.
CLEAN=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp)

# as UID ROOT COMMAND...: runs the command inside ROOT as that user.
as() {
	"${CLEAN[@]}" chroot --userspec="$1:$1" "${@:2}"
}

# apart [OPTION...] COMMAND...: runs the command with mounts of its own. Where / is no mount of its
# own, as in a chroot, they cannot be made private.
apart() {
	local propagation=private
	unshare --mount true 2>/dev/null || propagation=unchanged
	unshare --mount --propagation "$propagation" "$@"
}

# The same with a /proc, by which glibc's loader knows $ORIGIN.
as_with_proc() {
	mkdir -p "$2/proc"
	# shellcheck disable=SC2016 # for the inner shell
	apart "${CLEAN[@]}" bash -c 'mount -t proc proc "$2/proc" &&
		exec chroot --userspec="$1:$1" "${@:2}"' bash "$@"
}

# What a container runtime would put into /dev.
make_devices() {
	mkdir -p "$1/dev"
	mknod -m 666 "$1/dev/null" c 1 3
	mknod -m 666 "$1/dev/urandom" c 1 9
}

# compile OUTPUT SOURCE-TEXT [FLAG...]
compile() {
	local output=$1 text=$2
	shift 2
	mkdir -p "$(dirname "$output")"
	printf '%s\n' "$text" | ${CC:-cc} -o "$output" -x c - -x none "$@"
}

# A python that can do what its argument says, or nothing: python_with jsonschema
python_with() {
	local python
	for python in python3 /usr/bin/python3; do
		if "$python" -c "import $1" 2>/dev/null; then
			echo "$python"
			return
		fi
	done
}
