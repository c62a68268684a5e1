#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Which programs come because a script in a language other than the shell's starts or names them, in
# sysroots whose packages are written by hand.
# shellcheck source=tests/e2e/belongs_lib.sh
# shellcheck disable=SC2016 # scripts in quotes have variables of their own
. "$(dirname "$0")/belongs_lib.sh"

# text PATH LINE...: an executable script in the sysroot.
text() {
	local path=$WORK/sysroot$1
	mkdir -p "${path%/*}"
	shift
	printf '%s\n' "$@" >"$path"
	chmod 755 "$path"
}

begin
made /usr/bin/lua '/usr/share/lua/5.4/?.lua;/usr/share/lua/5.4/?/init.lua'
for name in called others named far rest; do
	made "/usr/bin/$name"
done
made /bin/sh
made /usr/bin/inner
made /usr/bin/others-inner
text /usr/bin/app '#!/usr/bin/lua' 'os.execute("called -x")' 'local h = require "app.inner"; require "foreign"' 'tools = { "named", "far" }' \
	'-- os.execute("rest")'
text /usr/share/lua/5.4/app/inner.lua 'io.popen("inner -y")' 'return "others"'
chmod 644 "$WORK/sysroot/usr/share/lua/5.4/app/inner.lua"
text /usr/share/lua/5.4/foreign.lua 'os.execute("others-inner -x")'
package app app-source 'tools' /usr/bin/app /usr/share/lua/5.4/app/inner.lua
package tools tools-source '' /usr/bin/named
package elsewhere elsewhere-source '' /usr/bin/called /usr/bin/far /usr/bin/rest /usr/bin/others /usr/bin/inner /usr/bin/others-inner
check "what it calls, whoever has it" brings /usr/bin/app -- /usr/bin/called
check "the shell, to which it hands a text" brings /usr/bin/app -- /bin/sh
check "what it names, where its package depends on that" brings /usr/bin/app -- /usr/bin/named
check "what its own modules call" brings /usr/bin/app -- /usr/bin/inner
check "nothing that modules of others call" leaves_out /usr/bin/app -- /usr/bin/others-inner
check "nothing that it only names, of others" leaves_out /usr/bin/app -- /usr/bin/far /usr/bin/others
check "nothing that stands in a comment" leaves_out /usr/bin/app -- /usr/bin/rest
text /usr/bin/other '#!/usr/bin/lua' 'os.execute("perl -e 1")'
made /usr/bin/perl
package other other-source '' /usr/bin/other
package perl perl '' /usr/bin/perl
check "no interpreter that its package does not depend on" leaves_out /usr/bin/other -- /usr/bin/perl
check "that is told" prints_line 'left out.*-a /usr/bin/perl' \
	sh -c "$MKROOTFS --sysroot $WORK/sysroot --list /usr/bin/other 2>&1"
check "nothing of it with --without commands" leaves_out /usr/bin/app --without commands -- /usr/bin/called /usr/bin/named

# The same without a package: all that it calls is its own affair.
begin
for name in lua called named; do
	made "/usr/bin/$name"
done
text /opt/x/bin/app '#!/usr/bin/lua' "local tool = 'called'" 'os.execute(tool .. " -x")' 'x = "named"'
check "a script of no package: what it calls" brings /opt/x/bin/app -- /usr/bin/called
check "a script of no package: nothing that it only names" leaves_out /opt/x/bin/app -- /usr/bin/named

# Shell scripts whose parts are in a directory that is computed.
begin
for name in inner part tr deep; do
	made "/usr/bin/$name"
done
made /bin/sh
text /usr/bin/app '#!/bin/sh' 'D=$(where)' '. "$D/lib/inner.sh"'
text /usr/share/app/lib/inner.sh 'inner -x' '. $PARTS/deep.sh'
text /usr/share/app/parts/deep.sh 'deep'
text /opt/x/bin/run '#!/bin/sh' '. "$(where)/lib/inner.sh"'
text /opt/x/lib/inner.sh 'tr a b'
text /usr/bin/parts '#!/bin/sh' 'for i in $(names); do . /usr/share/app/parts/part_$i; done'
text /usr/share/app/parts/part_one 'part -x'
package app app-source '' /usr/bin/app /usr/share/app/lib/inner.sh /usr/share/app/parts/deep.sh
check "a part in a directory that is computed, and what that runs and reads" \
	brings /usr/bin/app -- /usr/share/app/lib/inner.sh /usr/bin/inner /usr/share/app/parts/deep.sh /usr/bin/deep
check "the same of no package: beside the script, or below its prefix" \
	brings /opt/x/bin/run -- /opt/x/lib/inner.sh /usr/bin/tr
check "parts of whose names the end is computed" \
	brings /usr/bin/parts -- /usr/share/app/parts/part_one /usr/bin/part

# Modules of Python that are there, and that the script's package does not depend on.
begin
compile "$WORK/sysroot/usr/bin/python3.12" "int Py_BytesMain(void) { return 0; } void _start(void) { }" \
	-nostdlib -pie -rdynamic -Wl,--no-dynamic-linker
