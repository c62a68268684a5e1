#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Where files come from: the records that scanners read, bills of materials, and what Make and Ninja
# are told.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
need python3 cc openssl

#
# Debian's own database, beside dpkg's answers.
#
redis=$(command -v redis-server) || skip_all "redis-server is not installed"
if command -v dpkg-query >/dev/null && dpkg-query -S "$(realpath "$redis")" >/dev/null 2>&1; then
	mkrootfs -q "$redis" --package-metadata --sbom "$WORK/redis.spdx.json" --sbom "$WORK/redis.cdx.json" -d "$WORK/redis"
	records=$WORK/redis/var/lib/dpkg/status.d

	sums_are_true() {
		local sums
		for sums in "$records"/*.md5sums; do
			# A package that only a link is of has none.
			[ -s "$sums" ] || continue
			(cd "$WORK/redis" && md5sum --quiet -c "$sums") || { echo "$sums"; return 1; }
		done
	}
	check "every file of a record is there, and has that digest" sums_are_true
	every_package_is_installed() {
		local record name
		for record in "$records"/*; do
			case $record in *.md5sums) continue ;; esac
			name=$(sed -n 's/^Package: //p' "$record")
			[ "$(dpkg-query -W -f '${Version}' "$name")" = "$(sed -n 's/^Version: //p' "$record")" ] ||
				{ echo "$record"; return 1; }
			[ -e "$record.md5sums" ] || return 1
		done
	}
	check "every record is of an installed package, with its version" every_package_is_installed
	check "libc6 has one" test -s "$records/libc6"
	check "os-release is there, and the link to it" test -L "$WORK/redis/etc/os-release"
	# For every file of the document, the package that contains it, as "PATH PACKAGE".
	owners() {
		python3 -c 'import json, sys
document = json.load(open(sys.argv[1]))
names = {p["SPDXID"]: p["name"] for p in document["packages"]}
files = {f["SPDXID"]: f["fileName"][1:] for f in document["files"]}
for r in document["relationships"]:
	if r["relatedSpdxElement"] in files:
		print(files[r["relatedSpdxElement"]], names[r["spdxElementId"]])' "$1" | sort
	}
	# dpkg knows a file by the name that its package has it at: with or without /usr. It is asked
	# for all at once: "PACKAGE[:ARCHITECTURE][, ...]: PATH".
	by_dpkg() {
		cut -d ' ' -f 1 >"$WORK/paths"
		xargs dpkg-query -S <"$WORK/paths" >"$WORK/known" 2>/dev/null
		sed 's|^/usr||' "$WORK/paths" | xargs dpkg-query -S >>"$WORK/known" 2>/dev/null
		awk -v known="$WORK/known" 'BEGIN {
			while ((getline line < known) > 0) {
				if (line ~ /^diversion/)
					continue
				path = line
				sub(/^.*: /, "", path)
				sub(/[:,].*/, "", line)
				if (!(path in owner))
					owner[path] = line
			}
		}
		{ short = $1; sub(/^\/usr/, "", short)
			print $1, ($1 in owner) ? owner[$1] : owner[short] }' "$WORK/paths"
	}
	same_owners() {
		local name=$1
		[ -e "$WORK/$name.spdx.json" ] ||
			mkrootfs -q "$2" --sbom "$WORK/$name.spdx.json" -o "$WORK/$name.tar" || return
		owners "$WORK/$name.spdx.json" | grep -v " $(basename "$2")\$" >"$WORK/$name.owners"
		[ -s "$WORK/$name.owners" ] && diff "$WORK/$name.owners" <(by_dpkg <"$WORK/$name.owners")
	}
	check "redis: owners are those that dpkg tells" same_owners redis "$redis"
	for tried in /usr/sbin/nginx /usr/bin/python3 /usr/bin/git; do
		[ ! -x "$tried" ] || check "$tried: owners are those that dpkg tells" same_owners "$(basename "$tried")" "$tried"
	done
	nobody_owns_the_rest() {
		owners "$WORK/redis.spdx.json" | grep " redis-server\$" | while read -r path _; do
			not dpkg-query -S "$path" || return
		done
	}
	check "what is of no package is of the whole" nobody_owns_the_rest

	true_document() {
		python3 - "$WORK/redis.spdx.json" "$WORK/redis" <<'END'
import hashlib, json, sys
document, root = json.load(open(sys.argv[1])), sys.argv[2]
elements = document["packages"] + document["files"]
ids = [e["SPDXID"] for e in elements] + ["SPDXRef-DOCUMENT"]
assert len(ids) == len(set(ids)), "an element twice"
sums, contained = {}, {}
for file in document["files"]:
	data = open(root + file["fileName"][1:], "rb").read()
	for sum in file["checksums"]:
		assert hashlib.new(sum["algorithm"].lower(), data).hexdigest() == sum["checksumValue"], file
	sums[file["SPDXID"]] = hashlib.sha1(data).hexdigest()
for r in document["relationships"]:
	assert r["spdxElementId"] in ids and r["relatedSpdxElement"] in ids, r
	if r["relatedSpdxElement"] in sums:
		contained.setdefault(r["spdxElementId"], []).append(sums.pop(r["relatedSpdxElement"]))
assert not sums, "a file of nobody"
for package in document["packages"]:
	code = hashlib.sha1("".join(sorted(contained.get(package["SPDXID"], []))).encode()).hexdigest()
	assert package["filesAnalyzed"] == (package["SPDXID"] in contained), package["name"]
	if package["filesAnalyzed"]:
		assert package["packageVerificationCode"]["packageVerificationCodeValue"] == code, package["name"]
assert any(p.get("licenseDeclared") not in (None, "NOASSERTION") for p in document["packages"])
END
	}
	check "SPDX: digests, relations and verification codes are true" true_document
	cyclone_tells_the_same() {
		python3 - "$WORK/redis.spdx.json" "$WORK/redis.cdx.json" <<'END'
import json, sys
spdx, cyclone = (json.load(open(path)) for path in sys.argv[1:])
purls = {r["referenceLocator"] for p in spdx["packages"] for r in p.get("externalRefs", [])}
assert purls == {c["purl"] for c in cyclone["components"] if c["type"] == "library"}
files = {}
for component in cyclone["components"]:
	for file in [component] if component["type"] == "file" else component.get("components", []):
		files[file["name"]] = file["hashes"][0]["content"]
assert files == {f["fileName"][1:]: f["checksums"][1]["checksumValue"] for f in spdx["files"]}
END
	}
	check "CycloneDX tells the same" cyclone_tells_the_same
	same_twice() {
		mkrootfs -q "$redis" --package-metadata --sbom "$WORK/again.spdx.json" --sbom "$WORK/again.cdx.json" -o "$WORK/again.tar" &&
			cmp "$WORK/redis.spdx.json" "$WORK/again.spdx.json" && cmp "$WORK/redis.cdx.json" "$WORK/again.cdx.json"
	}
	check "the same documents each time" same_twice
