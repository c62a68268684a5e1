#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Scripts by default options: what they import and run is read out of their text. Each is harvested,
# runs in a chroot, and answers as it does here. What it does not use stays out.

# shellcheck disable=SC2016 # Scripts in quotes are full of variables of their own.

. "$(dirname "$0")/programs_lib.sh"

# What the scripts under test read.
printf 'hello world\nfoo\n' >"$WORK/in.txt"
gzip -k "$WORK/in.txt"
[ ! -x /usr/bin/xz ] || xz -k "$WORK/in.txt"
printf '=head1 X\n\nfoo B<bar>\n' >"$WORK/in.pod"
echo 'print("x")' >"$WORK/in.py"

# script FILE ARG...: harvests the FILE, and compares what it prints here and in there.
script() {
	local file=$1 expected input
	shift
	program "$(basename "$file")" -- "$file"
	for input in "$WORK"/in.*; do
		cp "$input" "$root/tmp/"
	done
	expected=$(cd "$WORK" && "${CLEAN[@]}" "$file" "${@//\/tmp\/in./$WORK/in.}" 2>&1 </dev/null)
	check "$PROGRAM: answers as here" prints "${expected//$WORK\/in./\/tmp/in.}" both inside "$file" "$@"
}

# Standard error too.
both() {
	"$@" 2>&1
}

# own NAME LINE...: a script of that name with those lines, executable.
own() {
	local path=$WORK/bin/$1
	mkdir -p "$WORK/bin"
	shift
	printf '%s\n' "$@" >"$path"
	chmod 755 "$path"
}

# stays_out GLOB: nothing of that name is in the rootfs.
stays_out() {
	[ -z "$(find "$root" -name "$1" -print -quit)" ] || { find "$root" -name "$1"; return 1; }
}

# smaller_than MEGABYTES
smaller_than() {
	local size
	size=$(du -s --bytes "$root" | awk '{ print int($1 / 1000000) }')
	[ "$size" -lt "$1" ] || { echo "$size MB"; return 1; }
}

# is_there PATH...
is_there() {
	local path
	for path; do
		[ -e "$root$path" ] || { echo "$path is not there"; return 1; }
	done
}

#
# Shell scripts: their commands, and the files that they name.
#
test_gunzip() { script /usr/bin/gunzip -c /tmp/in.txt.gz; }
test_zgrep() { script /usr/bin/zgrep hello /tmp/in.txt.gz; }
test_xzgrep() { script /usr/bin/xzgrep hello /tmp/in.txt.xz; }
test_lsb_release() { script /usr/bin/lsb_release -a; }

test_launcher() {
	mkdir -p "$WORK/opt/lib"
	echo 'greet() { tr a-z A-Z; }' >"$WORK/opt/lib/functions"
	own launcher '#!/bin/sh' 'HERE=$(cd "$(dirname "$0")/.." && pwd)' ". \$HERE/opt/lib/functions" \
		'CAT=cat' 'unused() { head; }' 'for f in /etc/os-release; do "$CAT" $f | sed -n 1p | greet; done' \
		'case $1 in x) exec rm -rf "$2" ;; esac'
	script "$WORK/bin/launcher"
	check "launcher: commands of functions and branches too" is_there /usr/bin/head /usr/bin/rm
	check "launcher: nothing that it does not run" stays_out sort
	check "launcher: all is known" \
		not says computed mkrootfs "$WORK/bin/launcher" --list
	check "launcher: --without commands leaves them out" not_listed /usr/bin/sed \
		"$WORK/bin/launcher" --without commands
}

# not_listed PATH ARG...
not_listed() {
	local path=$1
	shift
	mkrootfs --list "$@" >"$WORK/.list" 2>/dev/null || return
	not grep -x "$path" "$WORK/.list"
}

#
# Python: modules one by one, native ones too, data beside packages, the path that scripts set.
#
test_python_small() {
	own small '#!/usr/bin/python3' 'import json, sys' 'print(json.dumps([sys.version_info[0]]))'
	script "$WORK/bin/small"
	check "small: what it does not import stays out" stays_out 'sqlite3'
	check "small: native modules that nobody imports stay out" stays_out '_ssl.*'
	check "small: no more than the interpreter needs" smaller_than 25
}

