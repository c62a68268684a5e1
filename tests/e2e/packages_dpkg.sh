#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Packages: owners are those that dpkg tells, records and bills of materials say what is there.
# shellcheck disable=SC2016 # dollars for other shells
. "$(dirname "$0")/lib.sh"
need dpkg-query dpkg-deb dpkg-divert jq md5sum
python=$(python_with jsonschema)
[ -n "$python" ] || skip_all "python3 has no jsonschema"
oracle=("$python" "$HERE/packages_oracle.py")
schemas=$WORK/schemas
cd "$WORK" || exit 1

# The published schemas: CycloneDX's are in its library in the npm registry; SPDX's is in no
# registry of packages, and SPDX_SCHEMA may name it.
find_schemas() {
	local name
	mkdir "$schemas"
	[ ! -e "${SPDX_SCHEMA:-}" ] || cp "$SPDX_SCHEMA" "$schemas/spdx-2.3.schema.json"
	curl -sSfL -m 60 -o library.tgz \
		https://registry.npmjs.org/@cyclonedx/cyclonedx-library/-/cyclonedx-library-6.13.0.tgz &&
		tar -xzf library.tgz package/res/schema || return
	for name in bom-1.5 jsf-0.82 spdx; do
		cp "package/res/schema/$name.SNAPSHOT.schema.json" "$schemas/$name.schema.json" || return
	done
}
find_schemas >schemas.log 2>&1

# with_schema BILL DESCRIPTION COMMAND...: a check, where the schema of such bills can be had.
with_schema() {
	local bill=$1 file=bom-1.5
	case $bill in *spdx.json) file=spdx-2.3 ;; esac
	shift
	if [ -e "$schemas/$file.schema.json" ]; then
		check "$@"
	else
		skip "$1" "the schema cannot be had: $(tail -n 1 schemas.log | cut -c -80)"
	fi
}

# Every line of md5sums by md5sum itself; every record's paragraph by dpkg's, but for what is true
# of installed packages and of files that are not there.
records_hold() {
	local name records=$1/var/lib/dpkg/status.d
	(cd "$1" && cat var/lib/dpkg/status.d/*.md5sums | md5sum -c --quiet --strict) || return 1
	[ "$(find "$records" -name '*.md5sums' | wc -l)" -gt 5 ] || return 1
	for name in "$records"/*; do
		case $name in *.md5sums) continue ;; esac
		[ -f "$name.md5sums" ] || return 1
		! grep ^Status: "$name" || return 1
		diff <(sed '/^Conffiles:/,/^[^ ]/{/^Conffiles:/d;/^ /d}' "$name") \
			<(dpkg-query -s "${name##*/}" |
				sed '/^Status:/d;/^Conffiles:/,/^[^ ]/{/^Conffiles:/d;/^ /d}') || return 1
	done
}

