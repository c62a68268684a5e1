#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Languages, media tools and small programs of our own, each harvested with default options, do
# their real work in a chroot.
# shellcheck source=tests/e2e/programs_lib.sh
. "$(dirname "$0")/programs_lib.sh"
need cc
# Names are looked up where the distribution puts its programs, not where someone put others.
PATH=/usr/sbin:/usr/bin:/sbin:/bin

# By rules: python (its standard library and what that loads), certs, terminfo, locale.
test_python() {
	program python python3-minimal python3.11-minimal libpython3.11-stdlib -- /usr/bin/python3
	check "python: modules of the standard library" prints "2 1 abc 1.5" inside /usr/bin/python3 -c '
import bz2, curses, decimal, hashlib, json, lzma, multiprocessing, readline, sqlite3, ssl, uuid, zlib
import ctypes, ctypes.util
rows = sqlite3.connect(":memory:").execute("select 1 + 1").fetchone()
assert hashlib.sha256(b"x").hexdigest().startswith("2d711642")
assert ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED
assert ctypes.CDLL("libc.so.6").strlen(b"abcd") == 4
print(rows[0], json.loads("1"), lzma.decompress(lzma.compress(b"abc")).decode(), decimal.Decimal("1.5"))'
	check "python: a process pool" prints "[1, 4, 9]" inside /usr/bin/python3 -c '
import multiprocessing
def square(n): return n * n
with multiprocessing.get_context("fork").Pool(2) as pool: print(pool.map(square, [1, 2, 3]))'
	check "python: names of hosts" prints 127.0.0.1 inside /usr/bin/python3 -c '
import socket
print(socket.getaddrinfo("localhost", 80, socket.AF_INET)[0][4][0])'
	check "python: every module that starts without a window" prints "" inside /usr/bin/python3 -W ignore -c '
import importlib, sys
left_out = {"antigravity", "this", "idlelib", "tkinter", "turtle", "turtledemo", "test", "ensurepip",
            "msilib", "msvcrt", "nt", "nturl2path", "ossaudiodev", "winreg", "winsound", "_msi", "_winapi",
            "_overlapped", "_scproxy", "_tkinter", "_gdbm", "pydoc_data", "lib2to3", "distutils", "venv",
            "_wmi", "_xxsubinterpreters", "_xxinterpchannels", "_interpreters", "_bootsubprocess"}
for name in sorted(sys.stdlib_module_names - left_out):
    try: importlib.import_module(name)
    except ImportError as error: print(name, error)'
}

# By rules: the interpreter that env looks up, and its standard library.
test_python_script() {
	printf '%s\n' '#!/usr/bin/env python3' 'import json, sys' \
		'print(json.dumps(sys.argv[1:]))' >"$WORK/script.py"
	chmod 755 "$WORK/script.py"
	program python_script python3-minimal -- "$WORK/script.py:/script.py"
	check "python_script: runs by its first line" prints '["a"]' inside /script.py a
}

# By rules: perl (@INC out of the interpreter), its modules' own libraries.
test_perl() {
	program perl perl-base perl -- perl
	check "perl: modules" prints '{"n":1}2d711642 1 é 5' inside /usr/bin/perl -CS -e '
use strict; use warnings; use utf8;
use POSIX qw(floor); use JSON::PP; use Encode qw(decode encode); use Digest::SHA qw(sha256_hex);
use Storable qw(dclone); use IO::Socket::INET; use Time::HiRes; use Data::Dumper; use File::Temp;
use List::Util qw(sum); use MIME::Base64; use Compress::Zlib; use Socket; use Sys::Hostname;
print JSON::PP->new->encode({n => 1}), substr(sha256_hex("x"), 0, 8), " ", floor(1.5), " ",
	decode("UTF-8", encode("UTF-8", "é")), " ", sum(@{dclone([2, 3])}), "\n";'
}

