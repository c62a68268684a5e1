# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the suites of real programs share. A suite has a function test_NAME for each program, which
# calls `program` once and then `check`, and ends with
#
#	run NAME COMMAND...	(one a program; skipped where a COMMAND is not installed)
#	finish_programs
#
# Every program is harvested with default options, but for the configuration and the data that its
# user would bring (--add, --with, --mkdir, --user), and works in a chroot that has what a container
# has: /proc and a few devices. Helper programs that mkrootfs tells of and does not bring are in
# `helpers`. PROGRAMS="NAME..." in the environment runs some alone.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Seconds that one command may take.
LIMIT=20
# The rootfs of the program that is under test.
root=
# Helper programs that the next `program` adds: those that mkrootfs is to tell of, and commands of
# shell scripts, of which it cannot know.
helpers=()
commands=()

PROGRAM=
PROGRAM_MARK=
PROGRAM_FAILED=0
declare -A MARKS=([rules]=0 [add]=0 [trace]=0 [fails]=0)
DO_NOT_PASS=

# What goes before `UID ROOT COMMAND...` to run the command inside ROOT as that user, with a /proc.
# An array, so that what runs in the background is the command itself.
enter() {
	local propagation=private
	unshare --mount true 2>/dev/null || propagation=unchanged
	# shellcheck disable=SC2016 # for the inner shell
	ENTER=(unshare --mount --propagation "$propagation" bash -c 'mount -t proc proc "$2/proc" &&
		exec chroot --userspec="$1:$1" "${@:2}"' bash)
}

# Ends what runs inside of a rootfs of ours still, such as an agent that went into the background.
sweep() {
	local process
	for process in /proc/[0-9]*; do
		case $(readlink "$process/root") in
		"$WORK"/*) kill -KILL "${process#/proc/}" 2>/dev/null ;;
		esac
	done
}
trap 'sweep; clean_up' EXIT

# packages_size PACKAGE...: the installed size of those Debian packages that are there, and how many.
packages_size() {
	dpkg-query --admindir "${system-}/var/lib/dpkg" -W -f '${Installed-Size}\n' "$@" 2>/dev/null |
		awk '{ kib += $1 } END { printf "%d packages, %.1f MB", NR, kib * 1.024 / 1000 }'
}

# The Debian packages that have a file in the rootfs.
packages_there() {
	# A directory of the root may be a link to one in /usr, and packages name either.
	(cd "$root" && find . -type f -printf '/%P\n') |
		sed -n -e p -e 's|^/usr\(/s\?bin/\)|\1|p' -e 's|^/usr\(/lib\)|\1|p' >"$WORK/.paths"
	grep -lxFf "$WORK/.paths" "${system-}"/var/lib/dpkg/info/*.list | sed 's|.*/||; s|\.list$||'
}

# sizes PACKAGE...: of the rootfs, of the program's own packages, and of all that it has files of.
sizes() {
	local all=()
	echo "# $PROGRAM: rootfs $(du -s --bytes "$root" | awk '{ printf "%.1f MB", $1 / 1000000 }')"
	[ -d "${system-}/var/lib/dpkg/info" ] || return 0
	readarray -t all < <(packages_there)
	[ ${#all[@]} -eq 0 ] || echo "# $PROGRAM: its files are of $(packages_size "${all[@]}"); $* alone: $(packages_size "$@")"
}

# What a container runtime would put there.
make_container() {
	make_devices "$root"
	mkdir -p "$root/proc"
	mknod -m 666 "$root/dev/zero" c 1 5
	mknod -m 666 "$root/dev/random" c 1 8
	mknod -m 666 "$root/dev/tty" c 5 0
	mkdir -m 1777 "$root/dev/shm"
	ln -s /proc/self/fd "$root/dev/fd"
	ln -s /proc/self/fd/0 "$root/dev/stdin"
	ln -s /proc/self/fd/1 "$root/dev/stdout"
	ln -s /proc/self/fd/2 "$root/dev/stderr"
}

# Whether mkrootfs has said of each helper how it is brought.
tells_of() {
	local helper
	for helper; do
		grep -qE -e " -a $helper( |\$)" "$WORK/.told" ||
			{ echo "$helper is not told of"; cat "$WORK/.told"; return 1; }
	done
}

# program NAME PACKAGE... -- ARG...: harvests with those arguments, and with the helpers, into $root;
# the Debian packages are those that a user would install for it.
program() {
	local helper packages=() adds=()
	PROGRAM=$1
	root=$WORK/$1
	PROGRAM_MARK=rules
	shift
	while [ "$1" != -- ]; do
		packages+=("$1")
		shift
	done
	shift
	case " $* " in *" --trace "*) PROGRAM_MARK=trace ;; esac
	if [ ${#helpers[@]} -gt 0 ]; then
		PROGRAM_MARK=add
		mkrootfs "$@" -d "$root" 2>"$WORK/.told"
		rm -rf "$root"
		check "$PROGRAM: mkrootfs tells of ${helpers[*]}" tells_of "${helpers[@]}"
		for helper in "${helpers[@]}"; do
			adds+=(--add "$helper")
		done
	fi
	for helper in ${commands+"${commands[@]}"}; do
		PROGRAM_MARK=add
		adds+=(--add "$(type -P "$helper")")
	done
	check "$PROGRAM: is harvested" mkrootfs ${adds+"${adds[@]}"} "$@" -d "$root"
	helpers=()
	commands=()
	[ -d "$root" ] || return 0
	sizes "${packages[@]}"
	make_container
}

# inside [-u UID] [NAME=VALUE...] COMMAND...: runs the command in $root as 10000 or UID, $LIMIT seconds at most.
inside() {
	local variables=() uid=10000
	[ "$1" != -u ] || { uid=$2; shift 2; }
	while [[ $1 == [A-Z]*=* ]]; do
		variables+=("$1")
		shift
	done
	timeout -k 1 "$LIMIT" "${CLEAN[@]}" ${variables+"${variables[@]}"} "${ENTER[@]}" \
		"$uid" "$root" "$@"
}

# serve COMMAND...: starts a server in $root as 10000; its process is $server, what it says is in
# $root.log.
serve() {
	"${CLEAN[@]}" "${ENTER[@]}" 10000 "$root" "$@" </dev/null >"$root.log" 2>&1 &
	server=$!
	BACKGROUND+=("$server")
}

# Whether the server ends with STATUS on SIGNAL, ten seconds later at the latest.
ends_with() {
	local tries=100
	kill -s "$2" "$server"
	while kill -0 "$server" 2>/dev/null; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || { echo "it goes on"; kill -KILL "$server"; return 1; }
		sleep 0.1
	done
	status "$1" wait "$server"
}

# run NAME COMMAND...: test_NAME, where the commands are installed.
run() {
	local name=$1 command
	shift
	case " ${PROGRAMS-$name} " in *" $name "*) ;; *) return ;; esac
	for command; do
		command -v "$command" >/dev/null || { skip "$name" "$command is not installed"; return; }
	done
	PROGRAM_FAILED=$FAILED
	"test_$name"
	if [ "$FAILED" -gt "$PROGRAM_FAILED" ]; then
		PROGRAM_MARK=fails
		DO_NOT_PASS="$DO_NOT_PASS $name"
		[ ! -e "$root.log" ] || tail -n 20 "$root.log" | sed 's/^/# /'
	fi
	MARKS[$PROGRAM_MARK]=$((MARKS[$PROGRAM_MARK] + 1))
	sweep 2>/dev/null
	rm -rf --one-file-system "$root"
}

finish_programs() {
	echo "# ${MARKS[rules]} by rules alone, ${MARKS[add]} with an --add of a helper program," \
		"${MARKS[trace]} need --trace, ${MARKS[fails]} do not pass$DO_NOT_PASS"
	finish
}

need_root
need timeout unshare
enter