# Each owner in --json has a record, and no other has one.
records_are_of_owners() {
	diff <(jq -r '.entries[].package // empty' "$2" | cut -d ' ' -f 1 | sort -u) \
		<(basename -a "$1"/var/lib/dpkg/status.d/* | grep -v '\.md5sums$')
}

for program in redis-server nginx python3; do
	if ! command -v "$program" >/dev/null; then
		skip "the packages of $program" "it is not installed"
		continue
	fi
	path=$(command -v "$program")
	[ "$program" != python3 ] || path=/usr/bin/python3
	check "$program is harvested with records and bills" sh -c \
		'"$@" --json >"$0.json"' "$program" "$MKROOTFS" "$path" --package-metadata -d "$program" \
		--sbom "$program.spdx.json" --sbom "$program.cdx.json"
	check "dpkg tells the same owners" "${oracle[@]}" owners "$program.json"
	check "its records are dpkg's, limited to what is there" records_hold "$program"
	check "they are those of the owners" records_are_of_owners "$program" "$program.json"
	for bill in "$program.spdx.json" "$program.cdx.json"; do
		with_schema "$bill" "$bill is valid" "${oracle[@]}" valid "$bill" "$schemas"
		check "$bill has the files and packages" "${oracle[@]}" bill "$bill" "$program" "$program.json"
	done
	check "os-release is there, by its link" diff /etc/os-release "$program/etc/os-release"
	check "which is one" test -L "$program/etc/os-release"
done
[ -f redis-server.json ] || finish

invalid() {
	jq "$2" "$1" >"invalid-$1" && not "${oracle[@]}" valid "invalid-$1" "$schemas"
}
with_schema redis-server.spdx.json "the schema of SPDX refuses what is none" invalid redis-server.spdx.json 'del(.SPDXID)'
with_schema redis-server.cdx.json "that of CycloneDX too" invalid redis-server.cdx.json '.components[1].hashes = [{alg: "x"}]'

check "a version is dpkg's" prints "$(dpkg-query -W -f '${Version}' libc6)" \
	jq -r '.packages[] | select(.name == "libc6").versionInfo' redis-server.spdx.json
check "a purl names the distribution" grep -q \
	"\"pkg:deb/debian/libc6@[^\"]*?arch=$(dpkg --print-architecture)&distro=debian-[^\"]*&upstream=glibc" \
	redis-server.cdx.json

# The same at another time, from another place, by another user's umask.
(umask 077 && mkdir again && cd again && mkrootfs redis-server --package-metadata \
	--sbom redis-server.spdx.json --sbom redis-server.cdx.json -d redis-server)
check "SPDX has the same bytes again" cmp redis-server.spdx.json again/redis-server.spdx.json
check "CycloneDX too" cmp redis-server.cdx.json again/redis-server.cdx.json
SOURCE_DATE_EPOCH=1700000000 mkrootfs redis-server --sbom dated.spdx.json --sbom dated.cdx.json
check "its time is SOURCE_DATE_EPOCH" prints 2023-11-14T22:13:20Z \
	jq -r .creationInfo.created dated.spdx.json
check "in CycloneDX too" prints 2023-11-14T22:13:20Z jq -r .metadata.timestamp dated.cdx.json
check "another document has another name" not cmp \
	<(jq .documentNamespace dated.spdx.json) <(jq .documentNamespace redis-server.spdx.json)

for name in a.json a.spdx -; do
	check "--sbom $name is wrong usage" status 2 mkrootfs redis-server -o left.tar --sbom "$name"
done
check "and nothing is written" not test -e left.tar
check "a bill that cannot be written leaves no archive" \
	status 1 mkrootfs redis-server -o left.tar --sbom gone/a.cdx.json
check "none at all" not test -e left.tar
check "--add wins over records" mkrootfs redis-server --package-metadata -d added \
	--add "$HERE/lib.sh:/var/lib/dpkg/status.d/libc6"
check "by its bytes" cmp added/var/lib/dpkg/status.d/libc6 "$HERE/lib.sh"
check "without being asked there are no records" not test -e again/redis-server/../dpkg
check "--json alone reads no databases" prints 0 sh -c \
	'"$1" redis-server --json | jq "[.entries[].package // empty] | length"' sh "$MKROOTFS"

# A root of its own, by dpkg itself, with diversions: one of a package, one of the administrator.
deb() {
	cat >"deb-$1/DEBIAN/control" &&
		(cd "deb-$1" && find . -type f -not -path './DEBIAN/*' -not -path './etc/*' -printf '%P\0' |
			xargs -0 -r md5sum >DEBIAN/md5sums) &&
		dpkg-deb --root-owner-group -b "deb-$1" "$1.deb" >log 2>&1
}
control() {
	printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: T <t@example.org>\nDescription: t\n' "$@"
}
in_root() {
	"$1" --root "$WORK/root" "${@:2}" >log 2>&1 || { cat log; return 1; }
}
mkdir -p root/var/lib/dpkg/{info,updates,triggers} root/usr/bin root/usr/lib deb-{first,second}/{DEBIAN,usr/bin,etc}
ln -s usr/lib root/lib
: >root/var/lib/dpkg/status
: >root/var/lib/dpkg/available
mkdir -p deb-first/lib
echo one >deb-first/usr/bin/tool
echo two >deb-first/usr/bin/local
echo three >deb-first/lib/data
echo four >deb-second/usr/bin/tool
echo conf >deb-second/etc/second.conf
control first 1:1.0-1 | deb first
echo /etc/second.conf >deb-second/DEBIAN/conffiles
control second 2.0 | deb second
if [ "$(id -u)" -eq 0 ] && in_root dpkg --force-script-chrootless -i first.deb; then
	in_root dpkg-divert --package second --rename --divert /usr/bin/tool.first --add /usr/bin/tool
	in_root dpkg-divert --local --rename --divert /usr/bin/local.real --add /usr/bin/local
	echo mine >root/usr/bin/local
	check "a package diverts another's file" in_root dpkg --force-script-chrootless -i second.deb
	check "a root with diversions is harvested" sh -c '"$@" --json >diverted.json' sh \
		"$MKROOTFS" --sysroot root --bare --add /usr/bin --add /usr/lib --add /etc --symlink usr/lib:/lib \
		--package-metadata -d diverted --sbom diverted.cdx.json
	owner() {
		jq -r --arg path "$1" '.entries[] | select(.path == $path) | .package // "none"' diverted.json
	}
	# PATH PACKAGE: and what dpkg says of it
	for line in /usr/bin/tool=second /usr/bin/tool.first=first /usr/bin/local.real=first \
		/usr/lib/data=first /etc/second.conf=second; do
		name=${line#*=}
		check "${line%=*} is $name's" prints \
			"$name $(dpkg-query --admindir root/var/lib/dpkg -W -f '${Version}' "$name")" \
			owner "${line%=*}"
	done
	check "what the administrator put there is nobody's" prints none owner /usr/bin/local
	check "the sums are of what is there" sh -c \
		'cd diverted && cat var/lib/dpkg/status.d/*.md5sums | md5sum -c --strict'
	check "which is all of it, a configuration file included" prints 5 sh -c 'cat diverted/var/lib/dpkg/status.d/*.md5sums | wc -l'
	check "as the package lists it, where that leads there" \
		grep -q ' lib/data$' diverted/var/lib/dpkg/status.d/first.md5sums
	echo changed >>root/usr/lib/data
	check "a changed file is told" says 'data: differs from the file of package first' \
		mkrootfs --sysroot root --bare --add /usr/lib --package-metadata -o /dev/null --format tar
else
	skip "diversions" "dpkg cannot install into a folder here: $(tail -n 1 log)"
fi

# Alpine's database, after apk's own manual.
mkdir -p alpine/{lib/apk/db,bin,etc,usr/lib}
echo box >alpine/bin/busybox
ln -s busybox alpine/bin/ls
echo musl >alpine/lib/ld-musl.so
printf 'ID=alpine\nVERSION_ID=3.20.1\n' >alpine/etc/os-release
q1() {
	printf 'Z:Q1%s\n' "$(openssl dgst -sha1 -binary | base64)"
}
{
	printf 'C:Q1x=\nP:busybox\nV:1.36.1-r29\nA:x86_64\nL:GPL-2.0-only\no:busybox\nm:S <s@a>\nF:bin\n'
	printf 'R:busybox\na:0:0:755\n'
	q1 <alpine/bin/busybox
	printf 'R:gone\n'
	q1 </dev/null
	printf 'R:ls\na:0:0:777\n'
	printf busybox | q1
	printf 'F:etc\n\nP:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\no:musl-src\nF:lib\nR:ld-musl.so\n'
	q1 <alpine/lib/ld-musl.so
	printf '\nP:unused\nV:1\nA:x86_64\nL:MIT\nF:bin\nR:nothing\n\n'
} >alpine/lib/apk/db/installed
check "an Alpine root is harvested" mkrootfs --sysroot alpine --bare --add /bin --add /lib/ld-musl.so \
	--package-metadata -d apk --sbom apk.spdx.json --sbom apk.cdx.json
check "its record is limited to what is there" \
	cmp apk/lib/apk/db/installed <(sed '/^R:gone/,/^Z:/d; /^F:etc/d; /^P:unused/,$d' \
		alpine/lib/apk/db/installed)
check "its os-release too" cmp apk/etc/os-release alpine/etc/os-release
for bill in apk.spdx.json apk.cdx.json; do
	with_schema "$bill" "$bill is valid" "${oracle[@]}" valid "$bill" "$schemas"
done
check "packages are Alpine's" prints 'pkg:apk/alpine/busybox@1.36.1-r29?arch=x86_64&distro=alpine-3.20.1
pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.1&upstream=musl-src' \
	jq -r '.components[] | select(.type == "library").purl' apk.cdx.json
check "with their licences" prints 'GPL-2.0-only MIT' \
	sh -c "jq -r '.packages[] | select(.versionInfo).licenseDeclared' apk.spdx.json | xargs"

# rpm's, by rpm itself, where this mkrootfs knows of it.
make_rpm_root() {
	printf '%s\n' 'Name: base' 'Epoch: 1' 'Version: 2.0' 'Release: 3' 'Summary: s' 'License: MIT' \
		'BuildArch: noarch' '%description' 's' '%install' 'mkdir -p %{buildroot}/opt' \
		'echo x >%{buildroot}/opt/data' '%files' '/opt/data' >base.spec &&
		rpmbuild -bb --define "_topdir $WORK/rpm" base.spec &&
		mkdir fedora && rpm --root "$WORK/fedora" --define '_dbpath /var/lib/rpm' --nodeps \
		--ignoreos --ignorearch -i rpm/RPMS/noarch/base-2.0-3.noarch.rpm &&
		mkdir fedora/etc && printf 'ID=fedora\nVERSION_ID=40\n' >fedora/etc/os-release
}
if ! ldd "$MKROOTFS" 2>/dev/null | grep -q librpm; then
	skip "packages of rpm" "this mkrootfs was built without librpm"
elif ! command -v rpmbuild >/dev/null || ! make_rpm_root >log 2>&1; then
	skip "packages of rpm" "rpm makes none here: $(tail -n 1 log)"
else
	check "a root of rpm's is harvested" mkrootfs --sysroot fedora --bare --add /opt/data \
		-d rpm-root --sbom rpm.cdx.json --sbom rpm.spdx.json
	check "its package is found" prints \
		'pkg:rpm/fedora/base@2.0-3?arch=noarch&distro=fedora-40&epoch=1' \
		jq -r '.components[] | select(.type == "library").purl' rpm.cdx.json
	check "with its licence" prints MIT jq -r '.packages[] | select(.name == "base").licenseDeclared' \
		rpm.spdx.json
	with_schema rpm.cdx.json "rpm.cdx.json is valid" "${oracle[@]}" valid rpm.cdx.json "$schemas"
fi
finish
