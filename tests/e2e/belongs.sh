#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What belongs to a program though no rule knows of it: data, plugins and helpers that its strings
# name or its package has, in sysroots whose packages are written by hand.
# shellcheck source=tests/e2e/belongs_lib.sh
. "$(dirname "$0")/belongs_lib.sh"

# told PROGRAM PATTERN: the line with PATTERN that a harvest of PROGRAM says.
told() {
	mkrootfs --sysroot "$WORK/sysroot" --list "$1" 2>&1 >/dev/null | grep -e "$2"
}

# advises PROGRAM PATTERN PATH...: whether the -a options of that line, pasted into a shell, bring the
# paths; advises_with the same for the --with of it. Without them, they are not there.
advises() {
	local program=$1 line
	line=$(told "$1" "$2") || return
	shift 2
	leaves_out "$program" -- "$@" || return
	eval "brings \"$program\" $(sed 's/.*to bring it://; s/, or --.*//' <<<"$line") -- \"\$@\"" || { echo "$line"; return 1; }
}
advises_with() {
	local program=$1 with
	with=$(told "$1" "$2" | grep -o -e '--with [a-z]*') || return
	shift 2
	# shellcheck disable=SC2086 # an option and its value
	leaves_out "$program" -- "$@" && brings "$program" $with -- "$@"
}

# Of packages.
begin
made /usr/bin/app /usr/share/app/%s.txt /usr/lib/appd/plugins /etc/app.conf /usr/share/common/x \
	/usr/share/gone/x
there /usr/share/app/a.txt /usr/share/app/deep/b /usr/share/app/made-later /usr/lib/appd/plugins/p \
	/etc/app.conf /usr/share/common/x /usr/share/common/y /usr/share/common/z \
	/usr/share/doc/app/README /usr/share/man/man1/app.1 /usr/share/app-data/big /usr/include/app.h \
	/usr/share/app-docs/x /usr/lib/libapp.a /usr/share/locale/de/LC_MESSAGES/app.mo /usr/share/locale/de/LC_TIME/app.mo \
	/lib/systemd/system/app.service /usr/lib/appd/rest
package app app-source 'app-data, other' /usr/bin/app /usr/share/app/a.txt /usr/share/app/deep/b \
	/usr/lib/appd/plugins/p /etc/app.conf /usr/share/doc/app/README /usr/share/man/man1/app.1 \
	/usr/include/app.h /usr/lib/libapp.a /usr/share/locale/de/LC_MESSAGES/app.mo /usr/share/locale/de/LC_TIME/app.mo \
	/lib/systemd/system/app.service /usr/lib/appd/rest /usr/share/common/x
package app-data app-source '' /usr/share/app-data/big
package app-doc app-source '' /usr/share/app-docs/x
package other other-source '' /usr/share/common/y /usr/share/common/z
check "files and directories that strings name, composed ones too" \
	brings /usr/bin/app -- /usr/share/app/a.txt /usr/share/app/deep/b /etc/app.conf /usr/lib/appd/plugins/p
check "files that no package has, in a directory of its own" \
	brings /usr/bin/app -- /usr/share/app/made-later
check "the rest of its package, and of what it depends on of the same source" \
	brings /usr/bin/app -- /usr/lib/appd/rest /usr/share/app-data/big
check "a named file in a directory that is not its own, alone" \
	brings /usr/bin/app -- /usr/share/common/x
check "not what is for people, developers, services and other languages" \
	leaves_out /usr/bin/app -- /usr/share/doc/app/README /usr/share/man/man1/app.1 /usr/include/app.h \
	/usr/lib/libapp.a /usr/share/locale/de/LC_MESSAGES/app.mo /usr/share/locale/de/LC_TIME/app.mo /usr/lib/systemd/system/app.service
check "not the directory of another, nor a package that it does not depend on" \
	leaves_out /usr/bin/app -- /usr/share/common/y /usr/share/app-docs/x
check "nothing of it with --without data" \
	leaves_out /usr/bin/app --without data -- /usr/share/app/a.txt /usr/lib/appd/rest
check "nor with --dlopen required" \
	leaves_out /usr/bin/app --dlopen required -- /usr/share/app/a.txt
check "--why says who names it" \
	prints_line 'names it' mkrootfs --sysroot "$WORK/sysroot" --why /usr/share/app/a.txt /usr/bin/app