there /usr/lib/python3.12/{os,encodings}.py
text /usr/bin/app '#!/usr/bin/python3.12' 'import own'
text /usr/lib/python3/dist-packages/own/__init__.py 'import needed' 'try: import other' 'except ImportError: pass'
text /usr/lib/python3/dist-packages/needed.py 'import unrelated'
text /usr/lib/python3/dist-packages/other/__init__.py 'x = 1'
text /usr/lib/python3/dist-packages/unrelated.py 'x = 1'
package app app-source 'python3-needed' /usr/bin/app /usr/lib/python3/dist-packages/own/__init__.py
package python3-needed needed '' /usr/lib/python3/dist-packages/needed.py
package python3-other other '' /usr/lib/python3/dist-packages/other/__init__.py
package python3-unrelated unrelated '' /usr/lib/python3/dist-packages/unrelated.py
# told PATTERN: what is said has it.
told() {
	mkrootfs --sysroot "$WORK/sysroot" --list /usr/bin/app 2>&1 >/dev/null | grep -e "$1"
}
check "modules that a package depends on, and no others" \
	brings /usr/bin/app -- /usr/lib/python3/dist-packages/own/__init__.py /usr/lib/python3/dist-packages/needed.py
check "the others stay out" leaves_out /usr/bin/app -- /usr/lib/python3/dist-packages/other
check "and are told, with what brings them" \
	told 'does not depend on (1 path.*-a /usr/lib/python3/dist-packages/other, or --with dist-packages'
check "what is told brings them" \
	brings /usr/bin/app -a /usr/lib/python3/dist-packages/other -- /usr/lib/python3/dist-packages/other/__init__.py
check "but those that only modules of others want" not told unrelated

text /usr/bin/computed '#!/usr/bin/python3.12' 'import sys' '__import__(sys.argv[1])'
package computed computed-source 'python3-needed' /usr/bin/computed
check "an import that is computed: modules of what the package depends on" \
	brings /usr/bin/computed -- /usr/lib/python3/dist-packages/needed.py
check "an import that is computed: none of others" \
	leaves_out /usr/bin/computed -- /usr/lib/python3/dist-packages/own/__init__.py

# The same of Perl.
begin
compile "$WORK/sysroot/usr/bin/perl" "int perl_construct(void) { return 0; } void _start(void) { }
	const char *volatile paths[] = { \"/usr/share/perl5\", \"/usr/share/perl/5.36\" };" \
	-nostdlib -pie -rdynamic -Wl,--no-dynamic-linker
there /usr/share/perl/5.36/strict.pm /usr/share/perl5/Needed/Deep.pm /usr/share/perl5/Other.pm
text /usr/bin/app '#!/usr/bin/perl' 'my $m = shift; eval "require $m" or die;'
package app app-source 'libneeded-perl' /usr/bin/app
package libneeded-perl needed '' /usr/share/perl5/Needed/Deep.pm
package libother-perl other '' /usr/share/perl5/Other.pm
check "Perl: modules of what the package depends on, where an import is computed" \
	brings /usr/bin/app -- /usr/share/perl5/Needed/Deep.pm
check "Perl: none of others" leaves_out /usr/bin/app -- /usr/share/perl5/Other.pm

# Languages of one file, that have no modules.
begin
made /usr/bin/gawk
made /usr/bin/called
made /bin/sh
text /usr/bin/app '#!/usr/bin/gawk -f' 'BEGIN { "called -x" | getline y; print y }'
made /usr/bin/fish
made /usr/bin/expect
text /usr/bin/fishy '#!/usr/bin/fish' 'for i in (called 3)' 'end'
text /usr/bin/chat '#!/usr/bin/expect -f' 'spawn called -x'
check "fish: a command that is substituted" brings /usr/bin/fishy -- /usr/bin/called
check "Expect: what it spawns" brings /usr/bin/chat -- /usr/bin/called
check "awk: a command behind a pipe, and the shell" brings /usr/bin/app -- /usr/bin/called /bin/sh
# Libraries that a script opens by their names (ffi).
begin
dynamic /usr/bin/lua '/usr/share/lua/5.4/?.lua;/usr/share/lua/5.4/?/init.lua'
put_libc /usr/bin/lua
library /usr/lib/libopened.so.1
library /usr/lib/libother.so.1
text /usr/bin/app '#!/usr/bin/lua' 'local ffi = require "ffi"' 'local x = ffi.load("libopened.so.1")' '-- ffi.load("libother.so.1")'
check "ffi: a library that a script opens" brings /usr/bin/app -- /usr/lib/libopened.so.1
check "ffi: no other" leaves_out /usr/bin/app -- /usr/lib/libother.so.1
check "ffi: none with --without ffi" leaves_out /usr/bin/app --without ffi -- /usr/lib/libopened.so.1

finish
