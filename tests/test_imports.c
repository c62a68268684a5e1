/* SPDX-License-Identifier: Apache-2.0 */
#include "suite.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "needs/imports.h"

#include <errno.h>
#include <string.h>

/* MEANING: modules as they are, "=x" names that may be modules, "f:x" files, "~x" relative files,
 * "d:x" distributions, "/x" directories, "+x" those beside the file; "?" at the end: some are
 * computed. */
struct import_case {
	const char *text;
	const char *meaning;
};

static const struct import_case python_cases[] = {
	{ "", "" },
	{ "import a\n", "a" },
	{ "import a.b, c as d, e.f as g; import h\n", "a.b c e.f h" },
	{ "import a . b\nimport \\\n c\n", "a.b c" },
	{ "from a import b\nfrom a.b import c as d, e\n", "a =a.b a.b =a.b.c =a.b.e" },
	{ "from a import (b, # x\n  c as d,\n)\n", "a =a.b =a.c" },
	{ "from a import *\nfrom .b import *\n", "a =a.* .b =.b.*" },
	{ "from . import a\nfrom .b import c\nfrom ..d.e import f\nfrom ... import g\n",
	  ". =.a .b =.b.c ..d.e =..d.e.f ... =...g" },
	{ "from__future import x\nimports = 1\nx.import_ = 2\n", "" },
	{ "try:\n    import a\nexcept ImportError:\n    import b\n", "a b" },
	{ "try: import a\nexcept: import b\nif x: import c; import d\n", "a b c d" },
	{ "def f(x: int) -> int:\n\timport a\n\treturn a\n", "a" },
	{ "if TYPE_CHECKING:\r\n    import a\r\n", "a" },
	/* what is none */
	{ "# import a\nx = 'import b'\ny = \"\"\"\nimport c\n\"\"\"\nimport d\n", "d" },
	{ "x = '''a'b''c\nimport d\n''' ; import e\n", "e" },
	{ "x = 'a\\'\\\nimport b'\nimport c\n", "c" },
	{ "x = r'\\'; import a\n", "" },
	{ "x = r'\\''; import a\n", "a" },
	{ "x = 'open\nimport a\n", "a" },
	{ "f(x, [\nimport_,\n'a'])\nimport b\n", "b" },
	{ "x = {'a': importlib, 'b': from_}\n", "" },
	{ "x = f'{a}' rb'import b'\nimport c\n", "c" },
	{ "yield from a\nraise X from y\n", "" },
	/* by functions */
	{ "__import__('a')\nx = __import__(\"b.c\", fromlist=['d'])\n", "a b.c" },
	{ "importlib.import_module('a.b')\nimport_module('.c', package='d')\n", "a.b .c" },
	{ "importlib.import_module(name)\n", "?" },
	{ "def import_module(name):\n  pass\n", "" },
	{ "__import__('a' + x)\n", "?" },
	{ "import_module(f'a.{b}')\n", "?" },
	{ "import_module('a.%s' % b)\n", "?" },
	{ "from importlib import import_module\n", "importlib =importlib.import_module" },
	{ "runpy.run_module('a')\n", "a" },
	/* distributions */
	{ "__requires__ = 'a==1.0'\nload_entry_point('a-b==1.0', 'console_scripts', 'c')()\n",
	  "d:a d:a-b" },
	{ "importlib.metadata.version('a.b')\ndistribution(\"c\")\nget_distribution('d[e]>=1')\n",
	  "d:a.b d:c d:d" },
	{ "distribution(name)\nversion = '1.0'\nversion()\n", "" },
	/* the search path */
	{ "sys.path.insert(0, '/usr/share/a')\nsys.path.append(\"/usr/lib/b\")\n",
	  "/usr/share/a /usr/lib/b" },
	{ "sys.path[0:0] = ['/a',\n '/b']\nsys.path.insert(0, 'c')\n", "/a /b" },
	{ "sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'lib'))\n",
	  "+./../lib" },
	{ "sys.path.append(dirname(dirname(abspath(__file__))))\n", "+./.." },
	{ "sys.pathology('/a')\nx.path.insert(0, '/b')\n", "" },
	{ "\357\273\277import a\n", "a" },
};

