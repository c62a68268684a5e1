#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same input gives the same bytes, whoever asks, wherever and whenever.
. "$(dirname "$0")/lib.sh"
need cmp touch

mkdir "$WORK/in"
cp /usr/bin/env "$WORK/in/program"
mkdir "$WORK/in/extra"
for name in c a b; do
	echo $name >"$WORK/in/extra/$name"
done
cp "$MKROOTFS" "$WORK/mkrootfs"
chmod -R a+rX "$WORK/in"
chmod 755 "$WORK/mkrootfs"
MKROOTFS=$WORK/mkrootfs

# The harvest that is asked for under every condition; all of its inputs have absolute paths.
arguments=("$WORK/in/program:/bin/program" --add "$WORK/in/extra:/extra" --user app:10000)

harvest() {
	"$MKROOTFS" "${arguments[@]}" -o - >"$WORK/now.tar" && cmp "$WORK/first.tar" "$WORK/now.tar"
}

with() {
	env "$@" "$MKROOTFS" "${arguments[@]}" -o - >"$WORK/now.tar" &&
		cmp "$WORK/first.tar" "$WORK/now.tar"
}

under_umask() {
	(umask "$1" && harvest)
}

in_directory() {
	(cd "$1" && harvest)
}

as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$MKROOTFS" "${arguments[@]}" -o - >"$WORK/now.tar" &&
		cmp "$WORK/first.tar" "$WORK/now.tar"
}

check "a first harvest" mkrootfs "${arguments[@]}" -o "$WORK/first.tar"
sleep 1.1
check "the same a second later" harvest
check "umask 000" under_umask 000
check "umask 077" under_umask 077
check "another time zone" with TZ=Pacific/Kiritimati
check "another locale" with LC_ALL=C.UTF-8 LANG=de_DE.UTF-8 LANGUAGE=de
check "an empty environment" with -i PATH=/nowhere
check "a terminal's environment" with TERM=xterm-256color COLUMNS=40 HOME=/nonexistent
check "another current directory" in_directory /
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	check "another user" as_nobody
else
	skip "another user" "only root may become one"
fi

# A copy made in another order, at another time.
mv "$WORK/in/extra" "$WORK/in/old"
mkdir "$WORK/in/extra"
for name in b c a; do
	cp "$WORK/in/old/$name" "$WORK/in/extra/$name"
done
find "$WORK/in" -exec touch -d '2001-02-03 04:05:06' {} +
check "inputs made in another order, at another time" harvest
if command -v faketime >/dev/null && ! ldd "$MKROOTFS" 2>&1 | grep -q 'not a dynamic'; then
	check "another clock" faketime '2038-01-20 00:00:00' "$MKROOTFS" "${arguments[@]}" \
		-o "$WORK/clock.tar"
	check "gives the same bytes" cmp "$WORK/first.tar" "$WORK/clock.tar"
fi

for suffix in tar.gz tar.zst tar.xz cpio cpio.gz; do
	mkrootfs "${arguments[@]}" -o "$WORK/one.$suffix"
	sleep 1.1
	check "$suffix: the same bytes under other names and times" status 0 \
		env TZ=Asia/Tokyo "$MKROOTFS" "${arguments[@]}" -o "$WORK/two.$suffix"
	check "$suffix: byte for byte" cmp "$WORK/one.$suffix" "$WORK/two.$suffix"
done

for format in oci docker; do
	for how in none gzip zstd; do
		image=(--format "$format" --compress "$how" --tag app)
		mkrootfs "${arguments[@]}" "${image[@]}" -o "$WORK/one.tar"
		sleep 1.1
		check "$format, $how: the same digests in another place and time" status 0 \
			env TZ=Asia/Tokyo "$MKROOTFS" "${arguments[@]}" "${image[@]}" -o "$WORK/two.tar"
		check "$format, $how: byte for byte" cmp "$WORK/one.tar" "$WORK/two.tar"
	done
done

latest() {
	tar -tvf "$1" --full-time --utc | awk '{ print $4, $5 }' | sort -u | tail -n 1
}

earliest() {
	tar -tvf "$1" --full-time --utc | awk '{ print $4, $5 }' | sort -u | head -n 1
}

check "all times are a second after 1970 by default" \
	prints "1970-01-01 00:00:01" latest "$WORK/first.tar"
check "none is 0, which some take for never" \
	prints "1970-01-01 00:00:01" earliest "$WORK/first.tar"
touch -d '2001-02-03 04:05:06 UTC' "$WORK/in/extra/a"
touch -d '2021-02-03 04:05:06 UTC' "$WORK/in/extra/b"
SOURCE_DATE_EPOCH=1000000000 mkrootfs "${arguments[@]}" -o "$WORK/epoch.tar"
check "no time is later than SOURCE_DATE_EPOCH" prints "2001-09-09 01:46:40" latest "$WORK/epoch.tar"
check "earlier times are kept" grep "2001-02-03 04:05:06.*extra/a$" \
	<(tar -tvf "$WORK/epoch.tar" --full-time --utc)
check "--mtime keep keeps the later too" grep "2021-02-03 04:05:06.*extra/b$" \
	<(mkrootfs "${arguments[@]}" --mtime keep -o - | tar -tvf - --full-time --utc)
check "a SOURCE_DATE_EPOCH that is no number is refused" \
	status 2 env SOURCE_DATE_EPOCH=yesterday "$MKROOTFS" "${arguments[@]}" --list

# Reports do not change either.
for report in --tree --list --json --ldd; do
	mkrootfs "${arguments[@]}" $report >"$WORK/report"
	check "$report: the same again" \
		cmp "$WORK/report" <(env TZ=Asia/Tokyo LANG=C.UTF-8 "$MKROOTFS" "${arguments[@]}" $report)
done
finish