else
	skip "owners are those that dpkg tells" "redis-server is of no package of dpkg's"
fi

#
# Databases of other systems, in sysroots.
#
root=$WORK/alpine
compile "$root/usr/bin/program" 'int main(void) { return 0; }' -static
compile "$root/lib/libone.so" 'int one;' -shared -nostdlib
mkdir -p "$root/lib/apk/db" "$root/etc"
printf '%s\n' 'ID=alpine' 'VERSION_ID="3.19.1"' >"$root/etc/os-release"
sum=Q1$(openssl dgst -sha1 -binary "$root/lib/libone.so" | base64)
cat >"$root/lib/apk/db/installed" <<END
C:Q1aaaaaaaaaaaaaaaaaaaaaaaaaaa=
P:one
V:1.2-r3
A:x86_64
L:MIT
o:one-source
m:Some One <one@example.com>
F:lib
R:libone.so
a:0:0:755
Z:$sum
R:other.so
Z:Q1ccccccccccccccccccccccccccc=
F:usr/share/one
R:data

P:two
V:2
F:usr/bin
M:0:0:755
R:program

P:three
V:3
F:usr/bin
R:absent
END
cat >"$WORK/expected" <<END
C:Q1aaaaaaaaaaaaaaaaaaaaaaaaaaa=
P:one
V:1.2-r3
A:x86_64
L:MIT
o:one-source
m:Some One <one@example.com>
F:lib
R:libone.so
a:0:0:755
Z:$sum

P:two
V:2
F:usr/bin
M:0:0:755
R:program

END
mkrootfs --sysroot "$root" /usr/bin/program /lib/libone.so --package-metadata \
	--sbom "$WORK/alpine.cdx.json" -d "$WORK/of-alpine"