test_python_yaml() {
	own yamlscript '#!/usr/bin/python3' 'import yaml' 'print(yaml.safe_load("a: [1, é]"))'
	script "$WORK/bin/yamlscript"
	check "yamlscript: no other package of the distribution" stays_out 'pip*'
}

test_python_own() {
	mkdir -p "$WORK/share/app/inner" "$WORK/share/other"
	printf '%s\n' 'from . import inner' 'from .inner.deep import value' 'import importlib' \
		'def late():' '    import decimal' '    return decimal.Decimal(value)' \
		'plugin = importlib.import_module("app.plugin" + "_x")' >"$WORK/share/app/__init__.py"
	echo 'name = 3' >"$WORK/share/app/plugin_x.py"
	touch "$WORK/share/app/inner/__init__.py"
	printf '%s\n' 'import os' 'import sqlite3' \
		'value = open(os.path.join(os.path.dirname(__file__), "value.txt")).read()' \
		>"$WORK/share/app/inner/deep.py"
	echo 4 >"$WORK/share/app/inner/value.txt"
	echo 'import tkinter' >"$WORK/share/other/unused.py"
	own ownpackage '#!/usr/bin/python3' 'import os, sys' \
		'sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "share"))' \
		'import app' 'print(app.late(), app.plugin.name, app.inner.deep.sqlite3.connect(":memory:").execute("select 5").fetchone())'
	script "$WORK/bin/ownpackage"
	check "ownpackage: nothing beside the package" stays_out unused.py
}

