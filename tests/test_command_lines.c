/* SPDX-License-Identifier: Apache-2.0 */
/* Which strings are command lines, and what they run. */
#include "suite.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "needs/command_lines.h"

#include <errno.h>
#include <string.h>

static const char *const installed[] = { "sort", "rm",	 "gzip", "tar",	 "file",  "date",
					 "lpr",	 "ss",	 "diff", "less", "mkdir", "cat",
					 "time", "find", "make", "nroff" };

static int knows(void *data, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(installed); i++)
		if (strcmp(installed[i], name) == 0)
			return 1;
	return 0;
}

/* What is not installed is not known to the reader either, and is left to who calls it. */
static int add(void *data, const struct shell_word *word)
{
	if (word->kind == SHELL_WORD_PROGRAM || knows(NULL, word->text))
		buffer_printf(data, "%s%s", ((struct buffer *)data)->size > 0 ? " " : "",
			      word->text);
	return 0;
}

static const struct {
	const char *text;
	const char *runs;
} cases[] = {
	/* options */
	{ "sort -u -f", "sort" },
	{ "rm -rf vmod_cache", "rm" },
	{ "rm -rf ", "rm" },
	{ "LC_ALL=C sort -u -o %s %s", "sort" },
	{ "exec /usr/sbin/sendmail -oi -t", "/usr/sbin/sendmail" },
	{ "nroff --mandoc", "nroff" },
	{ "date -u +%%s", "date" },
	{ "tar -C '%s' -xf \"%s\" .", "tar" },
	/* placeholders */
	{ "rm %s", "rm" },
	{ "cat '%s' \"$HOME/x\"", "cat" },
	{ "/bin/rm %s", "/bin/rm" },
	/* pipes, lists, redirections */
	{ "gunzip -c %s | tar xf -", "" },
	{ "gzip -dc %s | tar xf -", "gzip tar" },
	{ "%s | sort -u", "sort" },
	{ "%s 2>&1 | less", "less" },
	{ "| gzip -c >%s", "gzip" },
	{ "|lpr", "lpr" },
	{ "cd %s && sort -u x", "sort" },
	{ "(rm -f %s; cat %s)", "rm cat" },
	{ "cat <%s >/dev/null 2>&1", "cat" },
	{ "sh -c 'sort -u %s'", "" },
	/* names alone are for others */
	{ "sort", "" },
	{ "/bin/rm", "" },
	{ "", "" },
	{ " ", "" },
	{ "|", "" },
	/* messages */
	{ "sort failed", "" },
	{ "file %s is empty", "" },
	{ "file %s", "" },
	{ "file '%s'", "" },
	{ "date %s", "" },
	{ "mkdir %s", "" },
	{ "make sure that -x is given", "" },
	{ "rm: cannot remove %s", "" },
	{ "rm %s: %s", "" },
	{ "rm -f is not allowed", "" },
	{ "rm -f\n", "" },
	{ "time > %d", "" },
	{ "find it, or -x", "" },
	{ "sort -u.", "" },
	{ "sort -u?", "" },
	{ "  sort -u", "" },
	{ "can't rm -f %s", "" },
	{ "rm -f '%s", "" },
	/* usage, tables */
	{ "sort [-u] FILE", "" },
	{ "tar -x FILE...", "" },
	{ "sort | cat | rm |", "" },
	{ "on|off|sort", "" },
	{ "small|ss", "" },
	{ "date -> %s", "" },
	{ "diff --git ", "" },
	{ "unknown -x %s", "" },
};

TEST_EACH(reads_command_lines_and_no_messages, ARRAY_SIZE(cases))
{
	CLEANUP(buffer) struct buffer runs = { 0 };
	const struct command_line_reader reader = { knows, add, &runs };

	ck_assert_int_eq(command_line_read(cases[_i].text, &reader), 0);
	ck_assert_str_eq(runs.size > 0 ? runs.bytes : "", cases[_i].runs);
}

static int fails(void *data, const char *name)
{
	return -EIO;
}

TEST(errors_are_forwarded)
{
	const struct command_line_reader reader = { fails, add, NULL };

	ck_assert_int_eq(command_line_read("sort -u", &reader), -EIO);
}

static const char *const pieces[] = { "|",  "& ",  "; ", "(",	 "' ",	 "%s ",	  "sort -u ",
				      "a|", "$( ", "`",	 "<<E ", "x=x ", "exec ", ">%s" };

TEST_EACH(takes_no_time_on_any_text, ARRAY_SIZE(pieces))
{
	CLEANUP(buffer) struct buffer text = { 0 };
	CLEANUP(buffer) struct buffer runs = { 0 };
	const struct command_line_reader reader = { knows, add, &runs };

	buffer_add_string(&text, "sort -u ");
	while (text.size < 4000)
		buffer_add_string(&text, pieces[_i]);
	ck_assert_int_eq(command_line_read(text.bytes, &reader), 0);
}

SUITE(command_lines, NULL, NULL);
