/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a source of Python, Perl, Ruby, Node and Lua: each import has a name, and stands on
 * a line that there is.
 */
#include "fuzz.h"

#include "needs/imports.h"

static int check_import(void *data, const struct import *import)
{
	const unsigned *n_lines = data;

	FUZZ_CHECK(import->name[0] && strlen(import->name) <= 1000);
	FUZZ_CHECK(import->line >= 1 && import->line <= *n_lines);
	FUZZ_CHECK(import->kind != IMPORT_DIRECTORY || import->name[0] == '/');
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *text = (const char *)bytes;
	unsigned n_lines = 1;
	bool computed;

	for (size_t i = 0; i < size; i++)
		n_lines += bytes[i] == '\n';
	FUZZ_CHECK(imports_lua_read(text, size, check_import, &n_lines, &computed) == 0);
	FUZZ_CHECK(imports_node_read(text, size, check_import, &n_lines, &computed) == 0);
	FUZZ_CHECK(imports_python_read(text, size, check_import, &n_lines, &computed) == 0);
	FUZZ_CHECK(imports_perl_read(text, size, check_import, &n_lines, &computed) == 0);
	FUZZ_CHECK(imports_ruby_read(text, size, check_import, &n_lines, &computed) == 0);
	return 0;
}

static const struct fuzz_seed seeds[] = {
	FUZZ_TEXT("local a = require 'b'\n--[==[ require 'c' ]] ]==] require([[d.e]])(f, 0x1p4)\n"),
	FUZZ_TEXT("import a.b as c, d\nfrom ..e import (f, # g\n h)\n__import__('i')\n'''\n'''\n"
		  "sys.path.insert(0, join(dirname(__file__), '..', \"j\"))\n"
		  "importlib.metadata.version('k==1')\n__requires__ = 'l'\nx = r'\\'' b\"m\"\n"),
	FUZZ_TEXT(
		"#!x\nimport a, { b } from './c.js'; const d = require(\"@e/f\"), g = h / 2 / "
		"/[/]'/;\n"
		"export * from \"../i\"; `${require('j') + `k`}`; /* require('l') */ import('m');\n"
		"require.resolve(n + 'o') // require('p')\n"),
	FUZZ_TEXT("use A::B 1.0 qw(c d);\nuse lib \"$FindBin::Bin/../lib\", '/e';\n=pod\n\n=cut\n"
		  "eval { require F; };\nprint <<~'G', <<H;\n G\nH\nuse if $] > 5, 'I' => 1;\n"),
	FUZZ_TEXT("require 'a'\nrequire_relative \"../b\"\n$:.unshift File.join(__dir__, 'c')\n"
		  "load Gem.activate_bin_path('d', 'd', v)\nautoload :E, 'f'\nx = <<~G\n G\n"
		  "=begin\n=end\nrequire File.expand_path('../../h', __FILE__)\n__END__\n"),
};

FUZZ_SEEDS(seeds);
