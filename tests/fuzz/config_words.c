/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a configuration: each word is of its kind, and stands in the text.
 */
#include "fuzz.h"

#include "needs/config_words.h"

static int check_word(void *data, const struct config_word *word)
{
	const unsigned *n_lines = data;

	FUZZ_CHECK(word->text[0] && strlen(word->text) <= 4095);
	FUZZ_CHECK(word->line >= 1 && word->line <= *n_lines);
	FUZZ_CHECK(word->kind != CONFIG_WORD_PATH || word->text[0] == '/');
	FUZZ_CHECK(word->kind != CONFIG_WORD_RELATIVE || word->text[0] != '/');
	FUZZ_CHECK(word->kind < CONFIG_WORD_USER || !strpbrk(word->text, "/ \t\n:"));
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	unsigned n_lines = 1;
	int r;

	for (size_t i = 0; i < size; i++)
		n_lines += bytes[i] == '\n';
	r = config_words_read((const char *)bytes, size, check_word, &n_lines);
	FUZZ_CHECK(r == 0 || r == CONFIG_WORDS_BINARY);
	return 0;
}

static const struct fuzz_seed seeds[] = {
	FUZZ_TEXT("user nginx nginx;\ninclude /etc/x/*.conf; # y\nload_module modules/x.so;\n"
		  "x unix:/run/x.sock 'a b /c' \"${d}/e\" /* f */ --user=g -/var/log/h\n"),
	FUZZ_TEXT("<user>x</user><!-- y --><z a=\"/b\">/c</z>\n{\"a\": [\"/b\", '/c/[0-9]*']}\n"
		  "module(load=\"imtcp\") \\\n/x/%h/y: file:///a/b http://c/d\n#includedir e\n"),
	/* A path of nothing behind "../". */
	FUZZ_TEXT("f:/x\f$e/.s/o::/x\f$e/.s/o:../\n"),
};

FUZZ_SEEDS(seeds);
