/* SPDX-License-Identifier: Apache-2.0 */
#include "suite.h"

#include "needs/pattern.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

/* MEANING: the captures, each in brackets; NULL where nothing matches. */
static const struct {
	const char *pattern;
	const char *text;
	const char *meaning;
} cases[] = {
	{ "", "", "" },
	{ "", "x", NULL },
	{ "x", "", NULL },
	{ "a?c", "abc", "" },
	{ "a?c", "ac", NULL },
	{ "*", "", "" },
	{ "*", "anything/at all", "" },
	{ "{}", "", "[]" },
	{ "{/*/gconv}", "/usr/lib/gconv", "[/usr/lib/gconv]" },
	{ "{/*/gconv}", "/usr/lib/gconv/x", NULL },
	{ "{/*/gconv}", "gconv", NULL },
	{ "OPENSSLDIR: \"{/*}\"", "OPENSSLDIR: \"/etc/ssl\"", "[/etc/ssl]" },
	{ "OPENSSLDIR: \"{/*}\"", "OPENSSLDIR: \"/etc/ssl", NULL },
	{ "{/*}/bin/python{3.*}", "/usr/bin/python3.11", "[/usr][3.11]" },
	{ "{/*}/bin/python{3.*}", "/usr/bin/bin/python3.11", "[/usr/bin][3.11]" },
	{ "{/*}/lib*/libpython{3.*}.so*", "/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0",
	  "[/usr][3.11]" },
	{ "{/*}/lib*/libpython{3.*}.so*", "/usr/lib64/libpython3.12.so.1.0", "[/usr][3.12]" },
	{ "*;{/usr/share/lua/?.?}/?.lua;*", "/a/?.lua;/usr/share/lua/5.4/?.lua;./?.lua",
	  "[/usr/share/lua/5.4]" },
	/* as little as will do */
	{ "{*}a{*}", "bacada", "[b][cada]" },
	{ "*a{*}", "aaa", "[aa]" },
	{ "{*}aa", "aaa", "[a]" },
	{ "*ab*ab", "abaab", "" },
	{ "*ab*ab", "aab", NULL },
	/* no more than two can be captured */
	{ "{a}{b}{c}", "abc", NULL },
	/* neither backslashes nor brackets mean anything */
	{ "[ab]", "a", NULL },
	{ "[ab]", "[ab]", "" },
	{ "\\*", "\\x", "" },
};

static const char *describe(const struct pattern_match *match, char *out)
{
	char *at = out;

	for (size_t i = 0; i < match->count; i++)
		at += sprintf(at, "[%.*s]", (int)match->length[i], match->start[i]);
	*at = '\0';
	return out;
}

TEST_EACH(patterns_match_and_capture, ARRAY_SIZE(cases))
{
	struct pattern_match match;
	char out[256];
	bool found = pattern_matches(cases[_i].pattern, cases[_i].text, &match);

	ck_assert_msg(found == (cases[_i].meaning != NULL), "%s on %s", cases[_i].pattern,
		      cases[_i].text);
	if (found)
		ck_assert_str_eq(describe(&match, out), cases[_i].meaning);
}

/* A file can have strings that are made to keep a matcher busy for ever. */
TEST(takes_no_time_on_any_text)
{
	static char text[4095];
	struct pattern_match match;

	for (size_t i = 0; i + 1 < sizeof(text); i++)
		text[i] = i % 2 ? '/' : ';';
	ck_assert(!pattern_matches("*;{/*/*/*/*/*/lua/?.?}/?.so;*", text, &match));
	memset(text, 'a', sizeof(text) - 1);
	ck_assert(!pattern_matches("*a*a*a*a*a*a*a*a*b", text, &match));
}

TEST(long_texts_are_no_paths)
{
	static char text[4097];
	struct pattern_match match;

	memset(text, 'a', sizeof(text) - 1);
	ck_assert(!pattern_matches("*", text, &match));
	text[4095] = '\0';
	ck_assert(pattern_matches("*", text, &match));
}

TEST(captures_are_expanded)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct pattern_match match;
	bool failed = false;

	ck_assert(pattern_matches("{/*}/bin/python{3.*}", "/usr/bin/python3.11", &match));
	ck_assert_str_eq(
		pattern_expand(arena, "%1/lib/python%2/", &match, "/o", NULL, false, &failed),
		"/usr/lib/python3.11/");
	ck_assert_str_eq(pattern_expand(arena, "$ORIGIN/../x", &match, "/o", NULL, false, &failed),
			 "/o/../x");
	ck_assert_str_eq(pattern_expand(arena, "%1/$VALUE", &match, "/o", "v", false, &failed),
			 "/usr/v");
	ck_assert_ptr_null(pattern_expand(arena, "%1/$VALUE", &match, "/o", NULL, false, &failed));
	ck_assert_ptr_null(pattern_expand(arena, "%3", &match, "/o", NULL, false, &failed));
	ck_assert(!failed);
}

TEST(globs_match_what_fnmatch_says)
{
	static const char *const globs[] = { "",       "x",	"*",	     "a*",    "*b",
					     "a*b",    "?",	"a?b",	     "[ab]x", "x[ab]",
					     "a\\*",   "*\\*b", "lib*.so.*", "*/d/*", "/a/*",
					     "*a*b*c", "ab*ba" };
	static const char *const texts[] = { "",	  "x",	    "a",    "b",    "ab",     "aab",
					     "axb",	  "ax",	    "xa",   "a*",   "a*b",    "x*b",
					     "libx.so.1", "lib.so", "/d/x", "/a/",  "/a/d/b", "abc",
					     "cab",	  "aba",    "abba", "ab*ba" };

	for (size_t i = 0; i < sizeof(globs) / sizeof(globs[0]); i++)
		for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++)
			ck_assert_msg(pattern_glob_matches(globs[i], texts[j]) ==
					      (fnmatch(globs[i], texts[j], 0) == 0),
				      "%s of %s", globs[i], texts[j]);
}

SUITE(pattern, NULL, NULL);
