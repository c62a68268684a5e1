#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The command as a program among others: statuses, messages, streams, what it executes and opens.
. "$(dirname "$0")/lib.sh"

widest() {
	mkrootfs --help | wc -L
}

twice_in_help() {
	mkrootfs --help | grep -oE '^ +(-., )?--[a-z-]+' | grep -oE -e '--[a-z-]+' | sort | uniq -d
}

into() {
	local file=$1
	shift
	"$@" >"$file"
}

to_nobody() {
	"$@" >&-
}

# The status that a command ends with when its reader goes away at once.
status_without_reader() {
	{
		"$@" 2>/dev/null
		echo $? >"$WORK/status"
	} | true
	cat "$WORK/status"
}

says_nothing() {
	"$@" 2>"$WORK/said" >/dev/null && prints "" cat "$WORK/said"
}

with_files() {
	(ulimit -n "$1" && "${@:2}")
}

check "--help is printed to standard output" says_nothing mkrootfs --help
check "--help fits 80 columns" test "$(widest)" -le 80
check "--help names every option once" prints "" twice_in_help
check "--version" grep -E '^mkrootfs [0-9]+\.[0-9]+\.[0-9]+' <("$MKROOTFS" --version)

check "no arguments: status 2" status 2 mkrootfs
check "an unknown option: status 2" status 2 mkrootfs --nonsense
check "an option without its value: status 2" status 2 mkrootfs /usr/bin/env -o
check "a malformed value: status 2" status 2 mkrootfs /usr/bin/env --mkdir data
check "a file that is not there" says 'mkrootfs: /nonexistent: ' mkrootfs /nonexistent
check "a bare name that is in no PATH" says 'mkrootfs: no-such-program: ' mkrootfs no-such-program
check "a bare name is looked up in PATH" \
	cmp <("$MKROOTFS" env --list) <("$MKROOTFS" /usr/bin/env --list)
check "no output and no report: the tree" \
	cmp <("$MKROOTFS" /usr/bin/env) <("$MKROOTFS" /usr/bin/env --tree)
check "the tree starts with the program" \
	grep '/usr/bin/env' <("$MKROOTFS" /usr/bin/env --tree | sed -n 1p)
check "nothing is written to standard error" says_nothing mkrootfs /usr/bin/env -q --list

check "a closed standard output is an error" status 1 to_nobody mkrootfs /usr/bin/env --list
check "so is a reader that went away" prints 1 status_without_reader mkrootfs /usr/bin/env -o -
if [ -c /dev/full ]; then
	check "a full device: reports" status 1 into /dev/full mkrootfs /usr/bin/env --list
	check "a full device: --help" status 1 into /dev/full mkrootfs --help
	check "a full device: archives" status 1 into /dev/full mkrootfs /usr/bin/env -o -
	check "a device as the output is written into" \
		status 1 mkrootfs /usr/bin/env --format tar -o /dev/full
	check "and is never replaced" test -c /dev/full
else
	skip "a full device" "there is no /dev/full"
fi
check "/dev/null as an output" mkrootfs /usr/bin/env --format tar -o /dev/null
check "stays what it is" test -c /dev/null

big=$(command -v ffmpeg || command -v git || echo /usr/bin/env)
check "32 open files are enough" with_files 32 mkrootfs "$big" -o "$WORK/a.tar"
check "for a directory too" with_files 32 mkrootfs /usr/bin/env --bare -d "$WORK/dir"

# A leak checker could not work under another tracer.
executed() {
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=execve,execveat -o "$WORK/trace" \
		"$MKROOTFS" "$big" -o "$WORK/b.tar.zst" -d "$WORK/b" --tree &&
		prints 1 grep -c exec "$WORK/trace"
}
if ! command -v strace >/dev/null; then
	skip "nothing is executed but mkrootfs" "strace is not installed"
elif ! strace -o /dev/null true 2>/dev/null; then
	skip "nothing is executed but mkrootfs" "strace may not trace here"
else
	check "nothing is executed but mkrootfs" executed
fi
finish