# By rules: ruby.
test_ruby() {
	program ruby ruby ruby3.1 libruby3.1 -- ruby
	check "ruby: standard library" prints '{"a":"2d71","b":1} 1.5' inside /usr/bin/ruby -e '
require "json"; require "openssl"; require "yaml"; require "set"; require "digest"; require "socket"
require "bigdecimal"; require "zlib"; require "stringio"; require "tempfile"; require "erb"
puts JSON.generate({a: Digest::SHA256.hexdigest("x")[0, 4], b: Set[1].size}) + " " + YAML.load("1.5").to_s'
}

# By rules: lua, where modules are installed; the one here is the user's.
test_lua() {
	echo 'return { twice = function(n) return 2 * n end }' >"$WORK/twice.lua"
	program lua lua5.4 -- lua5.4 --add "$WORK/twice.lua:/usr/share/lua/5.4/twice.lua"
	check "lua: a module" prints 42 inside /usr/bin/lua5.4 -e 'print(require("twice").twice(21))'
}

# By rules: php (its extensions and their configuration).
test_php() {
	program php php8.2-cli php8.2-sqlite3 php8.2-mbstring -- php
	check "php: json, mbstring, sqlite" prints '{"a":1,"s":2}' inside /usr/bin/php -r '
echo json_encode(["a" => function_exists("mb_strlen") ? mb_strlen("é") : 1,
	"s" => class_exists("SQLite3") ? (new SQLite3(":memory:"))->querySingle("select 1 + 1") : 2]), "\n";'
	check "php: no extension is missing" prints "" inside /usr/bin/php -r ''
}

# By rules: node (what the distribution keeps outside of the program), certs.
test_node() {
	program node nodejs libnode108 -- node
	check "node: crypto, files, a server and a client" prints "2d711642 hello" inside /usr/bin/node -e '
const crypto = require("crypto"), fs = require("fs"), http = require("http"), zlib = require("zlib");
fs.writeFileSync("/tmp/x", zlib.gzipSync("hello"));
const server = http.createServer((request, response) =>
	response.end(zlib.gunzipSync(fs.readFileSync("/tmp/x")))).listen(0, "127.0.0.1", () =>
	http.get({ host: "127.0.0.1", port: server.address().port }, response => response.on("data", data => {
		console.log(crypto.createHash("sha256").update("x").digest("hex").slice(0, 8) + " " + data);
		process.exit();
	})));'
	check "node: a worker and an ES module" prints "3" inside /usr/bin/node --input-type=module -e '
import { Worker } from "node:worker_threads";
new Worker(new URL("data:text/javascript,import{parentPort}from%20\"worker_threads\";parentPort.postMessage(3)"))
	.on("message", n => console.log(n));'
}

# By rules: tcl.
test_tcl() {
	printf '%s\n' 'package require http' 'package require msgcat' \
		'puts [encoding convertfrom shiftjis \x83\x65]' \
		'puts [clock format 0 -timezone :UTC -format %Y]' >"$WORK/script.tcl"
	program tcl tcl8.6 libtcl8.6 -- tclsh --add "$WORK/script.tcl:/script.tcl"
	check "tcl: packages, encodings, clock" prints $'テ\n1970' \
		inside LC_ALL=C.UTF-8 /usr/bin/tclsh /script.tcl
}

# By rules: guile.
test_guile() {
	program guile guile-3.0 guile-3.0-libs -- guile
	check "guile: modules" prints "6 (1)" inside /usr/bin/guile -c '
(use-modules (ice-9 match) (srfi srfi-1) (ice-9 regex) (ice-9 format) (rnrs bytevectors))
(display (fold + 0 (list 1 2 3))) (display " ") (display (match (list 1 2) ((a _) (list a)))) (newline)'
}

# By rules: java (its machine, libraries, modules and configuration), certs by its own link.
test_java() {
	local home
	home=$(dirname "$(dirname "$(realpath "$(command -v java)")")")
	program java openjdk-17-jre-headless ca-certificates-java -- java --add "$WORK/Hello.class:/Hello.class"
	[ -e "$home/release" ] || return
	check "java: it starts" inside /usr/bin/java -Xshare:auto -version
	check "java: its modules" inside /usr/bin/java --list-modules
	check "java: zip, network, TLS and locales" prints "$(printf 'ok\nbonjour')" \
		inside /usr/bin/java -cp / Hello
}

