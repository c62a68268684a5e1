# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the suites of programs that no rule was written for share. Their programs were chosen without
# looking at whether they work. They are installed in a Debian of the suite's own, with maintainer
# scripts run, and harvested out of it by --sysroot, as their user would: configuration by --add, data
# by --mkdir, --user for a server. A real job is done in that Debian and in a chroot of the rootfs; the
# two have to give the same answer. What comes of it:
#
#	by default	the rootfs of the first harvest did the job
#	as told		a harvest with the options that warnings of the first had named did it
#	does not work	the table in any_programs_known has to have it, with the reason
#
# A suite sources this file and has a function test_NAME a program, which makes what the user brings,
# defines `job` and ends with `try`; then come `start_debian`, `run` and `finish_any`. PROGRAMS="NAME..." in the environment runs some alone;
# DIAGNOSE=1 tells which files of the Debian a program looked for in vain.

# shellcheck source=tests/e2e/programs_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/programs_lib.sh"
# shellcheck source=tests/e2e/debian.sh
. "$HERE/debian.sh"

KNOWN=$HERE/any_programs_known
# The Debian, with what programs_lib.sh looks up there.
system=$WORK/debian
# The same for jobs, whose files are not to be harvested: $system with a layer of its own over it.
machine=$WORK/machine
# Inside of either is what a container has: /proc, and terminals.
# shellcheck disable=SC2016 # for the inner shell
TERMINALS='mount -t devpts -o newinstance,ptmxmode=666,mode=666 devpts "$2/dev/pts" && exec chroot'
ENTER=("${ENTER[@]/exec chroot/"$TERMINALS"}")
# Where the job is done, either $machine or a rootfs, and as which user.
where=
uid=10000
port=
other=
# Directories that the user of the program makes, as arguments.
rooms=()
JOBS=0
declare -A TALLY=([default]=0 [told]=0 [known]=0 [wrong]=0)
NAMES_TOLD=
NAMES_WRONG=

leave() {
	sweep
	umount "$machine" 2>/dev/null
	clean_up
}
trap leave EXIT

# start_debian KIND [SCRIPT]: makes the Debian with the packages of that kind, in which the script ran;
# suites that run at a time share it.
start_debian() {
	local tar packages sum
	need mmdebstrap flock
	packages=$(sed -n "s/^$1[[:space:]]\+//p" "$HERE/any_programs_packages" | xargs)
	sum=$(cksum <<<"$packages${2-}" | cut -d ' ' -f 1)
	mkdir -p "${CACHE:=$WORK}"
	tar=$(exec 8>"$CACHE/$1.lock" && flock 8 && debian "$1-$sum" "${packages// /,}" "${2-}") ||
		skip_all "no Debian 12 with these programs could be made: $(tail -n 1 "$WORK/debian.log")"
	cd / || exit 1 # where a command inside starts, and what it thinks of $PWD
	mkdir "$system" "$machine"
	tar -C "$system" -xpf "$tar" || exit 1
	mkdir -p "$system/job"
}

# The layer is thrown away after each job, so that the next harvest finds a machine at rest. Where the
# kernel has no overlays for us, what a job wrote is there for the next.
lay_machine() {
	umount "$machine" 2>/dev/null
	rm -rf "$WORK/layer"
	mkdir -p "$WORK/layer/work" "$WORK/layer/upper"
	mount -t overlay -o "lowerdir=$system,upperdir=$WORK/layer/upper,workdir=$WORK/layer/work" \
		overlay "$machine" 2>/dev/null || mount --bind "$system" "$machine"
	ln -sf pts/ptmx "$machine/dev/ptmx"
	chmod 1777 "$machine/dev/shm"
	echo "app:x:10000:10000::/:/usr/sbin/nologin" >>"$machine/etc/passwd"
	echo "app:x:10000:" >>"$machine/etc/group"
}

# give PATH: standard input is a file of the user's in the Debian.
give() {
	mkdir -p "$(dirname "$system$1")"
	cat >"$system$1"
}

# room PATH: a directory that the user makes for the program to write in.
room() {
	mkdir -p "$system$1"
	chmod 1777 "$system$1"
	rooms+=(--mkdir "$1:1777")
}