static const struct import_case perl_cases[] = {
	{ "", "" },
	{ "use A;\nuse A::B qw(c d);\nno C::D;\nuse E 1.2 'f';\n", "A A::B C::D E" },
	{ "use 5.010;\nuse v5.36;\nrequire 5.006;\nuse strict;\n", "strict" },
	{ "  use A; use B;\nBEGIN { use C; }\n", "A B C" },
	{ "require A::B;\neval { require C; 1 } or do { require D };\n", "A::B C D" },
	{ "eval \"use A::B; 1\";\neval 'require C' or die;\n", "A::B C" },
	{ "require \"a/b.pl\";\nrequire 'C/D.pm';\ndo 'e.pl';\ndo './f.pl';\n",
	  "f:a/b.pl f:C/D.pm f:e.pl" },
	{ "my $x = do \"unicore/Name.pl\";\n", "f:unicore/Name.pl" },
	{ "require $x;\n", "?" },
	{ "eval \"require $x\";\n", "?" },
	{ "eval \"use $x\";\n", "?" },
	{ "use parent qw(A B::C);\nuse base 'D', \"E\";\nuse parent -norequire, 'F';\n",
	  "parent A B::C base D E parent F" },
	{ "use base qw(\n  A # x\n  B\n);\n", "base A B" },
	{ "use lib '/usr/share/x', \"/usr/share/y\";\nuse lib qw(/a /b);\nuse lib 'c';\n",
	  "lib /usr/share/x /usr/share/y lib /a /b lib" },
	{ "use FindBin;\nuse lib \"$FindBin::Bin/../lib\";\n", "FindBin lib +../lib" },
	{ "use lib dirname(__FILE__) . '/../lib';\n", "lib +../lib" },
	{ "unshift @INC, '/usr/share/x';\npush(@INC, \"/a\");\n", "/usr/share/x /a" },
	{ "use if $] < 5.01, 'A::B' => 'c';\nuse if X, D::E => 1;\n", "if A::B if D::E" },
	{ "class A :isa(B::C) 1.0;\n", "B::C" },
	{ "extends 'A::B';\nwith 'C', 'D::E';\n", "A::B C D::E" },
	{ "use_module('A::B');\nload_class($x);\n", "A::B ?" },
	{ "sub x { require A; A->import }\nif ($y) { require B }\n", "A B" },
	/* what is none */
	{ "# use A;\nuse B; # use C;\n", "B" },
	{ "=head1 X\n\nuse A;\n\n=cut\n\nuse B;\n", "B" },
	{ "$x =\n=pod\nuse A;\n=cut\n1; use B;\n", "B" },
	{ "use A;\n__END__\nuse B;\n", "A" },
	{ "use A;\n__DATA__\nuse B;\n", "A" },
	{ "print <<EOT, <<'E2';\nuse A;\nEOT\nuse B;\nE2\nuse C;\n", "C" },
	{ "print <<~\"E O\";\n  use A;\n  E O\nuse B;\n", "B" },
	{ "$x = 1 <<FOO;\nuse A;\n", "A" },
	{ "$use A; $x->require(B); %require C; use_ok D; misuse E;\n", "" },
	{ "user A;\nuseful;\nuse;\nrequire;\nuse\n", "" },
	{ "my %x = (use => 'A', no => B, require => C);\n", "" },
	{ "use A\n  qw(b);\nuse\n B;\n", "A B" },
};