echo mine >"$WORK/mine"
check "what the user adds wins in silence" \
	brings /usr/bin/app -a "/usr/share/app/deep:/etc/app.conf" -- /etc/app.conf/b

# Of a program that names more files than anybody looks at.
begin
mapfile -t many < <(seq -f /usr/share/many/%g 2060)
made /usr/bin/many "${many[@]}"
mkdir -p "$WORK/sysroot/usr/share/many"
(cd "$WORK/sysroot/usr/share/many" && printf "%s\n" {1..2060} | xargs touch)
check "more names than are looked at are told" \
	says "many: left out what it names beyond 2048 paths ([1-9][0-9] strings, not looked at); to bring it: -a, or --trace" \
	mkrootfs --sysroot "$WORK/sysroot" /usr/bin/many --list
made /usr/bin/fewer "${many[@]:0:40}"
check "fewer are not" not says "beyond" mkrootfs --sysroot "$WORK/sysroot" /usr/bin/fewer --list

# Of no package: what was built from source into a prefix.
begin
made /opt/thing/bin/thing ../share/thing ../lib/thing/modules /opt/thing/etc/thing.conf /opt/thing/lib
there /opt/thing/share/thing/data /opt/thing/lib/thing/modules/one /opt/thing/etc/thing.conf \
	/opt/thing/lib/libother.txt /opt/thing/share/doc/thing/x
check "what is named by the way from the program" \
	brings /opt/thing/bin/thing -- /opt/thing/share/thing/data /opt/thing/lib/thing/modules/one \
	/opt/thing/etc/thing.conf
check "not a whole directory of libraries, nor documentation" \
	leaves_out /opt/thing/bin/thing -- /opt/thing/lib/libother.txt /opt/thing/share/doc/thing/x
begin
made /usr/local/bin/tool /usr/local/share/tool /usr/local/share /usr/local/lib/tool1.2/%s.so \
	/usr/share/unrelated
there /usr/local/share/tool/x /usr/local/share/another/y /usr/local/lib/tool1.2/a /usr/share/unrelated/z
check "below /usr/local too" \
	brings /usr/local/bin/tool -- /usr/local/share/tool/x /usr/local/lib/tool1.2/a
check "not what is another's" \
	leaves_out /usr/local/bin/tool -- /usr/local/share/another/y /usr/share/unrelated/z
echo 12345 >"$WORK/sysroot/usr/share/unrelated/z"
check "a directory of others that it names is told, with its size" \
	says "left out what it names of others (1 path, 6 bytes); to bring it: -a /usr/share/unrelated$" \
	mkrootfs --sysroot "$WORK/sysroot" /usr/local/bin/tool --list
check "and its option" \
	advises /usr/local/bin/tool "left out what it names of others" /usr/share/unrelated/z
check "which then says no more" \
	not says "of others" mkrootfs --sysroot "$WORK/sysroot" /usr/local/bin/tool -a /usr/share/unrelated --list

# Of rpm's packages, whose database is made by rpm itself: two of one source, one of another.
begin
made /usr/bin/rapp /usr/share/common/x
there /usr/share/rapp/own /usr/lib64/rapp/more /usr/share/rest/data /usr/share/rest/deep/more \
	/usr/share/doc/rapp/README /usr/share/common/x /usr/share/common/y /usr/share/alien/z
spec=$WORK/rapp.spec
cat >"$spec" <<-'END'
	Name: rapp
	Version: 1
	Release: 1
	Summary: One
	License: MIT
	BuildArch: noarch
	Requires: rest-of-it = 7
	Requires: common
	%description
	One.
	%package libs
	Summary: Two
	Provides: rest-of-it = 7
	%description libs
	Two.
	%package unasked
	Summary: Three
	%description unasked
	Three.
	%install
	cp -a %{sysroot}/usr %{buildroot}/usr
	%files
	/usr/bin/rapp
	/usr/share/rapp/own
	%doc /usr/share/doc/rapp/README
	%files libs
	/usr/lib64/rapp/more
	/usr/share/rest
	%files unasked
	/usr/share/alien/z
	/usr/share/common
END
if ! rpmbuild --version >/dev/null 2>&1; then
	skip "rpm's packages" "rpmbuild is not installed"