# A class, without the compiler: made by it and kept small, or by it where it is there.
make_java_class() {
	cat >"$WORK/Hello.java" <<-'END'
		public class Hello {
			public static void main(String[] words) throws Exception {
				javax.net.ssl.SSLContext.getDefault();
				new java.util.zip.Deflater().end();
				java.net.InetAddress.getByName("localhost");
				java.text.NumberFormat.getInstance(java.util.Locale.FRANCE).format(1.5);
				System.out.println("ok");
				System.out.println("bonjour");
			}
		}
	END
	javac -d "$WORK" "$WORK/Hello.java" >/dev/null 2>&1
}

# By rules: nothing but what is loaded; its many libraries' data are suggested.
test_ffmpeg() {
	program ffmpeg ffmpeg -- ffmpeg
	check "ffmpeg: encodes" inside /usr/bin/ffmpeg -v error -f lavfi -i testsrc=duration=1:size=64x48:rate=5 \
		-f lavfi -i sine=duration=1 -c:v libx264 -c:a aac -y /tmp/x.mp4
	check "ffmpeg: decodes" inside /usr/bin/ffmpeg -v error -i /tmp/x.mp4 -f null -
	check "ffmpeg: another pair" inside /usr/bin/ffmpeg -v error -i /tmp/x.mp4 -c:v libvpx -c:a libopus -y /tmp/x.webm
}

# By rules: imagemagick (formats are plugins; its configuration).
test_imagemagick() {
	inside_has() { test -s "$root/tmp/$1"; }
	program imagemagick imagemagick-6.q16 libmagickcore-6.q16-6 -- /usr/bin/convert
	check "imagemagick: makes a PNG" inside /usr/bin/convert rose: /tmp/x.png
	check "imagemagick: PNG to JPEG" inside /usr/bin/convert /tmp/x.png -resize 20x20 /tmp/x.jpg
	check "imagemagick: it is a JPEG" prints "ffd8" sh -c "od -An -tx1 -N2 '$root/tmp/x.jpg' | tr -d ' '"
	check "imagemagick: WebP" inside /usr/bin/convert /tmp/x.png /tmp/x.webp
	check "imagemagick: GIF" inside /usr/bin/convert /tmp/x.png /tmp/x.gif
}

# small NAME SOURCE [FLAG...]: a program of our own in $WORK/NAME.
small() {
	local name=$1
	compile "$WORK/bin/$name" "${@:2}"
}

# By rules: unwind (pthread_cancel).
test_pthread_cancel() {
	small pthread_cancel '
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static void clean(void *text) { puts(text); }
static void *run(void *data) { pthread_cleanup_push(clean, "cleaned"); pause(); pthread_cleanup_pop(0); return data; }
int main(void)
{
	pthread_t thread;
	void *result;
	pthread_create(&thread, NULL, run, NULL);
	pthread_cancel(thread);
	pthread_join(thread, &result);
	return result != PTHREAD_CANCELED;
}' -pthread
	program pthread_cancel -- "$WORK/bin/pthread_cancel:/p"
	check "pthread_cancel: is cancelled" prints cleaned inside /p
}

# By DT_NEEDED alone: libstdc++ and libgcc_s are in it.
test_exceptions() {
	mkdir -p "$WORK/bin"
	echo '#include <stdexcept>
void thrower() { throw std::runtime_error("caught"); }' >"$WORK/thrower.cc"
	echo '#include <iostream>
#include <stdexcept>
void thrower();
int main() { try { thrower(); } catch (const std::exception &e) { std::cout << e.what() << std::endl; } }' >"$WORK/catcher.cc"
	c++ -shared -fPIC -o "$WORK/bin/libthrower.so" "$WORK/thrower.cc" &&
		c++ -o "$WORK/bin/exceptions" "$WORK/catcher.cc" -L"$WORK/bin" -lthrower -Wl,-rpath,"\$ORIGIN"
	program exceptions -- "$WORK/bin/exceptions:/app/p"
	check "exceptions: cross a library" prints caught inside /app/p
}

