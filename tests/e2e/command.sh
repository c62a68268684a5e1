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

# Options from a file.
cat >"$WORK/options" <<EOF
# what goes in
/usr/bin/env --add "$WORK/a file:/etc/a file"
--list
EOF
echo text >"$WORK/a file"
check "@FILE gives the options in FILE" grep -x '/etc/a file' <("$MKROOTFS" "@$WORK/options")
check "they are as those on the command line" cmp <("$MKROOTFS" "@$WORK/options") \
	<("$MKROOTFS" /usr/bin/env --add "$WORK/a file:/etc/a file" --list)
check "FILE may be a pipe" cmp <("$MKROOTFS" @<(echo /usr/bin/env --list)) \
	<("$MKROOTFS" /usr/bin/env --list)

# Mistakes: one line that names the file and the fault, perhaps one of what to do, and nothing made.
mistakes=$WORK/mistakes
mkdir -p "$mistakes/dir" "$mistakes/empty-sysroot"
(
	cd "$mistakes" || exit 1
	echo text >text
	: >empty
	mkfifo fifo
	head -c 200 "$(command -v env)" >broken
	printf '#!/nowhere/interpreter\n' >orphan
	printf '#!%s/loop\n' "$mistakes" >round
	printf '#!/bin/sh\r\necho\r\n' >dos
	printf '#!%s/narcissus\n' "$mistakes" >narcissus
	printf '#!\n' >nothing
	printf '#!/bin/sh\n' >plain
	mkdir circles
	ln -s loop loop
	ln -s loop circles/loop
	ln -s /nowhere dangling
	echo "both.tar 'x" >quote
	chmod 755 round empty broken orphan dos narcissus nothing
	cp "$(command -v env)" closed
	cp closed both.tar
	chmod 000 closed
)