check "apk: the database, cut to what is there" diff "$WORK/expected" "$WORK/of-alpine/lib/apk/db/installed"
check "apk: a purl and the license" sh -c "grep -q 'pkg:apk/alpine/one@1.2-r3?arch=x86_64&distro=alpine-3.19.1' '$WORK/alpine.cdx.json' &&
	grep -q '\"expression\": \"MIT\"' '$WORK/alpine.cdx.json'"

root=$WORK/debian
compile "$root/usr/bin/program" 'int main(void) { return 0; }' -static
compile "$root/usr/lib/libone.so" 'int one;' -shared -nostdlib
compile "$root/usr/lib/libdiverted.so" 'int diverted;' -shared -nostdlib
compile "$root/usr/lib/libconf.so" 'int conf;' -shared -nostdlib
ln -s usr/lib "$root/lib"
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/status.d"
cat >"$root/var/lib/dpkg/status" <<END
Package: program
Status: install ok installed
Architecture: amd64
Source: program-source (0.9)
Version: 1:1.0+x~1
Description: a program
 of two lines

Package: one
Status: install ok installed
Multi-Arch: same
Architecture: amd64
Version: 1
Conffiles:
 /usr/lib/libconf.so $(md5sum <"$root/usr/lib/libconf.so" | cut -c -32)
 /etc/absent 00000000000000000000000000000000

Package: gone
Status: deinstall ok config-files
Version: 1

Package: diverter
Status: install ok installed
Version: 1
END
printf '%s\n' /. /usr /usr/bin /usr/bin/program >"$root/var/lib/dpkg/info/program.list"
# With the alias that the package knows the directory by.
printf '%s\n' /lib/libone.so /usr/lib/libconf.so /usr/lib/libdiverted.so >"$root/var/lib/dpkg/info/one:amd64.list"
echo "$(md5sum <"$root/usr/lib/libone.so" | cut -c -32)  lib/libone.so" >"$root/var/lib/dpkg/info/one:amd64.md5sums"
printf '%s\n' /usr/bin/program >"$root/var/lib/dpkg/info/gone.list"
printf '%s\n' /usr/lib/libdiverted.so >"$root/var/lib/dpkg/info/diverter.list"
printf '%s\n' /usr/lib/libdiverted.so /usr/lib/libdiverted.so.distrib diverter >"$root/var/lib/dpkg/diversions"
mkrootfs --sysroot "$root" /usr/bin/program /usr/lib/lib{one,diverted,conf}.so --package-metadata \
	--sbom "$WORK/debian.spdx.json" -d "$WORK/of-debian"
records=$WORK/of-debian/var/lib/dpkg/status.d
check "dpkg: an alias, a configuration file, and the architecture in the name" \
	prints "usr/lib/libconf.so usr/lib/libone.so" sh -c "cut -c 35- '$records/one.md5sums' | sort | tr '\n' ' ' | sed 's/ \$//'"
check "dpkg: a diverted file is the diverter's" grep -q diverted <(owners "$WORK/debian.spdx.json" | grep ' diverter$')
check "dpkg: what was removed owns nothing" test ! -e "$records/gone"
check "dpkg: conffiles are left out of the record" not grep -q Conffiles "$records/one"
check "dpkg: the version in a purl" grep -q 'pkg:deb/debian/program@1:1.0%2Bx~1?arch=amd64' "$WORK/debian.spdx.json"
mkrootfs --sysroot "$WORK/of-debian" /usr/bin/program --sbom "$WORK/again.spdx.json" -o "$WORK/x.tar"
check "dpkg: a record of ours is read again, as a scanner does" \
	grep -q '"name": "program"' "$WORK/again.spdx.json"
