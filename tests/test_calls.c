/* SPDX-License-Identifier: Apache-2.0 */
/* What sources in languages of scripts start and open, by their texts. */
#include "suite.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "needs/calls.h"

#include <errno.h>
#include <string.h>

/* MEANING: command lines as they are, "!" the shell, "L:x" a library, "F:x" one that is looked for;
 * with '\n' between. */
struct call_case {
	const char *text;
	const char *meaning;
};

static const struct call_case python_cases[] = {
	{ "", "" },
	{ "subprocess.run(['x', '-y', z])\n", "'x' '-y'" },
	{ "subprocess.run(['x', '-y'], shell=True)\n", "!\n'x' '-y'" },
	{ "subprocess.check_call(('x', y))\nPopen([\"a\"])\n", "'x'\n'a'" },
	{ "subprocess.run('x')\nsubprocess.run('x -y | z', check=True, shell=True)\n",
	  "x\n!\nx -y | z" },
	{ "os.system('x -y %s > /z' % a)\nos.popen('b')\n", "!\nx -y %s > /z\n!\nb" },
	{ "os.system('x ' + y + ' | z')\nos.system(f'a {b} | c')\n", "!\nx $x | z\n!\na $x | c" },
	{ "os.system(cmd)\n", "!" },
	{ "os.execvp('x', ['y', z])\nos.execl('/a/b', 'c')\n", "'x' 'y'\n'/a/b' 'c'" },
	{ "os.spawnlp(os.P_WAIT, 'x', 'y')\n", "'x' 'y'" },
	{ "shutil.which('x')\nfind_executable(\"y\")\n", "x\ny" },
	{ "await asyncio.create_subprocess_exec('x', *y)\n", "'x'" },
	/* variables, wherever they are set */
	{ "subprocess.run(cmd)\ncmd = ['x', y]\n", "'x'" },
	{ "TOOL = 'x'\nsubprocess.run([TOOL, '-y'])\nos.system(f'{TOOL} -z')\n", "x\n!\nx -z" },
	{ "def f(self):\n  self.cmd = ['x']\n  call(self.cmd)\n", "'x'" },
	{ "x = 'a'\nif x == 'b': call(x)\n", "a" },
	{ "subprocess.call(shlex.split('x -y'))\n", "x -y" },
	/* whatever starts it, where something starts programs */
	{ "run_it(['x', '-y', z])\nPopen(q)\n", "'x' '-y'" },
	{ "run_it(['x', '-y', z])\n", "" },
	/* libraries */
	{ "ctypes.CDLL('libx.so.1')\ncdll.LoadLibrary(\"y\")\n", "L:libx.so.1\nL:y" },
	{ "ctypes.util.find_library('x')\n", "F:x" },
	{ "CDLL(find_library('x') or 'libx.so.6')\n", "L:x\nL:libx.so.6\nF:x" },
	{ "a = _dlopen(ffi, 'libx.so.0', 'x-1')\nb = ffi.dlopen('y')\n",
	  "L:libx.so.0\nL:x-1\nL:y" },
	/* what is none */
	{ "# subprocess.run(['x'])\n'''\nos.system('x')\n'''\nx = \"call('y')\"\n", "" },
	{ "def run(x='y'): pass\ndef system(a): pass\n", "" },
	{ "run = 'x'\nrunner('x')\nrun()\n", "" },
	{ "parser.add_argument('x', '-y')\n", "" },
};

static const struct call_case perl_cases[] = {
	{ "", "" },
	{ "system('x', '-y', $z);\nexec 'a', 'b';\n", "'x' '-y'\n'a' 'b'" },
	{ "system('x -y');\nsystem(\"x $y | z\");\n", "x -y\n!\nx $x | z" },
	{ "my @a = `x -y`;\n$b = qx{a | b};\n", "x -y\n!\na | b" },
	{ "system(qw(x -y));\n", "x -y" },
	{ "open(F, 'x |') or die;\nopen F, \"|y -z\";\nopen(my $f, '-|', 'a', 'b');\n",
	  "x \ny -z\n'a' 'b'" },
	{ "open(F, '<', 'x');\nopen(F, '>x');\n", "" },
	{ "open3($a, $b, $c, 'x', '-y');\n", "'x' '-y'" },
	{ "my $x = '/a/b';\nsystem($x, 'c');\nmy @c = ('d', 'e');\nsystem @c;\n", "/a/b\n'd' 'e'" },
	{ "system($x);\n", "!" },
	{ "IPC::Run::run ['x', '-y'], \\$in;\n", "'x' '-y'" },
	{ "$ffi->lib('libx.so.1');\nmy $l = find_lib( lib => 'y' );\n", "L:libx.so.1\nF:y" },
	{ "=pod\n\nsystem('x')\n\n=cut\n# system('y');\nprint <<E;\nsystem('z')\nE\nsystem 'a';\n",
	  "a" },
	{ "$x =~ m/'/;\nsystem('a'); $y{q} = s#'##;\nsystem('b');\n", "a\nb" },
	{ "sub system { }\nmy %x = (system => 1, exec => 2);\n", "" },
};