# What no import says as it is: names that are put together or listed, tests that are meant, data that are
# unpickled or linked from elsewhere, metadata of a package, entry points of a group that it names.
test_python_names() {
	local site=$WORK/share/names
	mkdir -p "$site"/{app,app/tests,app/drivers,app/lazily,plugged,app-1.0.dist-info,six} "$WORK/elsewhere/texts"
	printf '%s\n' 'from .tests import RESULT' 'from .drivers import *' 'import importlib, os, pickle' \
		'from importlib.metadata import entry_points, version' 'from six.moves import netrc' \
		'def driver(name): return importlib.import_module("app.drivers.%s" % name).VALUE' \
		'here = os.path.dirname(__file__)' 'shape = pickle.load(open(here + "/shape.pickle", "rb"))' \
		'text = open(here + "/texts/x.txt").read().strip()' \
		'plugin = [e.load() for e in entry_points(group="app.plugins")]' 'number = version("app")' \
		>"$site/app/__init__.py"
	echo 'RESULT = 1' >"$site/app/tests/__init__.py"
	echo '__all__ = ["first"]' >"$site/app/drivers/__init__.py"
	echo 'VALUE = 2' | tee "$site/app/drivers/first.py" >"$site/app/drivers/second.py"
	printf '%s\n' 'class Shape: pass' >"$site/app/shapes.py"
	printf '%s\n' '__getattr__ = lambda n: __import__("app.lazily." + n, fromlist=["x"])' 'NAMES = {"late": 1}' >"$site/app/lazily/__init__.py"
	echo 'VALUE = 3' >"$site/app/lazily/late.py"
	echo 'PLUGIN = 4' >"$site/plugged/__init__.py"
	printf '%s\n' 'import sys, netrc' 'sys.modules["six.moves"] = sys' 'sys.netrc = netrc' >"$site/six.py"
	rmdir "$site/six"
	(cd "$site" && PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -c 'import pickle, sys; sys.modules["app"] = type(sys)("app"); sys.modules["app"].__path__ = ["app"]
import app.shapes; pickle.dump(app.shapes.Shape(), open("app/shape.pickle", "wb"))')
	echo 5 >"$WORK/elsewhere/texts/x.txt"
	ln -s ../../../elsewhere/texts "$site/app/texts"
	printf 'Metadata-Version: 2.1\nName: app\nVersion: 1.0\n' >"$site/app-1.0.dist-info/METADATA"
	printf '[app.plugins]\nx = plugged:PLUGIN\n[other.group]\ny = tkinter:z\n' >"$site/app-1.0.dist-info/entry_points.txt"
	own names '#!/usr/bin/python3' "import sys; sys.path.insert(0, '$site')" 'import app, app.lazily' \
		'print(app.RESULT, app.first.VALUE, app.driver("second"), type(app.shape).__name__, app.text, app.plugin, app.number, app.lazily.late.VALUE, app.netrc.__name__)'
	script "$WORK/bin/names"
	check "names: entry points of groups that nobody names stay out" stays_out tkinter
}

# What a module names by whole paths in quotes; each is told of.
test_python_quoted() {
	local site=$WORK/share/quoted file
	mkdir -p "$site"
	printf '%s\n' 'a = open("/usr/share/zoneinfo/tzdata.zi").readline()' \
		"b = open('/usr/share/zoneinfo/zone.tab').readline()" >"$site/named.py"
	own quoted '#!/usr/bin/python3' "import sys; sys.path.insert(0, '$site')" 'import named' 'print(named.a, named.b)'
	script "$WORK/bin/quoted"
	for file in tzdata.zi zone.tab; do
		check "quoted: $file is told of" \
			grep "\"imports\".*\"name\": \"/usr/share/zoneinfo/$file\"" <(mkrootfs --json "$WORK/bin/quoted")
	done
}

# As setuptools writes them: the entry point is asked for at the distribution.
test_python_entry_point() {
	own entrypoint '#!/usr/bin/python3' '# EASY-INSTALL-ENTRY-SCRIPT' 'import sys' \
		'from importlib.metadata import distribution' \
		'e = [e for e in distribution("Pygments").entry_points if e.name == "pygmentize"][0]' \
		'sys.argv = ["x", "-V"]' 'sys.exit(e.load()())'
	script "$WORK/bin/entrypoint"
}

# What imports by computed names, and what native code imports, of packages that have libraries.
test_python_cryptography() {
	own native '#!/usr/bin/python3' 'from cryptography.hazmat.primitives import hashes' \
		'd = hashes.Hash(hashes.SHA256())' 'd.update(b"x")' 'print(d.finalize().hex())'
	script "$WORK/bin/native"
}

test_python_pkg_resources() {
	own required '#!/usr/bin/python3' '__requires__ = "Pygments"' 'import pkg_resources' \
		'print(pkg_resources.get_distribution("Pygments").version)'
	script "$WORK/bin/required"
}

# Much of the standard library, and what it imports late or by computed names.
test_python_library() {
	own library '#!/usr/bin/python3' 'import asyncio, concurrent.futures, ctypes, dbm, hashlib, locale, logging.config' \
		'import multiprocessing, sqlite3, ssl, time, traceback, urllib.request, uuid, xml.dom.minidom, xml.sax, zoneinfo' \
		'print(xml.dom.minidom.parseString("<b/>").toxml(), "é".encode("utf-16").hex(), "x".encode("idna"))' \
		'print(uuid.uuid5(uuid.NAMESPACE_DNS, "x"), time.strptime("2020", "%Y").tm_year, type(xml.sax.make_parser()).__name__)' \
		'logging.config.dictConfig({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler"}}})' \
		'with concurrent.futures.ProcessPoolExecutor(1) as p: print(p.submit(abs, -3).result())' \
		'try: 1 / 0' 'except ZeroDivisionError: print(traceback.format_exc())' 'print(ssl.OPENSSL_VERSION)'
	script "$WORK/bin/library"
}

# A virtual environment, in which a package was installed with data beside it.
test_python_venv() {
	local packages
	/usr/bin/python3 -m venv --without-pip "$WORK/venv" || { skip python_venv "it makes none"; return; }
	packages=$(echo "$WORK"/venv/lib/python3.*/site-packages)
	mkdir -p "$packages/mkapp/data" "$packages/mkapp-1.0.dist-info" "$WORK/elsewhere"
	echo 'import extra, os; text = open(os.path.dirname(__file__) + "/data/x.txt").read() + extra.x' >"$packages/mkapp/__init__.py"
	echo 9 >"$packages/mkapp/data/x.txt"
	echo 'x = "10"' >"$WORK/elsewhere/extra.py"
	echo "$WORK/elsewhere" >"$packages/extra.pth"
	printf 'Metadata-Version: 2.1\nName: mkapp\nVersion: 1.0\n' >"$packages/mkapp-1.0.dist-info/METADATA"
	own venvscript "#!$WORK/venv/bin/python" 'import mkapp' 'from importlib.metadata import version' \
		'print(mkapp.text, version("mkapp"))'
	script "$WORK/bin/venvscript"
}

# What perl requires by itself, and what its library does by computed names.
test_perl_library() {
	own perllibrary '#!/usr/bin/perl' 'use strict; use warnings; use Pod::Usage; use Data::Dumper; use Storable qw(dclone);' \
		'use File::Temp; use Time::Local; use IPC::Open3; use Unicode::Normalize; use Encode;' \
		'binmode STDOUT, ":encoding(UTF-8)"; my $x = "\N{LATIN SMALL LETTER E WITH ACUTE}";' \
		'print $x, NFD($x) =~ /\p{Mn}/ ? 1 : 0, decode("iso-8859-2", "\xb1"), "\n";' \
		'open my $h, "<", \"memory\n"; print <$h>; print "abc" =~ /(?<n>b)/ ? $+{n} : "-", exists $!{ENOENT}, "\n";' \
		'print join(",", glob("/etc/passw[d]")), Dumper(dclone([1])); STDOUT->autoflush(1);'
	script "$WORK/bin/perllibrary"
}

test_pygmentize() { script /usr/bin/pygmentize -f html /tmp/in.py; }
test_pyflakes3() { script /usr/bin/pyflakes3 /tmp/in.py; }
test_rrsync() { script /usr/bin/rrsync -h; }

#
# Perl: the same; today's cowsay imports no more than these.
#
test_perl_small() {
	own cow '#!/usr/bin/perl' 'use strict; use warnings;' 'use Text::Tabs qw(expand);' \
		'use Text::Wrap qw(wrap fill $columns);' 'use File::Basename; use Getopt::Std; use Cwd;' \
		'use Encode;' 'binmode STDOUT, ":utf8";' '$columns = 20;' \
		'print fill("", "", "the quick brown fox jumps over the lazy dog"), "\n", basename("/a/b"), "\n";' \
		'print decode("UTF-8", "\xc3\xa9") =~ /\w/ ? "yes\n" : "no\n";'
	script "$WORK/bin/cow"
	check "cow: native modules that nobody imports stay out" stays_out 'POSIX.so'
	check "cow: a few megabytes" smaller_than 30
}

test_perl_own() {
	mkdir -p "$WORK/lib/App" "$WORK/lib/auto/share/module/App-Cow"
	printf '%s\n' 'package App::Cow; use POSIX qw(floor); require App::Data; sub go { floor(2.5) . App::Data::get() } 1;' >"$WORK/lib/App/Cow.pm"
	mkdir -p "$WORK/lib/App/Data"
	printf '%s\n' 'package App::Data; sub get { my $f = __FILE__; $f =~ s/\.pm$//; open my $h, "<", "$f/text.dat" or die "$f: $!"; my $x = <$h>; chomp $x; $x } 1;' >"$WORK/lib/App/Data.pm"
	echo ' moo' >"$WORK/lib/App/Data/text.dat"
	own ownperl '#!/usr/bin/perl' 'use FindBin; use lib "$FindBin::Bin/../lib";' 'use App::Cow; eval "use JSON::PP; 1" or die;' \
		'print App::Cow::go(), JSON::PP->new->encode([1]), "\n";'
	script "$WORK/bin/ownperl"
}

# What no import says as it is: implementations and plugins of a namespace, and a directory of modules that
# is put together.
test_perl_names() {
	mkdir -p "$WORK/lib/Namer/"{Part,Plugin/Deep} "$WORK/private/Hidden"
	printf '%s\n' 'package Namer; sub part { my $m = "Namer::Part::$_[0]"; eval "require $m; 1" or die $@; $m->value }' \
		'sub load_class { my ($n, $p) = @_; my $f = "$p/$n.pm"; $f =~ s{::}{/}g; require $f; "${p}::$n" }' \
		'sub plugin { load_class($_[0], "Namer::Plugin")->value } 1;' >"$WORK/lib/Namer.pm"
	echo 'package Namer::Part::One; sub value { 1 } 1;' >"$WORK/lib/Namer/Part/One.pm"
	echo 'package Namer::Plugin::Two; use Namer::Plugin::Deep::Inner; sub value { 2 } 1;' >"$WORK/lib/Namer/Plugin/Two.pm"
	echo 'package Namer::Plugin::Deep::Inner; 1;' >"$WORK/lib/Namer/Plugin/Deep/Inner.pm"
	echo 'package Hidden; use Hidden::Inner; sub value { Hidden::Inner::value() } 1;' >"$WORK/private/Hidden.pm"
	echo 'package Hidden::Inner; sub value { 3 } 1;' >"$WORK/private/Hidden/Inner.pm"
	own perlnames '#!/usr/bin/perl' 'use FindBin; use lib "$FindBin::Bin/../lib";' \
		"BEGIN { my \$place = \$ENV{NOWHERE} || '$WORK/private'; unshift @INC, \$place }" \
		'use Namer; use Hidden; print Namer::part("One"), Namer::plugin("Two"), Hidden::value(), "\n";'
	script "$WORK/bin/perlnames"
}

test_shasum() { script /usr/bin/shasum -a 256 /tmp/in.txt; }
test_pod2text() { script /usr/bin/pod2text /tmp/in.pod; }
test_prove() {
	script /usr/bin/prove --version
	check "prove: what else its package has for others stays out" smaller_than 40
}

#
# Ruby: gems with their specifications, and what scripts have beside them.
#
test_rake() { script /usr/bin/rake --version; }
test_erb() { script /usr/bin/erb --version; }

test_ruby_own() {
	mkdir -p "$WORK/lib/rb"
	printf '%s\n' 'require "json"' 'require_relative "rb/inner"' 'VALUE = JSON.generate([INNER])' >"$WORK/lib/outer.rb"
	echo 'INNER = 7' >"$WORK/lib/rb/inner.rb"
	own ownruby '#!/usr/bin/ruby' '$:.unshift File.expand_path("../../lib", __FILE__)' 'require "outer"' 'puts VALUE'
	script "$WORK/bin/ownruby"
}

# A gem as `gem install` puts it.
test_ruby_gem() {
	local gems
	gems=$(/usr/bin/ruby -e 'puts Gem.default_dir')
	case $gems in /var/lib/gems/*) ;; *) skip rubygem "gems are in $gems"; return ;; esac
	if [ -e "$gems/gems/mkrootfs-test-1.0" ] || ! mkdir -p "$gems/specifications" "$gems/gems/mkrootfs-test-1.0/lib" 2>/dev/null; then
		skip rubygem "no gem can be put there"
		return
	fi
	printf '%s\n' 'require "fiddle"' 'MKROOTFS_TEST = Fiddle.dlopen("libgdbm.so.6") ? 8 : 9' \
		>"$gems/gems/mkrootfs-test-1.0/lib/mkrootfs-test.rb"
	printf '%s\n' 'Gem::Specification.new do |s|' '  s.name = "mkrootfs-test"' '  s.version = "1.0"' \
		'  s.summary = "x"' '  s.authors = ["x"]' '  s.require_paths = ["lib".freeze]' '  s.files = []' 'end' \
		>"$gems/specifications/mkrootfs-test-1.0.gemspec"
	own gemscript '#!/usr/bin/ruby' 'require "mkrootfs-test"' 'puts MKROOTFS_TEST'
	script "$WORK/bin/gemscript"
	rm -rf "$gems/gems/mkrootfs-test-1.0" "$gems/specifications/mkrootfs-test-1.0.gemspec"
}

# What a script runs comes, whatever it weighs.
test_heavy_command() {
	own heavysh '#!/bin/sh' 'ffmpeg -version | sed -n 1p'
	script "$WORK/bin/heavysh"
}

#
# Node: files beside the script, packages with what they depend on, as npm puts them; nothing else.
#
node_package() {
	mkdir -p "$WORK/node/$1"
	printf '%s\n' "$2" >"$WORK/node/$1/package.json"
	printf '%s\n' "$3" >"$WORK/node/$1/${4-index.js}"
}

test_node_packages() {
	node_package . '{"dependencies": {"named": "1"}, "devDependencies": {"unused": "1"}}' \
		'#!/usr/bin/env node
const path = require("path"), inner = require("./lib/inner"), a = require("a/sub");
import("@scope/b").then(b => console.log(path.basename(inner), a, b.default, require("na" + "med")));' app.js
	mkdir -p "$WORK/node/lib"
	node_package . '{"dependencies": {"named": "1"}, "devDependencies": {"unused": "1"}}' 'module.exports = require("../lib/data.json").x;' lib/inner.js
	echo '{"x": "/y/z"}' >"$WORK/node/lib/data.json"
	node_package node_modules/a '{"dependencies": {"c": "^1"}}' 'module.exports = require("c") + require("fs").readFileSync(__dirname + "/text", "utf8");' sub.js
	printf text >"$WORK/node/node_modules/a/text"
	node_package node_modules/a/node_modules/c '{"main": "./dist"}' 'module.exports = "c";' dist.js
	node_package node_modules/c '{}' 'module.exports = "another c";'
	node_package node_modules/@scope/b '{"exports": "./e.mjs"}' 'export default "b";' e.mjs
	node_package node_modules/named '{}' 'module.exports = "named";'
	node_package node_modules/unused '{}' 'module.exports = "unused";'
	chmod 755 "$WORK/node/app.js"
	script "$WORK/node/app.js"
	check "$PROGRAM: what is not required stays out" stays_out unused
}

#
# What scripts in other languages start, and libraries that they open by names.
#
test_python_calls() {
	own pythoncalls '#!/usr/bin/python3' 'import ctypes, ctypes.util, os, shutil, subprocess' \
		'cmd = ["tr", "a-z", "A-Z"]' 'print(subprocess.run(cmd, input=b"abc", capture_output=True).stdout)' \
		'print(os.popen("echo hello | sed s/h/j/").read(), shutil.which("comm"))' \
		'name = ctypes.util.find_library("gdbm")' 'print(name, ctypes.CDLL(name or "libnone.so").gdbm_open is not None)'
	script "$WORK/bin/pythoncalls"
	check "pythoncalls: no library that its language's own tests open" stays_out 'librpm*'
	check "pythoncalls: --without ffi leaves the library out" \
		not grep -q libgdbm <(mkrootfs --list "$WORK/bin/pythoncalls" --without ffi)
}

test_perl_calls() {
	own perlcalls '#!/usr/bin/perl' 'my @t = ("tr", "a-z", "A-Z"); open(my $f, "|-", @t) or die "$!"; print $f "abc\n"; close $f;' \
		'print `echo hello | sed s/h/j/`; system("comm", "--version") == 0 or die;'
	script "$WORK/bin/perlcalls"
}

test_ruby_calls() {
	own rubycalls '#!/usr/bin/ruby' 'require "open3"' 'require "fiddle"' 'puts Open3.capture2("tr", "a-z", "A-Z", stdin_data: "abc")[0]' \
		'puts `echo hello | sed s/h/j/`' 'ending = "so.6"' 'puts Fiddle.dlopen("libgdbm.so.6")["gdbm_open"] != 0'
	script "$WORK/bin/rubycalls"
}

test_node_calls() {
	own nodecalls '#!/usr/bin/env node' 'const cp = require("child_process");' \
		'console.log(cp.execFileSync("tr", ["a-z", "A-Z"], { input: "abc" }).toString(), cp.execSync("echo hello | sed s/h/j/").toString());'
	script "$WORK/bin/nodecalls"
}

for name in gunzip zgrep xzgrep lsb_release pygmentize pyflakes3 rrsync shasum pod2text prove rake erb; do
	run "$name" "/usr/bin/$name"
done
run launcher sed
for name in python_small python_own python_names python_quoted python_library python_venv; do
	run "$name" /usr/bin/python3
done
python_has() { /usr/bin/python3 -c "import $1" 2>/dev/null; }
if python_has yaml; then run python_yaml /usr/bin/python3; else skip python_yaml "it has no yaml"; fi
if python_has pygments; then run python_entry_point /usr/bin/python3; else skip python_entry_point "it has no pygments"; fi
if python_has cryptography; then run python_cryptography /usr/bin/python3; else skip python_cryptography "it is not there"; fi
if python_has pkg_resources,pygments; then run python_pkg_resources /usr/bin/python3; else skip python_pkg_resources "it is not there"; fi
run perl_library /usr/bin/perl
run perl_small /usr/bin/perl
run perl_own /usr/bin/perl
run perl_names /usr/bin/perl
run ruby_own /usr/bin/ruby
run node_packages node
run heavy_command ffmpeg
if compgen -G "/usr/lib/*/libgdbm.so.6" >/dev/null; then
	run python_calls /usr/bin/python3
	run ruby_calls /usr/bin/ruby
	run ruby_gem /usr/bin/ruby
else
	skip python_calls "there is no libgdbm"
fi
run perl_calls /usr/bin/perl
run node_calls node
finish_programs
