#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The version of the bytes: a small sysroot, made of nothing that varies, gives archives of known
# digests. Where one changes, so does the version, with a line in CHANGELOG.md that says why:
# whoever pinned a digest reads there that their files did not change.
. "$(dirname "$0")/lib.sh"
need python3 sha256sum
umask 022

root=$WORK/sysroot
mkdir -p "$root/bin" "$root/usr/lib/data" "$root/srv/drop"
ln -s usr/lib "$root/lib"
PYTHONPATH=$SOURCE/tests/oracle python3 -c '
import os, sys
from tiny_elf import ET_EXEC, make
root = sys.argv[1]
def put(path, content):
    with open(os.path.join(os.fsencode(root), path), "wb") as file:
        file.write(content)
put(b"bin/main", make(kind=ET_EXEC, dynamic=False))
put(b"usr/lib/data/empty", b"")
put(b"usr/lib/data/block", bytes(range(256)) * 2)
put(b"usr/lib/data/more", b"x" * 513)
put(b"usr/lib/data/" + b"n" * 200, b"a name of 200 bytes")
put(b"usr/lib/data/\xff\xfe", b"a name that is no UTF-8")
put("usr/lib/data/é".encode(), b"a name that is UTF-8, and no ASCII")
' "$root" || skip_all "the sysroot could not be made"
ln "$root/usr/lib/data/block" "$root/usr/lib/data/twin"
ln -s "$(printf '../%.0s' {1..60})srv" "$root/usr/lib/data/far"
chmod 755 "$root/bin/main"
chmod 1777 "$root/srv/drop"
chmod 640 "$root/usr/lib/data/more"
find "$root" -exec touch -h -d @1600000000 {} +
touch -d @1800000000 "$root/usr/lib/data/more"
touch -d @86400 "$root/usr/lib/data/empty"

# digest FILE [OPTION...]: whether the archive has the digest that is kept for it.
digest() {
	local file=$1
	shift
	SOURCE_DATE_EPOCH=1700000000 mkrootfs --sysroot "$root" /bin/main -a /usr/lib/data -a /srv \
		--bare --chown 3:4 --mkdir /run/app:0750:1000:1000 "$@" -o "$WORK/$file" &&
		(cd "$WORK" && sha256sum "$file") | diff <(grep " $file\$" "$HERE/golden_bytes.sha256") -
}

check "tar" digest plain.tar
check "cpio" digest plain.cpio
check "an OCI image layout" digest oci.tar --format oci --compress none --entrypoint /bin/main \
	--env A=b --label a.b=c --tag app:1 --volume /srv --expose 80 --workdir /srv
check "an archive for docker load" digest docker.tar --format docker --compress none --tag app:1
check "the changelog has a line for each version of the bytes" \
	grep -q "^| $(sed -n 's/^# version //p' "$HERE/golden_bytes.sha256") | " "$SOURCE/CHANGELOG.md"
finish