# By rules: gconv (the set is named in the program), with a configuration for just what is there.
test_iconv() {
	small sjis '
#include <iconv.h>
#include <stdio.h>
int main(void)
{
	char in[] = "\x83\x65\x83\x58\x83\x67", out[64] = "", *from = in, *to = out;
	size_t left = 6, room = sizeof(out) - 1;
	iconv_t converter = iconv_open("UTF-8", "SJIS");
	if (converter == (iconv_t)-1 || iconv(converter, &from, &left, &to, &room) == (size_t)-1)
		return 1;
	if (iconv_open("UTF-16LE", "ISO-8859-1") == (iconv_t)-1)
		return 2;
	puts(out);
	return 0;
}'
	program iconv -- "$WORK/bin/sjis:/p"
	check "iconv: SJIS, and the usual ones" prints テスト inside /p
	program iconv_program libc-bin -- /usr/bin/iconv
	check "iconv(1): any set" prints é sh -c \
		"printf '\\351' | timeout 10 chroot '$root' /usr/bin/iconv -f CP1250 -t UTF-8"
}

# By rules: nss, hosts (a file of the user's replaces the one that is made).
test_getaddrinfo() {
	small getaddrinfo '
#include <netdb.h>
#include <stdio.h>
#include <arpa/inet.h>
int main(int argc, char **argv)
{
	struct addrinfo *found, hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
	char text[64];
	if (getaddrinfo(argv[1], "http", &hints, &found) != 0)
		return 1;
	struct sockaddr_in *address = (struct sockaddr_in *)found->ai_addr;
	printf("%s %d\n", inet_ntop(AF_INET, &address->sin_addr, text, sizeof(text)), ntohs(address->sin_port));
	return argc < 2;
}'
	echo "192.0.2.7 seven.example" >"$WORK/hosts"
	program getaddrinfo -- "$WORK/bin/getaddrinfo:/p" --add "$WORK/hosts:/etc/hosts"
	check "getaddrinfo: a name of the hosts file, a service by name" prints "192.0.2.7 80" inside /p seven.example
	program localhost -- "$WORK/bin/getaddrinfo:/p"
	check "getaddrinfo: localhost without one" prints "127.0.0.1 80" inside /p localhost
}

# By rules: nss, services; the accounts of every rootfs.
test_accounts() {
	small accounts '
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>
int main(void)
{
	struct passwd *user = getpwuid(getuid());
	struct servent *service = getservbyname("https", "tcp");
	struct protoent *protocol = getprotobyname("udp");
	if (!user || !service || !protocol || !getgrnam("app") || !getpwnam("root"))
		return 1;
	printf("%s %d %d\n", user->pw_name, service->s_port >> 8 | (service->s_port & 255) << 8, protocol->p_proto);
	return 0;
}'
	program accounts netbase -- "$WORK/bin/accounts:/p" --user app
	check "accounts: users, groups, services and protocols" prints "app 443 17" inside /p
}

# By rules: locale (C.UTF-8; another one by --with locale=NAME).
test_locale() {
	small locale '
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#include <wctype.h>
int main(int argc, char **argv)
{
	wchar_t wide[8];
	if (!setlocale(LC_ALL, argv[1]))
		return 1;
	if (mbstowcs(wide, "\xc3\xa9", 8) != 1 || towupper(wide[0]) != 0xc9)
		return 2;
	printf("%.1f\n", 1.5);
	return 0;
}'
	program locale libc-bin -- "$WORK/bin/locale:/p"
	check "locale: C.UTF-8" prints 1.5 inside /p C.UTF-8
	if [ -d /usr/lib/locale/de_DE.utf8 ] || localedef -i de_DE -f UTF-8 --no-archive \
		/usr/lib/locale/de_DE.utf8 >"$WORK/localedef" 2>&1; then
		program locale_compiled libc-bin locales -- "$WORK/bin/locale:/p" --with locale=de_DE.UTF-8
		check "locale: a compiled one" prints 1,5 inside /p de_DE.UTF-8
	else
		skip "locale: a compiled one" "localedef cannot make it: $(head -n 1 "$WORK/localedef")"
	fi
}

