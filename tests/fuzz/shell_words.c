/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a shell script: what is reported is written as promised, and every word comes on
 * a line that the script has.
 */
#include "fuzz.h"

#include "needs/shell_words.h"

static int check_word(void *data, const struct shell_word *word)
{
	FUZZ_CHECK(word->text[0] && !strpbrk(word->text, "\1\2\3\4"));
	FUZZ_CHECK(word->line >= 1);
	if (word->kind == SHELL_WORD_COMMAND)
		FUZZ_CHECK(!strchr(word->text, '/'));
	else
		FUZZ_CHECK(word->text[0] == '/');
	FUZZ_CHECK(!word->cut || word->kind == SHELL_WORD_PATH);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct shell_script script = { (const char *)bytes, size, "/usr/bin/x" };
	struct shell_summary summary;

	FUZZ_CHECK(shell_words_read(&script, check_word, NULL, &summary) == 0);
	return 0;
}

static const struct fuzz_seed seeds[] = {
	FUZZ_TEXT("#!/bin/sh\nROOT=${ROOT:-/usr/lib/x}\ncase \"$1\" in -a|--all) exec "
		  "\"$ROOT/bin/x\" ;; "
		  "*) echo `ls -l $(dirname \"$0\")` ;; esac\nwhile read x; do $x <<E >/dev/null "
		  "2>&1; done\n"
		  "$(cat /etc/x)\nE\n[ -x /usr/bin/y ] && . \"${0%/*}/../lib/z\"\n"),
	FUZZ_TEXT("f() { x=(a 'b' \"$@\"); for i in a{b,c} *.d; do eval \"$i ${x[@]}\"; done; }\n"
		  "trap 'sh -c \"ls\"' EXIT; set -- env -i A=1 nice -n 5 ls; [[ $x =~ (a|b) ]] && "
		  "((x++))\n"
		  "find . -exec cat {} \\; | xargs -n 1 diff <(a) >(b) <<< \"${y##*/}${z/a/b}\"\n"),
	/* A NUL where a sign may stand, at the end. */
	FUZZ_TEXT("echo *${f\0"),
};

FUZZ_SEEDS(seeds);
