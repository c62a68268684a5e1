#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# --depfile, as make and ninja read it: what changes is built anew, and nothing else is.
# shellcheck disable=SC2016 # dollars for make and ninja
. "$(dirname "$0")/lib.sh"
need make "${CC:-cc}"
mkdir -p "$WORK/bin" "$WORK/project"
ln -s "$(realpath "$(command -v "$MKROOTFS")")" "$WORK/bin/mkrootfs"
PATH=$WORK/bin:$PATH
cd "$WORK/project" || exit 1

# A library by a link, in a directory whose name wants every kind of quotes.
odd="$WORK/li b#1\$x"
make_library() {
	compile "$odd/libodd.so.$1" 'int odd(void) { return 1; }' -shared -fPIC -Wl,-soname,libodd.so.1
	ln -sf "libodd.so.$1" "$odd/libodd.so.1"
}
make_library 1.1
compile app 'int odd(void); int main(void) { return odd(); }' "$odd/libodd.so.1" "-Wl,-rpath,$odd"

# Times that do not depend on how long this takes: inputs are older than what is made.
age() {
	touch -h -d "$1" "${@:2}"
}
old() {
	age '2020-01-01' app "$odd"/*
}

# is_built COMMAND...: whether the command makes rootfs.tar anew.
is_built() {
	age '2021-01-01' rootfs.tar
	"$@" || return 1
	[ "$(stat -c %Y rootfs.tar)" -ne "$(date -d 2021-01-01 +%s)" ]
}

awk '/^```/ { inside = /^```make$/; next } inside' "$SOURCE/README.md" >Makefile
check "the README's Makefile is there" grep -q depfile Makefile
old
check "make builds" make
check "the dependency file names the target" grep -q '^rootfs.tar:' rootfs.d
check "a library by its quoted name" \
	grep -qF "$WORK/li\\ b\\#1\$\$x/libodd.so.1.1 \\" rootfs.d
check "and its link" grep -qF "$WORK/li\\ b\\#1\$\$x/libodd.so.1 \\" rootfs.d
check "the loader's cache" grep -qF " /etc/ld.so.cache " rootfs.d
if command -v dpkg-query >/dev/null && dpkg-query -S /lib/x86_64-linux-gnu/libc.so.6 >/dev/null 2>&1; then
	check "what dpkg writes when it upgrades libc" \
		grep -q '^  /var/lib/dpkg/info/libc6\\:[a-z0-9]*\.list' rootfs.d
else
	skip "what dpkg writes when it upgrades libc" "it is not dpkg's"
fi
touch_all() {
	sed -n 's/^  \(.*[^ ]\)\( \\\)\?$/\1/p' rootfs.d
}
check "all of them are there" test "$(touch_all | wc -l)" -gt 5
# Packages may have been installed a moment ago: it is newer than all of that.
newer() {
	age '2100-01-01' rootfs.tar
}
newer
check "then there is nothing to do" make -q
age '2101-01-01' "$odd/libodd.so.1.1"
check "a library that changed is" not make -q
old
check "and not once it is old" make -q
age '2101-01-01' app
check "the program counts" not make -q
old

rm "$odd/libodd.so.1.1"
make_library 1.2
age '2101-01-01' "$odd/libodd.so.1.2"
check "a library of another version, the old one gone, is no error" make
check "and is what the result depends on" grep -qF 'libodd.so.1.2 ' rootfs.d
check "the old one is not" not grep -qF 'libodd.so.1.1' rootfs.d

old
newer
mkdir tree
echo one >tree/o:ne
sed 's|mkrootfs ./app:/app|mkrootfs ./app:/app --add tree|' Makefile >Makefile.tree
check "with a tree" make -B -f Makefile.tree
newer
age '2020-01-01' tree/o:ne tree
check "nothing to do for the tree" make -q -f Makefile.tree
age '2101-01-01' tree/o:ne
check "a file in it counts" not make -q -f Makefile.tree
age '2020-01-01' tree/o:ne
check "not once it is old" make -q -f Makefile.tree
echo two >tree/two
age '2101-01-01' tree
check "what comes into the tree counts" not make -q -f Makefile.tree

# In a sysroot, by its own path.
mkdir -p sys/opt
cp "$HERE/lib.sh" sys/opt/data
check "a sysroot's files have its path in front" sh -c \
	'mkrootfs --sysroot sys --bare --add /opt/data -o sys.tar --depfile sys.d && grep -q "^  sys/opt/data" sys.d'
mkdir 'bad;name'
echo x >'bad;name/file'
check "what cannot be named is told" says 'is left out of the dependency file' \
	mkrootfs --bare --add 'bad;name/file' -o bad.tar --depfile bad.d
check "a dependency file needs a target" status 2 mkrootfs ./app --depfile x.d
check "and is not there then" not test -e x.d

if command -v ninja >/dev/null; then
	rm -f rootfs.tar
	cat >build.ninja <<'END'
rule rootfs
  command = mkrootfs ./app:/app -o $out --depfile $out.d
  depfile = $out.d
  deps = gcc
build rootfs.tar: rootfs app
END
	old
	check "ninja builds" ninja
	check "it read the name" sh -c 'ninja -t deps | grep -qF "    $1"' sh "$odd/libodd.so.1.2"
	check "then it has nothing to do" sh -c 'ninja | grep "no work to do"'
	age '2101-01-01' "$odd/libodd.so.1.2"
	check "a library that changed is built for" sh -c 'ninja -n | grep -F "[1/1]"'
	old
	rm "$odd/libodd.so.1.2"
	make_library 1.3
	check "one that went away is no error" ninja
else
	skip "ninja" "it is not installed"
fi
finish