static const struct call_case ruby_cases[] = {
	{ "", "" },
	{ "system 'x', '-y', z\nexec('a b')\n", "'x' '-y'\na b" },
	{ "`x -y`\n%x(a #{b})\n", "x -y\n!\na $x" },
	{ "IO.popen(['x', '-y'])\nIO.popen('a | b')\n", "'x' '-y'\n!\na | b" },
	{ "Open3.capture3('x', y)\nProcess.spawn({ 'A' => 'b' }, 'c', 'd')\n", "'x'\n'c' 'd'" },
	{ "X = 'a'\nsystem(X, '-b')\nsystem(\"#{X} -c\")\nsystem(*%w[d e])\n", "a\na -c\nd e" },
	{ "ffi_lib 'x'\nffi_lib ['y', 'liby.so.1']\nFiddle.dlopen('libz.so.2')\n",
	  "L:x\nL:y\nL:liby.so.1\nL:libz.so.2" },
	{ "=begin\nsystem 'x'\n=end\n# system 'y'\ndef system(x)\nend\n", "" },
};

static const struct call_case node_cases[] = {
	{ "", "" },
	{ "const { exec } = require('child_process');\nexec('x -y', cb);\n", "!\nx -y" },
	{ "/* child_process */ cp.spawn('x', ['-y', z]); cp.execFile(`a`);\n", "'x' '-y'\na" },
	{ "// child_process\ncp.spawn('x -y', { shell: true });\n", "!\nx -y" },
	{ "// child_process\nconst x = 'a'; cp.execSync(`${x} -b ${c}`);\n", "!\na -b $x" },
	{ "/x/.exec('y');\n", "" },
};

static const struct call_case lua_cases[] = {
	{ "os.execute('x -y')\nio.popen \"z\"\n", "!\nx -y\n!\nz" },
	{ "local ffi = require 'ffi'\nffi.load('x')\nload('y')\n", "L:x" },
	{ "--[[ os.execute('x') ]]\n-- io.popen('y')\n", "" },
};

static const struct call_case php_cases[] = {
	{ "<?php exec('x -y', $z); $a = `b`; // exec('c')\n", "!\nx -y\nb" },
	{ "<?php FFI::cdef('int f();', 'libx.so.1');\n", "L:int f();\nL:libx.so.1" },
};

static const struct call_case r_cases[] = {
	{ "system(\"x -y\", intern = TRUE)\nsystem2('z', a)\nSys.which('b')\nwhich('c')\n",
	  "!\nx -y\n'z'\nb" },
};

static const struct call_case awk_cases[] = {
	{ "BEGIN { system(\"x -y\"); \"a b\" | getline c; print d | \"sort\" }\n",
	  "!\nx -y\n!\na b\n!\nsort" },
	{ "{ print \"x\" \"y\" }\n", "" },
};

static const struct call_case fish_cases[] = {
	{ "", "" },
	{ "x -y | z; a (b c) # d\n", "x\nz\na\nb" },
	{ "if x; and not y\n  z\nelse if a\nend\nfor i in (seq 3)\n b $i\nend\n",
	  "x\ny\nz\na\nseq\nb" },
	{ "function f\n x\nend\nf a; $g h; set i (j)\necho 'k; l' \"m; n\"; command o\n",
	  "x\nj\no" },
	{ "x 2>&1 >/dev/null; and y & z\n", "x\ny" },
	{ "/usr/bin/x a && b || c\n", "/usr/bin/x\nb\nc" },
};

static const struct call_case tcl_cases[] = {
	{ "", "" },
	{ "exec x -y $z\nset a [exec -ignorestderr b {c d} | e]; # exec f\n",
	  "x -y $z\nb 'c d' | e" },
	{ "spawn -noecho x y\nspawn sh -c {echo z}\n", "x y\nsh -c 'echo z'" },
	{ "set f [open \"|x -y\" r]\nputs \"exec z\"\n", "x -y\" r" },
	{ "proc a {} { exec b }\n# exec c\nexecute d\n", "b " },
};