static const struct import_case ruby_cases[] = {
	{ "", "" },
	{ "require 'a'\nrequire \"b/c\"\nrequire('d')\n", "a b/c d" },
	{ "require_relative 'a'\nrequire_relative '../b/c'\n", "~a ~../b/c" },
	{ "load 'a.rb'\nload '/b/c.rb'\n", "f:a.rb f:/b/c.rb" },
	{ "autoload :A, 'a/b'\nautoload(:B, \"c\")\n", "a/b c" },
	{ "gem 'a', '>= 1'\ngem \"b\"\n", "d:a d:b" },
	{ "begin; require 'a'; rescue LoadError; require 'b'; end\n", "a b" },
	{ "x = require 'a'\nrequire 'b' if y\nunless z then require 'c' end\n", "a b c" },
	{ "if Gem.respond_to?(:activate_bin_path)\nload Gem.activate_bin_path('rake', 'rake', v)\n"
	  "else\ngem \"rake\", v\nload Gem.bin_path(\"rake\", \"rake\", v)\nend\n",
	  "d:rake d:rake d:rake" },
	{ "require x\n", "?" },
	{ "require \"a/#{b}\"\n", "?" },
	{ "require 'a/' + b\n", "?" },
	{ "require File.join(x, 'y')\n", "?" },
	{ "require File.join(__dir__, 'a', 'b')\nrequire \"#{__dir__}/c\"\n", "~a/b ~c" },
	{ "require File.expand_path('../../lib/a', __FILE__)\n", "~../lib/a" },
	{ "require File.expand_path('../lib/a', __dir__)\n", "~../lib/a" },
	{ "require File.dirname(__FILE__) + '/a'\n", "~a" },
	{ "$:.unshift '/usr/share/a'\n$LOAD_PATH << \"/b\"\n$LOAD_PATH.unshift(__dir__)\n",
	  "/usr/share/a /b +." },
	{ "$:.unshift File.expand_path('../../lib', __FILE__)\n", "+../lib" },
	{ "$LOAD_PATH.each { |x| y 'z' }\n", "" },
	/* what is none */
	{ "# require 'a'\n=begin\nrequire 'b'\n=end\nrequire 'c'\n__END__\nrequire 'd'\n", "c" },
	{ "x = <<~E + <<-'F'\n  require 'a'\n  E\nrequire 'b'\n  F\nrequire 'c'\n", "c" },
	{ "x << y\nclass << self\nrequire 'a'\nend\n", "a" },
	{ "x.require 'a'\nY.load 'b'\n@gem = 1\nload = 2\ngem.name\nrequire: 'c'\n:load\n", "" },
	{ "requires 'a'\nreload 'b'\ngems 'c'\n", "" },
};

static const struct import_case node_cases[] = {
	{ "", "" },
	{ "const a = require('a'), b = require ( \"@b/c/d\" );\n", "a @b/c/d" },
	{ "require('./a'); require('../b.js')(1); require('..'); require('/c')",
	  "~./a ~../b.js ~.. f:/c" },
	{ "require.resolve('a'); require.resolve('b', { paths: [] }); require(`c`)", "a b c" },
	{ "import a from 'a'; import * as b from \"b\"\nimport { c as d,\n e } from 'c'", "a b c" },
	{ "import 'a'; import('b').then(); export * from './c'; export { d } from 'd'",
	  "a b ~./c d" },
	{ "import a from'b';export{c}from\"d\"", "b d" },
	{ "#!/usr/bin/env node\n'use strict'; require('a')", "a" },
	{ "require(/* x */ 'a' // y\n)", "a" },
	{ "if (/'/.test(x)) require('a'); y = a / b; require('c') / 2 / require('d')", "a c d" },
	{ "x = [/[/']/, /\\//, 'b']; return /\"/.exec(require('a'))", "a" },
	{ "x = `a ${ b + `${ {c: require('d')} }` } require('e')`; require('f')", "d f" },
	/* what is none */
	{ "// require('a')\n/* require('b')\n */ 'require(\"c\")'; `require('d')`", "" },
	{ "x.require('a'); Array.from('b'); require_('c'); $require('d'); from = 'e'", "" },
	{ "function require() {} require(); import.meta.url; typeof require", "" },
	{ "require('node:fs'); import 'https://x'; import '#a'; require('')", "" },
	{ "x = 'a\\' require(b)'; y = \"\\\\\"; require('c')", "c" },
	{ "f(...require('a'), ...from)", "a" },
	/* what is computed */
	{ "require(a); require('b')", "b ?" },
	{ "require('./a/' + b)", "?" },
	{ "require(`./${a}`); import(b)", "?" },
	{ "require('a\\x62')", "?" },
	/* what ends too early */
	{ "require(", "" },
	{ "require('a", "?" },
	{ "`${", "" },
	{ "/* require('a')", "" },
	{ "'", "" },
	{ "x = /[", "" },
};