# rpm's database is made by rpm itself, of a package that has nothing but a header.
if command -v rpmbuild rpm >/dev/null && rpmbuild --version >/dev/null 2>&1; then
	root=$WORK/fedora
	compile "$root/usr/bin/program" 'int main(void) { return 0; }' -static
	mkdir -p "$root/etc" "$root/var/lib/rpm" "$WORK/rpmbuild"
	printf '%s\n' ID=fedora VERSION_ID=39 >"$root/etc/os-release"
	cat >"$WORK/one.spec" <<-'END'
		Name: one
		Epoch: 2
		Version: 1.5
		Release: 3.fc39
		Summary: One
		License: MIT
		%description
		One.
		%install
		mkdir -p %{buildroot}/usr/bin
		echo x >%{buildroot}/usr/bin/program
		%files
		/usr/bin/program
	END
	rpmbuild -bb --quiet --define "_topdir $WORK/rpmbuild" "$WORK/one.spec" >"$WORK/log" 2>&1 &&
		rpm --root "$root" --dbpath /var/lib/rpm --initdb >>"$WORK/log" 2>&1 &&
		rpm --root "$root" --dbpath /var/lib/rpm -i --justdb --nodeps --ignorearch \
			"$WORK"/rpmbuild/RPMS/*/one-*.rpm >>"$WORK/log" 2>&1
	mkrootfs --sysroot "$root" /usr/bin/program --sbom "$WORK/fedora.spdx.json" -o "$WORK/x.tar"
	if ldd "$MKROOTFS" 2>/dev/null | grep -q librpm; then
		check "rpm: the owner, with epoch and release" \
			grep -q 'pkg:rpm/fedora/one@1.5-3.fc39?arch=[a-z0-9_]*&distro=fedora-39&epoch=2' "$WORK/fedora.spdx.json"
		check "rpm: a part of its database cannot be written" \
			says "mkrootfs cannot write a part of rpm.s database" mkrootfs --sysroot "$root" /usr/bin/program --package-metadata --list
	else
		skip "rpm: the owner" "this mkrootfs was built without librpm"
	fi
else
	skip "rpm: the owner" "rpmbuild is not installed"
fi

root=$WORK/debian
printf 'Package: program\nVersion' >"$root/var/lib/dpkg/status"
check "a damaged database is no error" mkrootfs --sysroot "$root" /usr/bin/program --sbom "$WORK/damaged.spdx.json" -o "$WORK/x.tar"
check "without packages, --package-metadata warns" \
	says "no known package owns" mkrootfs --sysroot "$root" /usr/bin/program --package-metadata --list
check "a suffix that names no bill of materials is an error" \
	status 2 mkrootfs --sysroot "$root" /usr/bin/program --sbom "$WORK/x.json" -o "$WORK/y.tar"
check "and nothing is written" test ! -e "$WORK/y.tar"

#
# Make and Ninja.
#
app="$WORK/a b#c\$d"
mkdir -p "$app"
compile "$app/libone.so" 'int one = 1;' -shared -fPIC
compile "$app/app" 'extern int one; int main(void) { return !one; }' "$app/libone.so" -Wl,-rpath,"\$ORIGIN"
# The README's own.
# shellcheck disable=SC2016 # no expression
sed -n '/^```make$/,/^```$/p' "$SOURCE/README.md" | grep -v '^```' >"$app/Makefile"
mkdir "$WORK/bin"
printf '#!/bin/sh\nexec "%s" -q "$@"\n' "$MKROOTFS" >"$WORK/bin/mkrootfs"
chmod 755 "$WORK/bin/mkrootfs"
made() {
	(cd "$app" && PATH=$WORK/bin:$PATH ${1:-make})
}
built='mkrootfs ./app:/app -o rootfs.tar --depfile rootfs.d'
if command -v make >/dev/null; then
	check "make: builds" prints "$built" made
	check "make: and not again" prints "make: 'rootfs.tar' is up to date." made
	touch -d '+1 hour' "$app/libone.so"
	check "make: again where a library changed" prints "$built" made
	touch -d '+2 hours' "$app/rootfs.tar"
	mv "$app/libone.so" "$app/libtwo.so"
	# What is gone is a reason to build, and the build tells what is wrong.
	check "make: a library that is gone is no riddle to it" says "libone.so" made
	mv "$app/libtwo.so" "$app/libone.so"
else
	skip "make" "make is not installed"
fi
if command -v ninja >/dev/null; then
	cat >"$app/build.ninja" <<END
rule mkrootfs
  command = '$MKROOTFS' -q ./app -o \$out --depfile \$out.d
  depfile = \$out.d
build rootfs.tar: mkrootfs
END
	rm -f "$app/rootfs.tar" "$app/rootfs.d"
	touch "$app/libone.so"
	says_on() {
		made ninja | tail -n 1
	}
	check "ninja: builds" made ninja
	check "ninja: and not again" prints "ninja: no work to do." says_on
	sleep 1.1
	touch "$app/libone.so"
	check "ninja: again where a library changed" not prints "ninja: no work to do." says_on
else
	skip "ninja" "ninja is not installed"
fi
check "a depfile of nothing is an error" status 2 mkrootfs "$app/app" --depfile "$WORK/x.d"

finish