# here COMMAND...: in the place of the job, $LIMIT seconds at most. A word like NAME=VALUE before it is a
# variable.
here() {
	in_place "$where" "$@"
}

# The same in the Debian, whatever is under test: a client, or what makes an input.
outside() {
	in_place "$machine" "$@"
}

in_place() {
	local variables=() place=$1 watch=()
	shift
	while [[ $1 == [A-Z_]*=* ]]; do
		variables+=("$1")
		shift
	done
	watcher "$place"
	timeout -k 1 "$LIMIT" "${CLEAN[@]}" ${variables+"${variables[@]}"} ${watch+"${watch[@]}"} \
		"${ENTER[@]}" "$uid" "$place" "$@"
}

# What goes before a command in a rootfs where DIAGNOSE wants to know what it looks for.
watcher() {
	if [ -n "${DIAGNOSE-}" ] && [ "$1" != "$machine" ]; then
		JOBS=$((JOBS + 1))
		watch=(strace -f -qq -e trace=%file -e signal=none -s 400 -o "$1.strace.$JOBS.$BASHPID")
	fi
}

# A server in the place of the job. What it says is in $WORK/log.
up() {
	local variables=() watch=()
	while [[ $1 == [A-Z_]*=* ]]; do
		variables+=("$1")
		shift
	done
	watcher "$where"
	"${CLEAN[@]}" ${variables+"${variables[@]}"} ${watch+"${watch[@]}"} "${ENTER[@]}" "$uid" "$where" "$@" \
		</dev/null >>"$WORK/log" 2>&1 &
	server=$!
	disown
	BACKGROUND+=("$server")
}

# until_it COMMAND...: prints what the command prints when it succeeds at last, ten seconds later at
# the latest, or when the server is gone (that is no news of one that FORKS).
until_it() {
	local last=$((SECONDS + 10)) log=$WORK/.until.log
	until "$@" >"$WORK/.until" 2>"$log"; do
		if [ "$SECONDS" -gt "$last" ] || { [ -z "${FORKS-}" ] && ! kill -0 "$server" 2>/dev/null; }; then
			cat "$log" >&2
			return 1
		fi
		sleep 0.2
	done
	cat "$WORK/.until"
}

# until_it_is TENTHS COMMAND...: the same without a server of ours, that many tenths of a second.
until_it_is() {
	local tries=$1
	shift
	until "$@" >"$WORK/.until" 2>"$WORK/.until.log"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || { cat "$WORK/.until.log" >&2; return 1; }
		sleep 0.1
	done
	cat "$WORK/.until"
}

# talk PORT LINE...: what a server answers on a connection to it; PACE seconds are between the lines.
talk() {
	local port=$1 line
	shift
	{ exec 9<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || return
	{
		sleep "${PACE-0}"
		for line; do
			printf '%s\r\n' "$line"
			sleep "${PACE-0}"
		done
	} >&9
	timeout 5 cat <&9 | tr -d '\r'
	exec 9>&-
}

# of FILE: what identifies its content.
of() {
	cksum <"$where$1"
}

# page URL: of a server.
page() {
	outside curl -sS --max-time 10 "$@"
}

# do_job PLACE: the answer is in $WORK/answer, what went wrong in $WORK/log.
do_job() {
	local status=0
	where=$1
	lay_machine
	: >"$WORK/log"
	set -o pipefail
	job >"$WORK/answer" 2>>"$WORK/log" </dev/null || status=$?
	set +o pipefail
	sweep 2>/dev/null
	[ "$status" -eq 0 ] || echo "status $status" >>"$WORK/answer"
	[ "$status" -eq 0 ] && [ -s "$WORK/answer" ]
}

# The options that warnings in $WORK/told name, a word a line.
advice() {
	grep -oE -e '(-a|--add) /[^ ;,:]+' -e '--(with|allow-missing) [^ ;,:]+' -e '--dlopen suggested' "$WORK/told" |
		awk '!seen[$0]++' | tr ' ' '\n'
}

# harvest ARG...: into $root; what it says is in $WORK/told.
harvest() {
	rm -rf --one-file-system "$root"
	case " $* " in *" --user "*) ;; *) set -- "$@" --user app ;; esac
	"$MKROOTFS" --sysroot "$system" "$@" ${rooms+"${rooms[@]}"} -d "$root" 2>"$WORK/told" || {
		echo "mkrootfs: status $?" >"$WORK/answer"
		cp "$WORK/told" "$WORK/log"
		return 1
	}
	make_container
	mkdir -p "$root/sys" "$root/dev/pts"
	ln -s pts/ptmx "$root/dev/ptmx"
}