static const struct import_case lua_cases[] = {
	{ "", "" },
	{ "require 'a'\nrequire(\"a.b\")\nlocal x = require [[c]]\nrequire ( [==[d]==] )\n",
	  "a a.b c d" },
	{ "x = require('a').b, require'c'\n", "a c" },
	{ "-- require 'a'\n--[[ require 'b'\n]] require 'c' --[=[ ]] require 'd' ]=]\n", "c" },
	{ "x = \"require 'a'\"; y = [[require 'b']]; z = 'it\\'s' require 'c'\n", "c" },
	{ "local require = require\nx.require 'a'\nx:require('b')\nrequires 'c'\n", "" },
	{ "require(name)\n", "?" },
	{ "require('a.' .. name)\n", "?" },
	{ "#!/usr/bin/lua\nrequire 'a'\n", "a" },
	{ "require", "" },
	{ "require(", "?" },
	{ "require 'a", "a" },
	{ "require ''", "" },
	{ "[==[ require 'a' ]=] ", "" },
	{ "x = 0x1frequire 'a'", "" },
};

static int describe(void *data, const struct import *import)
{
	static const char *const marks[] = { "", "=", "f:", "~", "d:", "", "+" };
	struct buffer *out = data;

	buffer_printf(out, "%s%s%s", out->size > 0 ? " " : "", marks[import->kind], import->name);
	return 0;
}

typedef int imports_read_fn(const char *text, size_t size, import_fn *visit, void *data,
			    bool *computed);

static void check_case(imports_read_fn *read, const struct import_case *one)
{
	CLEANUP(buffer) struct buffer out = { 0 };
	bool computed = true;

	ck_assert_int_eq(read(one->text, strlen(one->text), describe, &out, &computed), 0);
	if (computed)
		buffer_printf(&out, "%s?", out.size > 0 ? " " : "");
	ck_assert_msg(strcmp(out.bytes ? out.bytes : "", one->meaning) == 0, "%s: %s, not %s",
		      one->text, out.bytes, one->meaning);
}

TEST_EACH(imports_of_lua_are_read, ARRAY_SIZE(lua_cases))
{
	check_case(imports_lua_read, &lua_cases[_i]);
}

TEST_EACH(imports_of_node_are_read, ARRAY_SIZE(node_cases))
{
	check_case(imports_node_read, &node_cases[_i]);
}

TEST_EACH(imports_of_python_are_read, ARRAY_SIZE(python_cases))
{
	check_case(imports_python_read, &python_cases[_i]);
}

TEST_EACH(imports_of_perl_are_read, ARRAY_SIZE(perl_cases))
{
	check_case(imports_perl_read, &perl_cases[_i]);
}

TEST_EACH(imports_of_ruby_are_read, ARRAY_SIZE(ruby_cases))
{
	check_case(imports_ruby_read, &ruby_cases[_i]);
}

static const struct {
	imports_read_fn *read;
	const char *text;
	const char *lines;
} line_cases[] = {
	{ imports_node_read, "#!x\n/*\n*/require('a');`\n${\nrequire('b')}\n`\nimport\n'c'\n",
	  "a:3 b:5 c:7 " },
	{ imports_python_read, "#!x\nimport a\n'''\n\n'''\nfrom b import (\n c,\n d)\n\nimport e\n",
	  "a:2 b:6 b.c:7 b.d:8 e:10 " },
	{ imports_perl_read, "use A;\n\n=pod\n\n=cut\nprint <<E;\n\nE\nuse B;\n", "A:1 B:9 " },
	{ imports_lua_read, "--[[\n\n]] require 'a' x = [[\n]]\nrequire\n'b'", "a:3 b:5 " },
	{ imports_ruby_read, "=begin\n\n=end\nrequire 'a'\nx(<<E)\nE\nrequire 'b'\n", "a:4 b:7 " },
};

