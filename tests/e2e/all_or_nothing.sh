#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Whatever goes wrong, what was there before is there still, and nothing besides.
. "$(dirname "$0")/lib.sh"

cd "$WORK" || exit 1
mkdir out
cd out || exit 1

fresh() {
	rm -rf ./* ./.??*
	echo before >a.tar.xz
	mkdir dir
}

names() {
	find . -mindepth 1 -maxdepth 1 -printf '%P\n' | sort | xargs
}

untouched() {
	prints "a.tar.xz dir" names && prints before cat a.tar.xz &&
		prints "" ls -A dir
}

# Work that takes long enough to be met in the middle: xz over something big.
big=$WORK/big
head -c 200000000 /dev/urandom >"$big"

writing_began() {
	[ "$(names)" != "a.tar.xz dir" ]
}

# stopped_by SIGNAL [OPTION...]: is stopped while it writes, and dies of the signal.
stopped_by() {
	local pid result=0
	# A shell's background job ignores SIGINT, and what ignores it goes on ignoring it.
	env --default-signal="$1" "$MKROOTFS" /usr/bin/env --add "$big:/big" -o a.tar.xz -d dir "${@:2}" &
	pid=$!
	BACKGROUND+=("$pid")
	wait_for writing_began || return 1
	kill "-$1" "$pid"
	wait "$pid" || result=$?
	[ "$result" -eq $((128 + $(kill -l "$1"))) ] || { echo "status $result"; return 1; }
}

for signal in TERM INT HUP; do
	fresh
	check "SIG$signal in the middle of writing ends it, by that signal" stopped_by $signal
	check "SIG$signal: everything is as it was" untouched
done

fresh
check "SIGTERM while an image's layer is made ends it, by that signal" \
	stopped_by TERM --format oci --dockerfile Dockerfile
check "an image leaves nothing either" untouched

fresh
check "a missing library among good programs: status 3" \
	status 3 mkrootfs /usr/bin/env --preload libnowhere.so -o a.tar.xz -d dir
check "nothing changed by that" untouched
check "an output that cannot be made: status 1" \
	status 1 mkrootfs /usr/bin/env -o a.tar.xz -d dir -o /nonexistent/b.tar
check "the other outputs did not appear" untouched
check "a directory that is refused: status 1" \
	status 1 mkrootfs /usr/bin/env -o a.tar.xz -d dir -d /usr
check "the others did not appear then either" untouched
check "a file that is no program: status 1" status 1 mkrootfs a.tar.xz -o b.tar -d dir
check "no output for that" untouched

# What a run leaves that is killed at once, the next one to the same place removes; what another
# run is still writing, it does not.
fresh
mkrootfs_killed() {
	local pid
	"$MKROOTFS" /usr/bin/env --add "$big:/big" -o a.tar.xz -d dir &
	pid=$!
	BACKGROUND+=("$pid")
	wait_for writing_began || return 1
	kill "-$1" "$pid"
	LIVING=$pid
}
left_over() {
	find . -mindepth 1 -maxdepth 1 -name '.*.mkrootfs-*' | wc -l
}
check "SIGKILL leaves something" mkrootfs_killed KILL
wait "$LIVING"
check "under names of its own" not prints 0 left_over
check "the next run" mkrootfs /usr/bin/env -o a.tar.xz -d dir
check "removes it" prints 0 left_over
fresh
check "a run that is stopped" mkrootfs_killed STOP
written=$(left_over)
check "and another to the same place" mkrootfs /usr/bin/env -o a.tar.xz
check "do not hinder each other" prints "$written" left_over
kill -TERM "$LIVING"
kill -CONT "$LIVING"
wait "$LIVING"
check "the first leaves nothing when it is ended" prints 0 left_over
fresh

mkdir hostile
cp /usr/bin/env $'hostile/app"\nRUN id\n#'
check "a name with a line break makes no line of a Dockerfile" \
	says "cannot hold the line break" status 1 \
	mkrootfs $'hostile/app"\nRUN id\n#' -d hostile/named --dockerfile hostile/Dockerfile
check "and no directory either" prints 1 sh -c 'ls -1b hostile | wc -l'
rm -r hostile

if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	cp "$MKROOTFS" "$WORK/mkrootfs"
	chmod 755 "$WORK/mkrootfs"
	check "a folder without the right to write: status 1" \
		status 1 "${nobody[@]}" "$WORK/mkrootfs" /usr/bin/env -o "$WORK/out/b.tar"
	check "nothing is left there" untouched
else
	skip "a folder without the right to write" "only root can become another user"
fi

# What another user laid into a directory that everybody may write to is not written through.
if [ "$(id -u)" -eq 0 ]; then
	mkdir -m 1777 shared
	echo victim >victim
	ln -s ../victim shared/link.tar
	mkfifo shared/fifo.tar
	echo theirs >shared/file.tar
	mkdir shared/dir
	chown -h 65534 shared/*
	for name in link.tar fifo.tar file.tar; do
		check "another's $name in a shared directory: status 1" \
			says "another user's" status 1 mkrootfs /usr/bin/env -o "shared/$name"
	done
	check "another's directory there, too" \
		says "another user's" status 1 mkrootfs /usr/bin/env -d shared/dir
	check "what the link leads to is as it was" prints victim cat victim
	check "and the file, too" prints theirs cat shared/file.tar
	check "nothing else appeared" prints "dir fifo.tar file.tar link.tar" \
		sh -c 'ls -A shared | xargs'
	ln -s ../mine.tar shared/own.tar
	check "a link of one's own there is followed" mkrootfs /usr/bin/env -o shared/own.tar
	check "as it is elsewhere" test -f mine.tar
	rm -rf shared
else
	skip "links of another user" "only root can become another user"
fi

# A file system that is full.
if [ "$(id -u)" -eq 0 ] && mkdir small && mount -t tmpfs -o size=1m none small 2>/dev/null; then
	echo before >small/a.tar
	check "a full file system: status 1" \
		status 1 mkrootfs /usr/bin/env --add "$big:/big" -o small/a.tar
	check "what was there is there still" prints before cat small/a.tar
	check "and nothing else" prints a.tar ls -A small
	umount small
else
	skip "a full file system" "no tmpfs can be mounted here"
fi
finish