works() {
	harvest "$@" && do_job "$root" && cmp -s "$WORK/answer" "$WORK/expected"
}

# With what it told, and once more with what it told then.
works_as_told() {
	local added=() before
	for _ in 1 2; do
		before=${#added[@]}
		readarray -t -O "$before" added < <(advice)
		[ ${#added[@]} -gt "$before" ] || return
		echo "# $PROGRAM: told ${added[*]}"
		works "$@" "${added[@]}" && return
	done
	return 1
}

last_words() {
	{
		grep -vxFf "$WORK/expected" "$WORK/answer" | head -n 3
		grep -v '^$' "$WORK/log" | tail -n 4
	} | cut -c 1-300 | tr -c '[:print:]\n' '?' | sed "s|^|# $PROGRAM: |"
}

# Files of the Debian that the job looked for in its rootfs in vain.
looked_for() {
	[ -n "${DIAGNOSE-}" ] || return
	cat "$root".strace.* 2>/dev/null | grep ENOENT | grep -o '"/[^"]*"' | tr -d '"' | sort -u |
		grep -vE '^/etc/(ld.so.cache|localtime|(host|resolv|gai).conf|terminfo)$|/gconv/|__pycache__' |
		while read -r path; do
			[ ! -e "$system$path" ] || [ -e "$root$path" ] || echo "# $PROGRAM: lacks $path"
		done | head -n "${DIAGNOSE}"
}

known() {
	sed -n "s/^${PROGRAM}[[:space:]]\+//p" "$KNOWN"
}

ends() {
	TALLY[$1]=$((TALLY[$1] + 1))
	case $1 in
	told) NAMES_TOLD="$NAMES_TOLD $PROGRAM" ;;
	wrong) NAMES_WRONG="$NAMES_WRONG $PROGRAM" ;;
	esac
}

# try PACKAGES ARG...: the result for $PROGRAM, harvested with ARG...; PACKAGES are those that its user
# would install.
try() {
	local packages reason result=wrong
	read -r -a packages <<<"$1"
	shift
	root=$WORK/$PROGRAM
	reason=$(known)
	do_job "$machine" || {
		tail -n 20 "$WORK/answer" "$WORK/log" | cut -c 1-300 | sed 's/^/# /'
		check "$PROGRAM: does its job in the Debian" false
		ends wrong
		return
	}
	mv "$WORK/answer" "$WORK/expected"
	if works "$@"; then
		result=default
	elif works_as_told "$@"; then
		result=told
	fi
	case $result in
	default) check "$PROGRAM: works by default" test -z "$reason" ;;
	told) check "$PROGRAM: works with what was told" test -z "$reason" ;;
	*)
		last_words
		looked_for
		check "$PROGRAM: does not work: ${reason:-it is not known why}" test -n "$reason"
		[ -z "$reason" ] || result=known
		;;
	esac
	[ "$result" = known ] || [ -z "$reason" ] || result=wrong
	ends "$result"
	[ ! -d "$root/usr" ] || sizes "${packages[@]}"
}

# run NAME...: the function that is called so, for each.
run() {
	for PROGRAM; do
		case " ${PROGRAMS-$PROGRAM} " in *" $PROGRAM "*) ;; *) continue ;; esac
		uid=10000
		rooms=()
		port=$(free_port)
		# shellcheck disable=SC2034 # for the suites
		other=$(free_port)
		"test_$PROGRAM"
		rm -rf --one-file-system "${WORK:?}/$PROGRAM" "$WORK/$PROGRAM".strace.* "$system/job/"*
	done
}

finish_any() {
	echo "# ${TALLY[default]} by default, ${TALLY[told]} with what was told$NAMES_TOLD," \
		"${TALLY[known]} known not to work, ${TALLY[wrong]} otherwise$NAMES_WRONG"
	finish
}
