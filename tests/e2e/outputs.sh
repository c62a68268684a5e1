#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every output of one harvest holds the same files, and appears at its place only whole.
. "$(dirname "$0")/lib.sh"
need_root
need tar gzip zstd xz cpio

program=/usr/bin/env
mkdir "$WORK/out"
cd "$WORK/out" || exit 1

runs() {
	prints hello as 10000 "$1" /usr/bin/env WORD=hello /usr/bin/printenv WORD
}

names() {
	find . -mindepth 1 -maxdepth 1 -printf '%P\n' | sort | xargs
}

# Names, types, modes, owners, targets, links and of files sizes and times: GNU cpio sets no others.
inventory() {
	(cd "$1" && find . -mindepth 1 -printf '%P %y %m %U:%G %l %n' \
		\( -not -type f -o -printf ' %s %T@' \) -printf '\n' | sort)
}

check "all outputs of one run are written" \
	mkrootfs $program /usr/bin/printenv --user app:10000 -d dir -o a.tar -o a.tar.gz -o a.tgz \
	-o a.tar.zst -o a.tar.xz -o a.cpio -o a.cpio.gz
check "nothing else is" prints "a.cpio a.cpio.gz a.tar a.tar.gz a.tar.xz a.tar.zst a.tgz dir" \
	names
inventory dir >"$WORK/expected"
check "the directory runs" runs dir

# unpack ARCHIVE: with the usual tools, into ARCHIVE.d
unpack() {
	mkdir "$1.d"
	case $1 in
	*.tar) tar -C "$1.d" -xpf "$1" ;;
	*.tar.gz | *.tgz) gzip -dc "$1" | tar -C "$1.d" -xpf - ;;
	*.tar.zst) zstd -qdc "$1" | tar -C "$1.d" -xpf - ;;
	*.tar.xz) xz -dc "$1" | tar -C "$1.d" -xpf - ;;
	*.cpio) (cd "$1.d" && cpio -idm --quiet) <"$1" ;;
	*.cpio.gz) gzip -dc "$1" | (cd "$1.d" && cpio -idm --quiet) ;;
	esac
}

for archive in a.tar a.tar.gz a.tgz a.tar.zst a.tar.xz a.cpio a.cpio.gz; do
	check "$archive unpacks without a word" prints "" unpack $archive
	check "$archive holds what the directory holds" \
		diff "$WORK/expected" <(inventory $archive.d)
	check "$archive runs" runs $archive.d
done

check "times of directories too, in a tar" prints 1 stat -c %Y a.tar.d/usr/bin
check "and in the directory" prints 1 stat -c %Y dir/usr/bin

check "- is standard output, a tar" cmp a.tar <("$MKROOTFS" $program /usr/bin/printenv \
	--user app:10000 -o -)
check "--format cpio to standard output" cmp a.cpio <("$MKROOTFS" $program /usr/bin/printenv \
	--user app:10000 --format cpio -o -)
mkfifo fifo
background cat fifo >from-fifo
check "a FIFO is written into" mkrootfs $program /usr/bin/printenv --user app:10000 \
	--format tar -o fifo
wait $!
check "and stays one" test -p fifo
check "what came through is the archive" cmp a.tar from-fifo
check "an archive of the same name is replaced" mkrootfs $program /usr/bin/printenv \
	--user app:10000 -o a.tar.gz
check "by the same bytes" cmp <(gzip -dc a.tar.gz) a.tar
check "an unknown suffix is a usage error" status 2 mkrootfs $program -o a.zip
check "and makes nothing" not test -e a.zip

# Staging directories.
check "a directory that is not empty is refused" status 1 mkrootfs $program -d dir
check "and unchanged" diff "$WORK/expected" <(inventory dir)
check "--force replaces one that mkrootfs made" mkrootfs $program --force -d dir
check "by the new content" not test -e dir/usr/bin/printenv
mkdir empty foreign
touch foreign/file
check "an empty directory is filled" mkrootfs $program -d empty
check "--force refuses a foreign directory" status 1 mkrootfs $program --force -d foreign
check "and leaves it alone" prints file ls -A foreign

# What is added.
mkdir -p "$WORK/tree/sub"
echo one >"$WORK/tree/one"
ln -s ../one "$WORK/tree/sub/link"
ln "$WORK/tree/one" "$WORK/tree/twin"
chmod 4750 "$WORK/tree/sub"
check "--add, --symlink, --mkdir and --chown" mkrootfs $program --add "$WORK/tree:/opt/tree" \
	--symlink tree/one:/opt/one --mkdir /data:1770:7:8 --chown 3:4 -d added
check "a directory is added whole" prints "$(cd "$WORK/tree" && find . | sort)" \
	sh -c 'cd added/opt/tree && find . | sort'
check "with its links" prints ../one readlink added/opt/tree/sub/link
check "and hard links" test added/opt/tree/one -ef added/opt/tree/twin
check "and modes" prints 4750 stat -c %a added/opt/tree/sub
check "--symlink makes a link" prints one cat added/opt/one
check "--mkdir makes a directory, mode and owner as said" prints "1770 7:8" stat -c '%a %u:%g' added/data
check "--chown owns the rest" prints "3:4" stat -c '%u:%g' added/opt/tree/one
check "two things at one path: status 1" status 1 mkrootfs $program --add "$WORK/tree/one:/same" \
	--add /etc/hostname:/same --list
check "both are named" says /etc/hostname mkrootfs $program --add "$WORK/tree/one:/same" \
	--add /etc/hostname:/same --list

if command -v setcap >/dev/null && cp /usr/bin/true "$WORK/able" &&
	setcap cap_net_bind_service+ep "$WORK/able" 2>/dev/null; then
	mkrootfs "$WORK/able:/able" -o able.tar -d able
	check "file capabilities are kept in a directory" \
		prints "able/able cap_net_bind_service=ep" getcap able/able
	mkdir able.d
	tar -C able.d --xattrs --xattrs-include='*' -xpf able.tar
	check "and in a tar" prints "able.d/able cap_net_bind_service=ep" getcap able.d/able
else
	skip "file capabilities" "setcap does not work here"
fi
finish