elif ! ldd "$MKROOTFS" 2>/dev/null | grep -q librpm; then
	mkdir -p "$WORK/sysroot/var/lib/rpm" && : >"$WORK/sysroot/var/lib/rpm/rpmdb.sqlite"
	check "rpm's packages that nothing can read are warned about" \
		says "var/lib/rpm: rpm.s packages are not known" mkrootfs --sysroot "$WORK/sysroot" /usr/bin/rapp --list
else
	rpmbuild -bb --quiet --define "_topdir $WORK/rpmbuild" --define "sysroot $WORK/sysroot" \
		--define "__os_install_post %{nil}" \
		--define "_binaries_in_noarch_packages_terminate_build 0" "$spec" >"$WORK/log" 2>&1 &&
		mkdir -p "$WORK/sysroot/var/lib/rpm" &&
		rpm --root "$WORK/sysroot" --dbpath /var/lib/rpm --initdb >>"$WORK/log" 2>&1 &&
		rpm --root "$WORK/sysroot" --dbpath /var/lib/rpm -i --justdb --nodeps --ignorearch \
			"$WORK"/rpmbuild/RPMS/*/rapp-*.rpm >>"$WORK/log" 2>&1
	check "the rest of its package of rpm, and of what provides its requirement from the same source" \
		brings /usr/bin/rapp -- /usr/share/rapp/own /usr/lib64/rapp/more \
		/usr/share/rest/data /usr/share/rest/deep/more /usr/share/common/x
	check "not documentation, nor a package of the source that it does not require" \
		leaves_out /usr/bin/rapp -- /usr/share/doc/rapp/README /usr/share/alien/z /usr/share/common/y
	check "librpm without its configuration is warned about" \
		says "var/lib/rpm: rpm.s packages are not known: librpm.s own configuration" \
		env RPM_CONFIGDIR="$WORK/none" "$MKROOTFS" --sysroot "$WORK/sysroot" /usr/bin/rapp --list
	printf 'no database of SQLite at all, but long enough to be looked at as if it were one' \
		>"$WORK/sysroot/var/lib/rpm/rpmdb.sqlite"
	check "a database that librpm cannot read is warned about" \
		says "var/lib/rpm: rpm.s packages are not known: librpm cannot read" \
		mkrootfs --sysroot "$WORK/sysroot" /usr/bin/rapp --list
fi

begin
made /usr/local/bin/tool /usr/share/tools/15 /usr/local/lib/tool/2/x
there /usr/share/tools/15/x /usr/local/lib/tool/2/x/y /usr/share/other/15/z
check "what a directory above it is called after the program" \
	brings /usr/local/bin/tool -- /usr/share/tools/15/x /usr/local/lib/tool/2/x/y

begin
made /usr/local/bin/tool /etc /usr/local/share tool
there /etc/tool/tool.conf /usr/local/share/tool/x /usr/local/share/tool-two/y /etc/toolbox/z
check "what bears its name in a directory of everybody's that it names" \
	brings /usr/local/bin/tool -- /etc/tool/tool.conf /usr/local/share/tool/x
check "not what another name begins with" \
	leaves_out /usr/local/bin/tool -- /usr/local/share/tool-two/y /etc/toolbox/z
made /usr/local/bin/other tool
check "nor what stands where it names nothing" \
	leaves_out /usr/local/bin/other -- /etc/tool/tool.conf

# Right below a prefix of its own.
begin
made /opt/flat/bin/served /opt/flat /opt/flat/lib /opt/flat/share /opt/flat/etc
there /opt/flat/modules/mod.so /opt/flat/conf/x.conf /opt/flat/manual/index /opt/flat/include/x.h \
	/opt/flat/lib/plugin.so /opt/flat/lib/libother.so /opt/flat/share/table.bki /opt/flat/share/other/x \
	/opt/flat/etc/served.conf
put_libc /bin/true
check "plugins among libraries, data in share, directories of any name" \
	brings /opt/flat/bin/served -- /opt/flat/modules/mod.so /opt/flat/conf/x.conf /opt/flat/lib/plugin.so \
	/opt/flat/share/table.bki /opt/flat/etc/served.conf
check "not libraries, headers, manuals, nor what others have in share" \
	leaves_out /opt/flat/bin/served -- /opt/flat/lib/libother.so /opt/flat/include/x.h /opt/flat/manual/index \
	/opt/flat/share/other/x
for number in $(seq 70); do
	: >"$WORK/sysroot/opt/flat/bin/program$number"
done
check "not the directories of a prefix of many programs" \
	leaves_out /opt/flat/bin/served -- /opt/flat/modules/mod.so /opt/flat/conf/x.conf
made /usr/local/bin/served /usr/local /usr/local/lib /usr/local/share
there /usr/local/modules/mod.so /usr/local/lib/plugin.so /usr/local/share/table.bki
check "nothing of it in everybody's prefix" \
	leaves_out /usr/local/bin/served -- /usr/local/modules/mod.so /usr/local/lib/plugin.so /usr/local/share/table.bki

# Moved: its strings name where it was to be.
begin
made /opt/moved/bin/thing /build/inst/bin /build/inst/share/thing /build/inst/lib/thing/%s.x /build/inst/lib
there /opt/moved/share/thing/data /opt/moved/lib/thing/one.x /opt/moved/lib/thing/two.y \
	/opt/moved/lib/flat.so /opt/moved/share/another/x
check "what is beside it where its tree was moved" \
	brings /opt/moved/bin/thing -- /opt/moved/share/thing/data /opt/moved/lib/thing/one.x /opt/moved/lib/flat.so
check "not what no string names" \
	leaves_out /opt/moved/bin/thing -- /opt/moved/share/another/x
begin
made /usr/bin/app /usr/local/bin /usr/local/share/app-data /opt/app/bin
there /usr/share/app-data/x /usr/share/app/y
check "a program of the distribution was moved from nowhere" \
	leaves_out /usr/bin/app -- /usr/share/app-data/x

# The user's configuration.
begin
made /usr/sbin/served /etc/served
there /etc/served/served.conf /etc/served/sites/default /usr/share/served/page
package served served '' /usr/sbin/served /etc/served/served.conf /etc/served/sites/default /usr/share/served/page
echo "listen 80" >"$WORK/sysroot/my.conf"
check "the distribution's configuration comes where the user has none" \
	brings /usr/sbin/served -- /etc/served/served.conf /etc/served/sites/default
check "beside the user's own it does not" \
	leaves_out /usr/sbin/served -a /my.conf:/etc/served/served.conf -- /etc/served/sites/default
check "all else does" \
	brings /usr/sbin/served -a /my.conf:/etc/served/served.conf -- /usr/share/served/page

# Plugins and helpers by weight.
begin
dynamic /usr/bin/host /usr/lib/host /usr/lib/x
compile "$WORK/sysroot/usr/lib/libheavy.so.1" 'const char heavy[6 << 20] = { 1 };' -shared -nostdlib -Wl,-soname,libheavy.so.1
compile "$WORK/sysroot/usr/lib/liblight.so.1" 'int light;' -shared -nostdlib -Wl,-soname,liblight.so.1
plugin() { compile "$WORK/sysroot/usr/lib/host/$1.so" 'int p;' -shared -nostdlib -Wl,--no-as-needed "${@:2}"; }
plugin light "$WORK/sysroot/usr/lib/liblight.so.1"
plugin heavy "$WORK/sysroot/usr/lib/libheavy.so.1"
plugin broken "$WORK/sysroot/usr/lib/liblight.so.1" -Wl,-soname,broken.so
sed -i 's/liblight.so.1/liblight.so.9/' "$WORK/sysroot/usr/lib/host/broken.so"
mkdir -p "$WORK/sysroot/usr/lib/host/bin"
dynamic /usr/lib/host/bin/helper
printf '#!/nowhere/perl\n' >"$WORK/sysroot/usr/lib/host/bin/script"
chmod 755 "$WORK/sysroot/usr/lib/host/bin/script"
printf '\177ELFgarbage' >"$WORK/sysroot/usr/lib/host/foreign"
chmod 755 "$WORK/sysroot/usr/lib/host/foreign"
put_libc /usr/bin/host
check "a plugin and a helper that are light come" \
	brings /usr/bin/host -- /usr/lib/host/light.so /usr/lib/liblight.so.1 /usr/lib/host/bin/helper
check "a heavy plugin and its library do not" \
	leaves_out /usr/bin/host -- /usr/lib/host/heavy.so /usr/lib/libheavy.so.1
check "which is told with the size and the options" \
	says "host: left out .*6.0 MiB.*: -a /usr/lib/host/heavy.so, or --with data" mkrootfs --sysroot "$WORK/sysroot" /usr/bin/host -o "$WORK/host.tar"
check "of which each brings it" \
	advises /usr/bin/host "left out what is heavy" /usr/lib/host/heavy.so /usr/lib/libheavy.so.1
check "and the need's name too" \
	advises_with /usr/bin/host "left out what is heavy" /usr/lib/host/heavy.so /usr/lib/libheavy.so.1
mkdir "$WORK/sysroot/usr/lib/host/more"
for number in 1 2 3 4; do
	plugin "more/heavy $number" "$WORK/sysroot/usr/lib/libheavy.so.1"
done
check "many of one directory are named by that, with the size of all" \
	says "left out what is heavy (5 files, 6.1 MiB .*: -a /usr/lib/host, or" mkrootfs --sysroot "$WORK/sysroot" /usr/bin/host --list
check "and come by it, though another there does not load" \
	advises /usr/bin/host "left out what is heavy" /usr/lib/host/heavy.so "/usr/lib/host/more/heavy 4.so"
rm "$WORK/sysroot/usr/lib/host/more/heavy "[34].so
check "a name with a blank is told as a shell takes it" \
	advises /usr/bin/host "-a '/usr/lib/host/more/heavy 1.so'" "/usr/lib/host/more/heavy 1.so"
check "--with data brings it" \
	brings /usr/bin/host --with data -- /usr/lib/host/heavy.so /usr/lib/libheavy.so.1
check "what does not load, or cannot be read, fails nothing" \
	leaves_out /usr/bin/host -- /usr/lib/host/broken.so

# Programs of others that its strings name.
begin
mkdir -p "$WORK/sysroot/usr/bin" "$WORK/sysroot/usr/libexec"
ln -s usr/bin "$WORK/sysroot/bin"
compile "$WORK/sysroot/usr/bin/starter" '#include <unistd.h>
	static const char *volatile names[] = { "/bin/starter", "/bin/false", "/bin/bash", "/bin/zsh", "/usr/libexec", 0 };
	int main(void) { return execl(names[0], names[1], (char *)0); }'
for program in false bash zsh; do
	dynamic "/usr/bin/$program"
done
dynamic /usr/libexec/anything
put_libc /usr/bin/starter
check "programs of others are told, but not itself, locks of accounts, more shells, nor all of libexec" \
	says "may start programs that are not in the rootfs; to bring them: -a /bin/bash$" \
	mkrootfs --sysroot "$WORK/sysroot" /usr/bin/starter --list

# What is private.
begin
made /usr/bin/keys /usr/share/keys /usr/share/keys/secret /etc/keys/host.key /root/x /home/me/y
there /usr/share/keys/public /usr/share/keys/secret /etc/keys/host.key /root/x /home/me/y
for secret in /usr/share/keys/secret /etc/keys/host.key; do
	echo 12345 >"$WORK/sysroot$secret"
	chmod 600 "$WORK/sysroot$secret"
done
package keys keys '' /usr/bin/keys /usr/share/keys/public /usr/share/keys/secret /etc/keys/host.key
check "what others may not read does not come by itself" \
	leaves_out /usr/bin/keys -- /usr/share/keys/secret /etc/keys/host.key /root/x /home/me/y
check "the rest does" brings /usr/bin/keys -- /usr/share/keys/public
check "it is told with the option" \
	says "-a /etc/keys/host.key" mkrootfs --sysroot "$WORK/sysroot" /usr/bin/keys -o "$WORK/keys.tar"
check "and comes by --add" brings /usr/bin/keys -a /etc/keys/host.key -- /etc/keys/host.key
check "as it is told" \
	advises /usr/bin/keys "left out what is private" /etc/keys/host.key /usr/share/keys/secret
there /etc/keys/a /etc/keys/b /etc/keys/c /etc/keys/d
made /usr/bin/keys /etc/keys/a /etc/keys/b /etc/keys/c /etc/keys/d /etc/keys/host.key
for key in a b c d host.key; do
	echo 12345 >"$WORK/sysroot/etc/keys/$key"
done
chmod 600 "$WORK/sysroot/etc/keys/"?
check "many keys are one directory, with their number and size" \
	says "left out what is private (6 files, 36 bytes); to bring it: -a /etc/keys -a /usr/share/keys/secret$" mkrootfs --sysroot "$WORK/sysroot" /usr/bin/keys --list
check "which brings them" advises /usr/bin/keys "left out what is private" /etc/keys/a /etc/keys/host.key
check "-v tells each with the reason" \
	says "/etc/keys/c: left out: others may not read it" mkrootfs -v --sysroot "$WORK/sysroot" /usr/bin/keys --list

# Scripts whose interpreter is heavy.
begin
dynamic /usr/bin/tool
dynamic /usr/bin/language
dynamic /usr/bin/big
dynamic /usr/bin/systemctl
dynamic /bin/sh
put_libc /usr/bin/tool
compile "$WORK/sysroot/usr/lib/libheavy.so.1" 'const char heavy[6 << 20] = { 1 };' -shared -nostdlib -Wl,-soname,libheavy.so.1
for program in language big systemctl; do
	compile "$WORK/sysroot/usr/bin/$program" 'int main(void) { return 0; }' -Wl,--no-as-needed "$WORK/sysroot/usr/lib/libheavy.so.1"
done
mkdir -p "$WORK/sysroot/usr/lib/tool"
for script in one two; do
	printf '#!/usr/bin/language\n' >"$WORK/sysroot/usr/lib/tool/$script"
done
printf '#!/bin/sh\nbig; systemctl; cat /usr/lib/tool/closed\n' >"$WORK/sysroot/usr/lib/tool/shell"
chmod 755 "$WORK/sysroot/usr/lib/tool/"*
package tool tool '' /usr/bin/tool /usr/lib/tool/one /usr/lib/tool/two /usr/lib/tool/shell
check "come as data" brings /usr/bin/tool -- /usr/lib/tool/one
check "which is told once" \
	says "tool: left out what starts some of its scripts (2 files, 6.0 MiB .*: -a /usr/bin/language, or --with data" mkrootfs --sysroot "$WORK/sysroot" /usr/bin/tool --list
check "with an option that brings the interpreter" advises /usr/bin/tool "what starts some of its scripts" /usr/bin/language
check "and one that brings all such" advises_with /usr/bin/tool "what starts some of its scripts" /usr/bin/language
echo 12345 >"$WORK/sysroot/usr/lib/tool/closed"
chmod 600 "$WORK/sysroot/usr/lib/tool/closed"
check "what is private in a script's words is told" \
	advises /usr/bin/tool "left out what is private (1 file, 6 bytes)" /usr/lib/tool/closed
check "what a shell script runs is told likewise, and nothing that talks to the machine's own" \
	says "what its scripts run (1 file, .*: -a /usr/bin/big, or --with commands" mkrootfs --sysroot "$WORK/sysroot" /usr/bin/tool --list
check "by its name it comes" advises /usr/bin/tool "what its scripts run" /usr/bin/big
check "and by the need's" advises_with /usr/bin/tool "what its scripts run" /usr/bin/big
check "what is heavy alone, and not when others bring its libraries, comes" \
	brings /usr/bin/tool -a /usr/bin/language -- /usr/bin/big

# Programs that a program starts: CALL is how.
# starter CALL FILE [STRING...]
starter() {
	local call=$1 file=$WORK/sysroot$2 text=
	shift 2
	for string; do
		text+=$(printf '"%s", ' "$string")
	done
	compile "$file" "#include <stdlib.h>
		#include <unistd.h>
		static const char *volatile strings[] = { ${text}\"\" };
		int main(int argc, char **argv) { return argc > 9 ? $call : strings[0][0]; }" -pie
}

# program_there FILE...: a program each, without strings.
program_there() {
	local file
	for file; do
		dynamic "$file"
	done
}

begin
starter 'system(argv[1])' /usr/bin/lines 'sort -u -o %s' 'rm failed' 'cut' 'gzip -c %s | tool' 'python3 -c %s'
starter 'execvp(argv[1], argv)' /usr/bin/names sort helper needed extra heavy perlish 'a tool' /bin/shell
starter 'execv(argv[1], argv)' /usr/bin/paths helper /bin/sh
dynamic /usr/bin/quiet helper /bin/sh 'sort -u'
program_there /bin/sh /usr/bin/{sort,rm,cut,gzip,tool,python3,helper,needed,extra,perl}
compile "$WORK/sysroot/usr/bin/heavy" 'const char heavy[6 << 20] = { 1 }; int main(void) { return heavy[9]; }' -pie
printf '#!/usr/bin/perl\n' >"$WORK/sysroot/usr/bin/perlish"
chmod 755 "$WORK/sysroot/usr/bin/perlish"
put_libc /usr/bin/lines
package lines lines '' /usr/bin/lines
package names names 'required (>= 1)' /usr/bin/names /usr/bin/helper /usr/bin/perlish
package required required '' /usr/bin/needed /usr/bin/heavy /usr/bin/perl
package others others '' /usr/bin/sort /usr/bin/extra
package paths paths '' /usr/bin/paths /usr/bin/helper
check "what calls system gets the shell, and what its command lines run" \
	brings /usr/bin/lines -- /bin/sh /usr/bin/sort /usr/bin/gzip /usr/bin/tool
check "but nothing for a message, a mere word, or an interpreter" \
	leaves_out /usr/bin/lines -- /usr/bin/rm /usr/bin/cut /usr/bin/python3
check "what it names comes of its own package and of what that depends on" \
	brings /usr/bin/names -- /usr/bin/helper /usr/bin/needed
check "and of no other, no script of another language, and nothing heavy" \
	leaves_out /usr/bin/names -- /usr/bin/sort /usr/bin/extra /usr/bin/perlish /usr/bin/heavy /bin/sh
check "what is heavy is told with the option" \
	says "names: left out what it may start (1 file, 6.0 MiB .*: -a /usr/bin/heavy, or --with helpers" mkrootfs --sysroot "$WORK/sysroot" /usr/bin/names -o "$WORK/names.tar"
check "--with helpers brings it" brings /usr/bin/names --with helpers -- /usr/bin/heavy
check "what is started by its path alone is not found by its name; the shell is" \
	brings /usr/bin/paths -- /bin/sh
check "and nothing else" leaves_out /usr/bin/paths -- /usr/bin/helper
starter 'execv(argv[1], argv)' /usr/lib/lang/rt-1/bin/launch engine worker other
dynamic /usr/lib/lang/rt-1/bin/engine.smp
dynamic /usr/lib/lang/rt-1/bin/worker
dynamic /usr/lib/lang/rt-1/bin/other.one
dynamic /usr/lib/lang/rt-1/bin/other.two
dynamic /usr/lib/lang/rt-1/bin/unnamed
package lang lang '' /usr/lib/lang/rt-1/bin/{launch,engine.smp,worker,other.one,other.two,unnamed} \
	/usr/lib/lang/tools/bin/t{1,2,3,4,5,6,7,8,9}{1,2,3,4}
check "what is named stands beside it in a directory of programs of their own, by the whole name or its beginning" \
	brings /usr/lib/lang/rt-1/bin/launch -- /usr/lib/lang/rt-1/bin/engine.smp /usr/lib/lang/rt-1/bin/worker
check "and what else a run-time has there that is launched by a composed name" \
	brings /usr/lib/lang/rt-1/bin/launch -- /usr/lib/lang/rt-1/bin/unnamed
starter 'execv(argv[1], argv)' /usr/lib/tool/bin/launch worker other
dynamic /usr/lib/tool/bin/worker
dynamic /usr/lib/tool/bin/other.one
dynamic /usr/lib/tool/bin/other.two
package tool tool '' /usr/lib/tool/bin/{launch,worker,other.one,other.two}
check "not what may be one of several, nor what it does not name" \
	leaves_out /usr/lib/tool/bin/launch -- /usr/lib/tool/bin/other.one /usr/lib/tool/bin/other.two
check "what starts nothing gets nothing" leaves_out /usr/bin/quiet -- /bin/sh /usr/bin/sort /usr/bin/helper
check "--without helpers leaves all of it out" \
	leaves_out /usr/bin/lines --without helpers -- /bin/sh /usr/bin/sort
check "--without shell the shell" leaves_out /usr/bin/lines --without shell -- /bin/sh
check "--why says who runs it" \
	prints_line 'sort -u -o' mkrootfs --sysroot "$WORK/sysroot" --why /usr/bin/sort /usr/bin/lines
finish
