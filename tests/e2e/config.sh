#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the user's own configuration names comes along: the need "config". The server, its plugins and
# its machine are made here, so that no knowledge of a program helps.
# shellcheck source=tests/e2e/rules_lib.sh
. "$(dirname "$0")/rules_lib.sh"
need_root

system=$WORK/sysroot

# conf PATH: standard input is a file of the machine.
conf() {
	mkdir -p "$system$(dirname "$1")"
	cat >"$system$1"
}

# The server has a directory of plugins in its strings, and no package.
server() {
	begin
	program -pie /usr/sbin/server /usr/lib/plugs/ /etc/server/server.conf
	put_libc /usr/sbin/server
}

server
there /usr/lib/plugs/mod_one.so /usr/lib/plugs/mod_two.so /usr/lib/plugs/mod_three.so /usr/lib/plugs/plain.so \
	/usr/lib/far/away.so /usr/share/pages/index.html /usr/share/pages/deep/style.css /usr/share/types \
	/etc/server/mime.types /etc/server/other.types /etc/server/conf.d/a.conf /etc/server/conf.d/b.conf.bak \
	/usr/share/pages-not/x /usr/share/man/page
program -pie /usr/libexec/helper
program -pie /usr/bin/piped
program -pie /usr/bin/run-first
program -pie /usr/bin/run-then
program -pie /usr/bin/argument
program -static-pie /usr/libexec/alone
compile "$system/usr/lib/libheavy.so" "char heavy[6 << 20] = { 1 };" -shared -nostdlib -Wl,-soname,libheavy.so
compile "$system/usr/lib/plugs/mod_heavy.so" "extern char heavy[]; char *x = heavy;" -shared -nostdlib \
	"$system/usr/lib/libheavy.so"
