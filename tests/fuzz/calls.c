/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a source of each language: what is called is a text of a bounded length.
 */
#include "fuzz.h"

#include "needs/calls.h"

static int check_call(void *data, const struct call *call)
{
	const size_t *size = data;

	FUZZ_CHECK(call->kind == CALL_SHELL || call->text[0] || *size == 0);
	FUZZ_CHECK(strlen(call->text) <= 1 << 16);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct calls_language *const languages[] = {
		&calls_awk,  &calls_lua, &calls_node,	&calls_perl, &calls_php,
		&calls_fish, &calls_tcl, &calls_python, &calls_r,    &calls_ruby,
	};
	const char *text = (const char *)bytes;

	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
		FUZZ_CHECK(calls_read(languages[i], text, size, check_call, &size) == 0);
	return 0;
}

static const struct fuzz_seed seeds[] = {
	FUZZ_TEXT("cmd = ['x', \"-y\"]\nsubprocess.run(cmd, shell=True)\nos.system(f'{cmd} | a' + "
		  "b)\n"
		  "CDLL(find_library('z') or r'libz.so.1')\nrun(*['a', '-b'])\n'''\n'''\n"),
	FUZZ_TEXT("my @x = ('a', 'b');\nsystem(@x, $y); open(F, '-|', \"c $d\"); qx{e | f};\n"
		  "print <<E;\nE\n=pod\n\n=cut\nexec qw(g h) or die; `i`;\n"),
	FUZZ_TEXT("IO.popen(['x', '-y']); %x(a #{b}) # c\nffi_lib ['d', \"e\"]\nspawn({ 'F' => 'g' "
		  "}, 'h')\n"),
	FUZZ_TEXT("/* child_process */ exec(`x ${y} -z`, () => {}); // a\nspawn('b', ['-c'], { "
		  "shell: true })\n"),
	FUZZ_TEXT("BEGIN { \"a b\" | getline c; print d | \"e\"; system(\"f\" g) }\n"),
};

FUZZ_SEEDS(seeds);