# mistake STATUS MESSAGE ARG...: in the directory of mistakes.
mistake() {
	local expected=$1 message=$2 actual=0
	shift 2
	rm -rf "$mistakes/out.tar"
	(cd "$mistakes" && mkrootfs "$@") >"$WORK/said.out" 2>"$WORK/said" </dev/null || actual=$?
	cat "$WORK/said"
	[ "$actual" -eq "$expected" ] || { echo "status $actual, not $expected"; return 1; }
	grep -q -e "$message" "$WORK/said" || { echo "nothing says: $message"; return 1; }
	[ "$(grep -c '^mkrootfs: ' "$WORK/said")" -eq 1 ] || { echo "not one line"; return 1; }
	[ ! -e "$mistakes/out.tar" ] || { echo "something was made"; return 1; }
}
# wrong DESCRIPTION STATUS MESSAGE ARG...
wrong() {
	local description=$1
	shift
	check "$description: status $1" mistake "$@"
}
wrong "a directory as FILE" 1 '/dir: is not a regular file' ./dir -o out.tar
wrong "a FIFO as FILE" 1 '/fifo: is not a regular file' ./fifo -o out.tar
wrong "a text as FILE" 1 '/text: is neither an ELF file nor a script' ./text -o out.tar
wrong "an empty FILE" 1 '/empty: is empty' ./empty -o out.tar
wrong "half an ELF file" 1 '/broken: is a broken ELF file: ' ./broken -o out.tar
wrong "a script without its interpreter" 3 '/nowhere/interpreter: interpreter not found, needed by .*/orphan' ./orphan -o out.tar
wrong "a script whose interpreter is links in a circle" 1 '/loop: Too many levels' ./round -o out.tar
wrong "a DEST behind links in a circle" 1 '/loop/x: Too many levels' "./both.tar:$mistakes/loop/x" -o out.tar
wrong "a script from another system" 1 '/dos: cannot be started: its first line ends in a carriage return' ./dos -o out.tar
wrong "a script that interprets itself" 1 '/narcissus: is its own interpreter' ./narcissus -o out.tar
wrong "a first line that names nothing" 1 '/nothing: is neither' ./nothing -o out.tar
wrong "links in a circle" 1 '/loop: Too many levels' ./loop -o out.tar
wrong "a link that leads nowhere" 1 'it is a link, and what it leads to is not there' ./dangling -o out.tar
wrong "a DEST that is no absolute path" 1 'of FILE:DEST, DEST begins with /' ./both.tar:dest -o out.tar
wrong "one of --add likewise" 1 'of SRC:DEST, DEST begins with /' ./both.tar -a text:dest -o out.tar
wrong "a file to be added that is not there" 1 '/nofile: No such file' ./both.tar -a nofile -o out.tar
wrong "a FIFO to be added" 1 '/fifo: is neither a file, a directory nor a link' ./both.tar -a fifo -o out.tar
wrong "no name" 2 "names no file" ./both.tar -a '' -o out.tar
wrong "a sysroot that is a file" 1 '^mkrootfs: text: Not a directory' --sysroot text /bin/env -o out.tar
wrong "one that is not there" 1 '^mkrootfs: nowhere: No such file' --sysroot nowhere /bin/env -o out.tar
wrong "one without FILE" 1 'it is looked for in empty-sysroot' --sysroot empty-sysroot /bin/env -o out.tar
wrong "an output in a directory that is not there" 1 'there is no directory nodir to make it in' ./both.tar -o nodir/out.tar
wrong "an output of no known kind" 2 'the suffix names no format' ./both.tar -o out
wrong "an output that is a directory" 1 'dir: is a directory, not a file' ./both.tar -o dir --format tar
wrong "a directory that is a file" 1 'text: exists and is not a directory' ./both.tar -d text
wrong "two outputs at one place" 1 'is the place of two outputs' ./both.tar -o out.tar -o ./out.tar
wrong "an output that is what goes in" 1 'both.tar: is a file that the rootfs is made of' ./both.tar -o both.tar
check "which is there still" cmp "$(command -v env)" "$mistakes/both.tar"
wrong "a need that nobody knows" 2 "'nosuch' is not a run-time need" ./both.tar --with nosuch -o out.tar
wrong "a value that this system has not" 3 'nothing was found for tz=No/Where' ./both.tar --with tz=No/Where -o out.tar
wrong "a need that this system has nothing for" 3 'nothing was found for qt' ./both.tar --with qt -o out.tar
wrong "a need with and without" 2 'is in both --with and --without' ./both.tar --with tz --without tz -o out.tar
wrong "a file of options that is not there" 1 '^mkrootfs: nofile: No such file' @nofile -o out.tar
check "a path that begins with @ is given otherwise" grep -q 'is given as ./@FILE' "$WORK/said"
wrong "one with a mistake in it" 2 "^mkrootfs: quote: has a quote that is not closed" @quote -o out.tar
wrong "an account of two words" 2 "'a b' is not NAME" ./both.tar --user 'a b' -o out.tar
wrong "a path that is relative" 2 "'x' is not TARGET:LINK with an absolute LINK" ./both.tar --symlink x -o out.tar
wrong "a library to be preloaded that is not there" 3 'nolib.so: not found' ./both.tar --preload nolib.so -o out.tar
wrong "two things at one path" 1 '/etc/x: is asked for as two different things' ./both.tar -a text:/etc/x --symlink /y:/etc/x -o out.tar
wrong "a file where a directory has to be" 1 '/etc: cannot be the file' ./both.tar:/etc -o out.tar
wrong "--why of what is not there" 1 'nothere: is not in the result' --why nothere ./both.tar
wrong "--why of what is behind links in a circle" 1 '/d/loop/x: is not in the result' \
	--why /d/loop/x ./both.tar -a ./circles:/d
check "--why of such a link itself" grep -x /d/loop \
	<("$MKROOTFS" --why /d/loop "$mistakes/both.tar" -a "$mistakes/circles:/d")
check "a script that is not executable is warned of" \
	says "/plain: is not executable" mkrootfs "$mistakes/plain" --list
if [ "$(id -u)" -eq 0 ]; then
	chmod 755 "$mistakes"
	as_nobody() {
		setpriv --reuid 65534 --regid 65534 --clear-groups "$MKROOTFS" "$@"
	}
	if setpriv --reuid 65534 --regid 65534 --clear-groups "$MKROOTFS" --version >/dev/null 2>&1; then
		check "a file that may not be read" \
			says '/closed: Permission denied' as_nobody "$mistakes/closed" -o "$mistakes/out.tar"
		check "one to be added" \
			says '/closed: Permission denied' as_nobody "$mistakes/both.tar" -a "$mistakes/closed" -o "$mistakes/out.tar"
		check "a directory that may not be written to" \
			says 'out.tar: Permission denied' as_nobody "$mistakes/both.tar" -o "$mistakes/out.tar"
		check "nothing is made" test ! -e "$mistakes/out.tar"
	else
		skip "as nobody" "nobody may not run mkrootfs here"
	fi
fi

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