compile "$WORK/libgone.so" "int gone;" -shared -nostdlib -Wl,-soname,libgone.so
compile "$system/usr/lib/plugs/mod_broken.so" "extern int gone; int *x = &gone;" -shared -nostdlib "$WORK/libgone.so"
echo "types /usr/share/types" >"$system/etc/server/conf.d/a.conf"
echo "types /usr/share/man/page" >"$system/etc/server/conf.d/b.conf.bak"
conf /etc/server/server.conf <<-'END'
	# LoadModule three /usr/share/pages-not/x
	LoadModule one
	LoadModule heavy
	load_module plugs/plain.so;
	plugin = "/usr/lib/far/away.so"
	root /usr/share/pages;
	include mime.types
	Include /etc/server/conf.d/*.conf
	exec = /usr/libexec/helper --fast
	|piped -x
	pipe_command = run-first argument | run-then
	exec = /usr/libexec/alone
END
conf_options=(/usr/sbin/server -a /etc/server/server.conf --without data)
check "a plugin by its bare name, as the directory calls its plugins" \
	brings "${conf_options[@]}" -- /usr/lib/plugs/mod_one.so
check "one by a name relative to what is above that directory" \
	brings "${conf_options[@]}" -- /usr/lib/plugs/plain.so
check "one by its path" brings "${conf_options[@]}" -- /usr/lib/far/away.so
check "whatever it weighs, with its libraries" \
	brings "${conf_options[@]}" -- /usr/lib/plugs/mod_heavy.so /usr/lib/libheavy.so
check "no other plugin" leaves_out "${conf_options[@]}" -- /usr/lib/plugs/mod_two.so /usr/lib/plugs/mod_three.so
check "a directory of data, whole" brings "${conf_options[@]}" -- /usr/share/pages/index.html \
	/usr/share/pages/deep/style.css
check "a file beside the configuration" brings "${conf_options[@]}" -- /etc/server/mime.types
check "and of its directory nothing that it does not name" \
	leaves_out "${conf_options[@]}" -- /etc/server/other.types
check "configuration that it includes, and what that names" \
	brings "${conf_options[@]}" -- /etc/server/conf.d/a.conf /usr/share/types
check "a glob includes no more than it matches" \
	leaves_out "${conf_options[@]}" -- /etc/server/conf.d/b.conf.bak /usr/share/man/page
check "what a comment names stays out" leaves_out "${conf_options[@]}" -- /usr/share/pages-not/x
check "a program is brought" brings "${conf_options[@]}" -- /usr/libexec/helper
check "one that is linked statically too" brings "${conf_options[@]}" -- /usr/libexec/alone
check "and one by its bare name, if something is piped to it" brings "${conf_options[@]}" -- /usr/bin/piped
check "those that the command line of a command's key begins with and pipes to" \
	brings "${conf_options[@]}" -- /usr/bin/run-first /usr/bin/run-then
check "and not its arguments" leaves_out "${conf_options[@]}" -- /usr/bin/argument
check "with its loader's needs, so that it runs" mkrootfs --sysroot "$system" "${conf_options[@]}" -d "$WORK/root"
check "it does" status 0 as 10000 "$WORK/root" /usr/libexec/helper
explained() {
	mkrootfs --sysroot "$system" "${conf_options[@]}" "$@"
}
check "--why says which line names it" \
	grep "config.*configuration" <(explained --why /usr/lib/plugs/mod_one.so 2>&1)
check "--json too" grep "named in /etc/server/server.conf, line 2" <(explained --json)
check "--without config leaves all of it out" leaves_out "${conf_options[@]}" --without config -- \
	/usr/lib/plugs/mod_one.so /usr/share/pages /etc/server/mime.types /usr/libexec/helper
check "--dlopen none too" leaves_out "${conf_options[@]}" --dlopen none -- /usr/lib/plugs/mod_one.so
check "--dlopen required too" leaves_out "${conf_options[@]}" --dlopen required -- /usr/lib/plugs/mod_one.so
check "unless it is asked for" brings "${conf_options[@]}" --dlopen none --with config -- /usr/lib/plugs/mod_one.so
check "moved, it names the same" brings /usr/sbin/server -a /etc/server/server.conf:/etc/own/own.conf --without data \
	-- /usr/lib/plugs/mod_one.so /usr/share/pages/index.html

echo "LoadModule broken" >>"$system/etc/server/server.conf"
check "what does not load is left out, with a warning" \
	says "warning: /usr/lib/plugs/mod_broken.so: left out: .*libgone.so.*server.conf, line 13" explained --list
check "and does not fail" leaves_out "${conf_options[@]}" -- /usr/lib/plugs/mod_broken.so

# A directory is handed over.
server
there /usr/lib/plugs/mod_alpha.so /usr/lib/plugs/mod_beta.so /usr/share/doc/page /usr/share/text/a
mkdir -p "$system/etc/server/mods-enabled"
echo "LoadModule alpha" | conf /etc/server/mods-available/alpha.load
echo "LoadModule beta" | conf /etc/server/mods-available/beta.load
ln -s ../mods-available/alpha.load "$system/etc/server/mods-enabled/alpha.load"
echo "see /usr/share/text/a" | conf /etc/server/README
check "what is enabled is read, through its link" \
	brings /usr/sbin/server -a /etc/server --without data -- /usr/lib/plugs/mod_alpha.so
check "what is there to be enabled is not, nor what is for people" \
	leaves_out /usr/sbin/server -a /etc/server --without data -- /usr/lib/plugs/mod_beta.so /usr/share/text/a

# Configuration that includes itself, and more than anybody reads.
server
for i in {1..40}; do
	echo "include /etc/server/$((i + 1)).conf" | conf "/etc/server/$i.conf"
done
echo "include /etc/server/1.conf" | conf /etc/server/server.conf
check "to include has a bound" brings /usr/sbin/server -a /etc/server/server.conf --without data -- /etc/server/5.conf
check "which is not far" leaves_out /usr/sbin/server -a /etc/server/server.conf --without data -- /etc/server/20.conf
echo "include /etc/server/server.conf" | conf /etc/server/server.conf
check "nobody includes himself" status 0 mkrootfs --sysroot "$system" /usr/sbin/server -a /etc/server/server.conf --list
head -c 100000 /dev/urandom >"$system/etc/server/server.conf"
check "what is no text is not read" status 0 mkrootfs --sysroot "$system" /usr/sbin/server -a /etc/server/server.conf --list

# People and places.
server
printf '%s\n' 'root:x:0:0::/root:/bin/sh' 'srv:x:120:121::/:/bin/false' 'alice:x:1000:1000::/home/alice:/bin/sh' |
	conf /etc/passwd
printf '%s\n' 'root:x:0:' 'srv:x:121:' 'logs:x:122:' 'alice:x:1000:' | conf /etc/group
mkdir -p "$system/var/log/srv" "$system/var/lib/srv"
chown 120:121 "$system/var/lib/srv"
chmod 2750 "$system/var/log/srv"
echo old | conf /var/log/srv/access.log
echo old | conf /var/lib/srv/data
conf /etc/server/server.conf <<-'END'
	User srv
	Group = logs
	user alice
	log /var/log/srv/access.log
	data: /var/lib/srv
	pid "/run/srv/server.pid"
END
check "who and where" mkrootfs --sysroot "$system" /usr/sbin/server -a /etc/server/server.conf -d "$WORK/places"
check "the account comes" grep -q ^srv: "$WORK/places/etc/passwd"
check "and the group" grep -q ^logs: "$WORK/places/etc/group"
check "no account of a person" not grep alice "$WORK/places/etc/passwd"
check "the directory of a log, empty" prints "2750 0:0" stat -c '%a %u:%g' "$WORK/places/var/log/srv"
check "that of data, with its owner" prints "755 120:121" stat -c '%a %u:%g' "$WORK/places/var/lib/srv"
check "and one that is not there yet, of whom it names" prints "755 120:121" stat -c '%a %u:%g' "$WORK/places/run/srv"
check "nothing of what was written" not grep -rx old "$WORK/places/var" "$WORK/places/run"

# Scripts that an interpreter is told the name of: nobody starts them.
server
program -pie /usr/bin/luajit "./?.lua;/usr/local/share/lua/5.1/?.lua;/usr/share/lua/5.1/?.lua;/usr/share/lua/5.1/?/init.lua" \
	"./?.so;/usr/lib/lua/5.1/?.so"
there /usr/lib/lua/5.1/native/core.so /usr/lib/lua/5.1/unused.so
printf '%s\n' 'local b = require("native")' '-- require "unused"' | conf /job/main.lua
echo 'return require "native.core"' | conf /usr/share/lua/5.1/native/init.lua
echo 'require "main"' | conf /job/other.lua
lua=(/usr/bin/luajit --without "lua,data")
check "a script of Lua brings the modules that it requires" \
	brings "${lua[@]}" -a /job/main.lua -- /usr/share/lua/5.1/native/init.lua /usr/lib/lua/5.1/native/core.so
check "and no other" leaves_out "${lua[@]}" -a /job/main.lua -- /usr/lib/lua/5.1/unused.so
check "what is beside it too" brings "${lua[@]}" -a /job/other.lua -- /job/main.lua /usr/lib/lua/5.1/native/core.so
check "a directory of scripts is read" brings "${lua[@]}" -a /job -- /usr/lib/lua/5.1/native/core.so
check "without an interpreter it is text" \
	leaves_out /usr/sbin/server -a /job/main.lua -- /usr/share/lua/5.1/native/init.lua
if [ -f /usr/lib/python3.11/colorsys.py ] && [ -x /usr/bin/python3 ]; then
	printf '#!/usr/bin/python3\nimport sys\n' >"$WORK/launcher"
	chmod +x "$WORK/launcher"
	echo "import colorsys" >"$WORK/extra.py"
	check "a module of Python that a launcher is told of" \
		grep -x /usr/lib/python3.11/colorsys.py <("$MKROOTFS" "$WORK/launcher" -a "$WORK/extra.py" --list)
	check "which it has not by itself" not grep colorsys <("$MKROOTFS" "$WORK/launcher" --list)
else
	skip "a module of Python" "no such Python here"
fi

finish