static int add_line(void *data, const struct import *import)
{
	buffer_printf(data, "%s:%u ", import->name, import->line);
	return 0;
}

TEST_EACH(each_import_has_its_line, ARRAY_SIZE(line_cases))
{
	CLEANUP(buffer) struct buffer out = { 0 };
	const char *text = line_cases[_i].text;
	bool computed;

	ck_assert_int_eq(line_cases[_i].read(text, strlen(text), add_line, &out, &computed), 0);
	ck_assert_str_eq(out.bytes, line_cases[_i].lines);
}

/* "<" before what is in a function, or in place of what could not be imported. */
static int add_inside(void *data, const struct import *import)
{
	buffer_printf(data, "%s%s ", import->inside ? "<" : "", import->name);
	return 0;
}

TEST(what_may_never_be_imported_is_told)
{
	static const char text[] =
		"import a\ntry:\n  import b\nexcept ImportError:\n  import c\nimport d\n"
		"class X:\n  def f(self):\n    import e\n\n# x\n    import f\n  import g\n"
		"async def h():\n  if x:\n    import i\nimport j\nif k: import l\n"
		"try: import m\nexcept (A, ModuleNotFoundError) as n:\n  import o\n";
	CLEANUP(buffer) struct buffer out = { 0 };
	bool computed;

	ck_assert_int_eq(imports_python_read(text, sizeof(text) - 1, add_inside, &out, &computed),
			 0);
	ck_assert_str_eq(out.bytes, "a b <c d <e <f g <i j l m <o ");
}

static int refuse(void *data, const struct import *import)
{
	return -EPERM;
}

TEST(forwards_an_error)
{
	bool computed;

	ck_assert_int_eq(imports_node_read("import 'a'", 10, refuse, NULL, &computed), -EPERM);
	ck_assert_int_eq(imports_python_read("import a\n", 9, refuse, NULL, &computed), -EPERM);
	ck_assert_int_eq(imports_perl_read("use A;\n", 7, refuse, NULL, &computed), -EPERM);
	ck_assert_int_eq(imports_ruby_read("require 'a'\n", 12, refuse, NULL, &computed), -EPERM);
}

static int ignore(void *data, const struct import *import)
{
	return 0;
}

static const char *const pieces[] = {
	"<<a\n",
	"use lib \"",
	"use lib '/a',",
	"use base qw(a",
	"'''",
	"(",
	"import a,",
	"from a import b,",
	"\"\\",
	"=pod\n",
	"=begin\n",
	"require ",
	"$: << __dir__ 'a'",
	"sys.path '/a' ",
	"\\\n",
	"a.",
	"from .",
	"# ",
	"__import__(",
	"<<'a\n",
	"/[",
	"/*",
	"`${",
	"require(//",
	"from '",
	"[==",
	"--[[",
	"require [==[",
};

static imports_read_fn *const readers[] = { imports_python_read, imports_perl_read,
					    imports_ruby_read, imports_node_read,
					    imports_lua_read };

TEST_EACH(takes_no_time_on_any_text, ARRAY_SIZE(readers) * ARRAY_SIZE(pieces))
{
	enum { SIZE = 200000 };
	const char *piece = pieces[(size_t)_i % ARRAY_SIZE(pieces)];
	imports_read_fn *read = readers[(size_t)_i / ARRAY_SIZE(pieces)];
	CLEANUP(buffer) struct buffer text = { 0 };
	bool computed;

	while (text.size < SIZE)
		buffer_add_string(&text, piece);
	ck_assert_int_eq(read(text.bytes, text.size, ignore, NULL, &computed), 0);
}

SUITE(imports, NULL, NULL);