# By rules: tz (UTC; another zone by --with tz=NAME).
test_time() {
	small time '
#include <stdio.h>
#include <time.h>
int main(void)
{
	time_t when = 1720000000;
	char text[64];
	strftime(text, sizeof(text), "%H:%M %Z", localtime(&when));
	puts(text);
	return 0;
}'
	program time tzdata -- "$WORK/bin/time:/p" --with tz=Europe/Berlin
	check "time: of a zone" prints "11:46 CEST" inside TZ=Europe/Berlin /p
	check "time: of UTC" prints "09:46 UTC" inside TZ=UTC /p
	check "time: without one" prints "09:46 UTC" inside /p
}

# By rules: dlopen, which is suggested: a name in a program is no proof that it is opened.
test_dlopen() {
	small dlopen '
#include <dlfcn.h>
#include <stdio.h>
int main(void)
{
	void *library = dlopen("libz.so.1", RTLD_NOW);
	const char *(*version)(void) = library ? dlsym(library, "zlibVersion") : NULL;
	puts(version && version()[0] == 49 ? "opened" : "not opened");
	return 0;
}'
	program dlopen -- "$WORK/bin/dlopen:/p" --dlopen suggested
	check "dlopen: by name" prints opened inside /p
	check "dlopen: -v tells of it without" says "may open libz.so.1" mkrootfs -v "$WORK/bin/dlopen:/p" --list
}

# By rules: terminfo.
test_curses() {
	if ! small curses '
#include <curses.h>
#include <term.h>
int main(void)
{
	int error;
	if (setupterm(NULL, 1, &error) != OK)
		return 1;
	printf("%d\n", tigetnum("colors"));
	return 0;
}' -lncurses -ltinfo 2>/dev/null; then
		skip "curses" "ncurses.h is not installed"
		return
	fi
	program curses ncurses-base -- "$WORK/bin/curses:/p"
	check "curses: xterm-256color" prints 256 inside TERM=xterm-256color /p
	check "curses: linux" prints 8 inside TERM=linux /p
}

# By rules: pam (its configuration, and the modules that are named in it).
test_pam() {
	if ! small pam '
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
static int talk(int n, const struct pam_message **messages, struct pam_response **answers, void *data)
{
	*answers = calloc(n, sizeof(**answers));
	return PAM_SUCCESS;
}
int main(int argc, char **argv)
{
	struct pam_conv conversation = { talk, NULL };
	pam_handle_t *handle;
	int result;
	if (pam_start(argv[1], "app", &conversation, &handle) != PAM_SUCCESS)
		return 1;
	result = pam_authenticate(handle, PAM_SILENT);
	puts(pam_strerror(handle, result));
	return pam_end(handle, result) != PAM_SUCCESS;
}' -lpam 2>/dev/null; then
		skip "pam" "security/pam_appl.h is not installed"
		return
	fi
	printf 'auth required pam_permit.so\n' >"$WORK/yes"
	printf 'auth required pam_deny.so\n' >"$WORK/no"
	program pam libpam-modules -- "$WORK/bin/pam:/p" --user app --add "$WORK/yes:/etc/pam.d/yes" \
		--add "$WORK/no:/etc/pam.d/no"
	check "pam: permits" prints Success inside /p yes
	check "pam: denies" prints "Authentication failure" inside /p no
}

run python /usr/bin/python3
run python_script /usr/bin/python3
run perl perl
run ruby ruby
run lua lua5.4
run php php
run node node
run tcl tclsh
run guile guile
if command -v javac >/dev/null && make_java_class; then
	run java java
else
	skip java "javac is not installed"
fi
run ffmpeg ffmpeg
run imagemagick /usr/bin/convert
run pthread_cancel
run exceptions c++
run iconv
run getaddrinfo
run accounts
run locale
run time
run dlopen
run curses
run pam
finish_programs
