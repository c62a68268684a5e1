#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ffmpeg, a closure of some two hundred libraries, resolves whole and encodes in a chroot.
. "$(dirname "$0")/lib.sh"
need_root
need ffmpeg ldd python3

root=$WORK/root
ffmpeg=$(command -v ffmpeg)

# Every object that the closure has, as the files they are: ldd's words, the loader, the program.
ldd_files() {
	{
		echo "$ffmpeg"
		ldd "$ffmpeg" | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\//) print $i }'
	} | xargs -d '\n' readlink -f | sort -u
}

json_files() {
	python3 -c 'import json, sys
for o in json.load(open(sys.argv[1]))["objects"]: print(o["path"])' "$WORK/json" |
		xargs -d '\n' readlink -f | sort -u
}

mkrootfs "$ffmpeg" --dlopen none --json >"$WORK/json"
ldd_files >"$WORK/by-ldd"
json_files >"$WORK/by-json"
echo "# $(wc -l <"$WORK/by-ldd") files by ldd, $(wc -l <"$WORK/by-json") by mkrootfs"
check "the closure is ldd's, file for file" diff "$WORK/by-ldd" "$WORK/by-json"
check "ffmpeg is harvested" mkrootfs "$ffmpeg" -d "$root"
check "it runs" as 10000 "$root" "$ffmpeg" -v error -version
check "it encodes" as 10000 "$root" "$ffmpeg" -nostdin -v error -f lavfi -i testsrc=d=0.2:s=64x64 \
	-c:v mpeg4 /tmp/test.avi
check "the film can be read" as 10000 "$root" "$ffmpeg" -nostdin -v error -i /tmp/test.avi -f null -
finish