static int add(void *data, const struct call *call)
{
	static const char *const marks[] = {
		[CALL_LINE] = "",
		[CALL_SHELL] = "!",
		[CALL_LIBRARY] = "L:",
		[CALL_FIND_LIBRARY] = "F:",
	};
	struct buffer *out = data;

	if (call->kind == CALL_QUOTED || call->kind == CALL_QUOTED_LINE)
		return 0;
	buffer_printf(out, "%s%s%s", out->size > 0 ? "\n" : "", marks[call->kind], call->text);
	return 0;
}

static void check(const struct calls_language *language, const struct call_case *cases,
		  size_t count)
{
	for (size_t i = 0; i < count; i++) {
		CLEANUP(buffer) struct buffer out = { 0 };

		buffer_add_string(&out, "");
		ck_assert_int_eq(
			calls_read(language, cases[i].text, strlen(cases[i].text), add, &out), 0);
		ck_assert_msg(strcmp(out.bytes ? out.bytes : "", cases[i].meaning) == 0,
			      "%s\nis\n%s\nand not\n%s", cases[i].text, out.bytes,
			      cases[i].meaning);
	}
}

#define CHECKS(language)                                                                           \
	TEST(reads_##language)                                                                     \
	{                                                                                          \
		check(&calls_##language, language##_cases, ARRAY_SIZE(language##_cases));          \
	}

CHECKS(python)
CHECKS(perl)
CHECKS(ruby)
CHECKS(node)
CHECKS(lua)
CHECKS(php)
CHECKS(r)
CHECKS(awk)
CHECKS(fish)
CHECKS(tcl)

static int add_quoted(void *data, const struct call *call)
{
	if (call->kind == CALL_QUOTED || call->kind == CALL_QUOTED_LINE)
		buffer_printf(data, "%c%s ", call->kind == CALL_QUOTED ? '.' : ':', call->text);
	return 0;
}

TEST(texts_in_quotes_count_where_something_is_started)
{
	static const char starts[] = "tools = ['ab', 'c-d']\nx = 'e f'\nPopen(tools)\n'g'\n";
	static const char none[] = "tools = ['ab', 'cd']\n";
	CLEANUP(buffer) struct buffer out = { 0 };

	ck_assert_int_eq(calls_read(&calls_python, starts, sizeof(starts) - 1, add_quoted, &out),
			 0);
	ck_assert_str_eq(out.bytes, ".ab .c-d :e f ");
	ck_assert_int_eq(calls_read(&calls_python, none, sizeof(none) - 1, add_quoted, &out), 0);
	ck_assert_str_eq(out.bytes, ".ab .c-d :e f ");
}

static int refuse(void *data, const struct call *call)
{
	return -EPERM;
}

TEST(forwards_an_error)
{
	ck_assert_int_eq(calls_read(&calls_python, "os.system('x')", 14, refuse, NULL), -EPERM);
}

static int ignore(void *data, const struct call *call)
{
	return 0;
}

static const char *const pieces[] = {
	"<<a\n", "`\\",	      "`\\`",	"run(", "system(",    "[\"a\",\"-b\",",
	"x=[",	 "x=\"a\"+",  "'''",	"qw(",	"%w[",	      "/*",
	"--[[",	 "open(",     "=pod\n", "{",	"dlopen(",    "os.system(x+",
	"\"${",	 "a=b;run(a", "\"\\",	"q(",	"ffi_lib a,", "child_process exec({",
};

static const struct calls_language *const languages[] = { &calls_python, &calls_perl, &calls_ruby,
							  &calls_node,	 &calls_lua,  &calls_php,
							  &calls_fish,	 &calls_tcl };

TEST_EACH(takes_no_time_on_any_text, ARRAY_SIZE(languages) * ARRAY_SIZE(pieces))
{
	enum { SIZE = 200000 };
	const char *piece = pieces[(size_t)_i % ARRAY_SIZE(pieces)];
	const struct calls_language *language = languages[(size_t)_i / ARRAY_SIZE(pieces)];
	CLEANUP(buffer) struct buffer text = { 0 };

	while (text.size < SIZE)
		buffer_add_string(&text, piece);
	ck_assert_int_eq(calls_read(language, text.bytes, text.size, ignore, NULL), 0);
}

SUITE(calls, NULL, NULL);
