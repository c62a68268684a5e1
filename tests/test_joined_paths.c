/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Absolute paths whose ends nothing marks: which texts of data may begin with one, and where the
 * files of a target say that it ends.
 */
#include "needs_suite.h"

#include "base/cleanup.h"
#include "needs/joined_paths.h"
#include "needs/joined_texts.h"

static int describe(void *data, const char *text)
{
	buffer_printf(data, "[%s]", text);
	return 0;
}

/* A character '0' of BYTES is a NUL. */
static const struct {
	const char *bytes;
	const char *texts;
	bool joined;
} texts[] = {
	{ "no path", "" },
	{ "0runtime/proc.go0", "", true },
	{ "x/usr/lib/go/src/runtime/proc.goy", "[/usr/lib/go/src/runtime/proc.goy]", true },
	{ "0/rustc/9b35a6239c3d8bdabc53/library/std/src/io/mod.rsx", "", true },
	{ "0/proc.go0/library/stdx/src0", "" },
	/* A string of C, and what stands in one for itself. */
	{ "0/usr/share/x0", "" },
	{ "/usr/share/x0", "" },
	{ "0see /usr/share/x, /etc/y0", "" },
	{ "0see:\n/usr/share/x\n0", "" },
	/* Without a NUL behind it. */
	{ "/etc/x", "[/etc/x]" },
	{ "0/etc/x\1", "[/etc/x]" },
	/* With another before it. */
	{ "0zone/usr/share/x0", "[/usr/share/x]" },
	{ "a/etc/x/etc/yz", "[/etc/x/etc/yz][/etc/yz]" },
	{ "/usr/share/zoneinfo//usr/lib/y\1", "[/usr/share/zoneinfo//usr/lib/y][/usr/lib/y]" },
	/* What only looks like two. */
	{ "0x/usr/local/etc/y0", "[/usr/local/etc/y]" },
	{ "0x/usr/lib/y0", "[/usr/lib/y]" },
	/* Only where things are installed. */
	{ "a/home/x", "" },
	{ "a/proc/self/maps", "" },
	{ "a/usr", "" },
	{ "a/usr/", "" },
};

TEST_EACH(texts_that_are_joined_are_found, ARRAY_SIZE(texts))
{
	CLEANUP(buffer) struct buffer out = { 0 };
	char *bytes = arena_strdup(arena, texts[_i].bytes);
	bool joined = false;
	size_t size = strlen(bytes);

	for (char *nul; (nul = strchr(bytes, '0')) != NULL;)
		*nul = '\a';
	for (size_t i = 0; i < size; i++)
		bytes[i] = bytes[i] == '\a' ? '\0' : bytes[i];
	ck_assert_int_eq(joined_texts_visit(bytes, size, &joined, describe, &out), 0);
	ck_assert_int_eq(joined, texts[_i].joined);
	ck_assert_str_eq(out.bytes ? out.bytes : "", texts[_i].texts);
}

TEST(long_texts_are_cut)
{
	CLEANUP(buffer) struct buffer out = { 0 };
	static char bytes[8192];
	bool joined = false;

	memset(bytes, 'x', sizeof(bytes) - 1);
	memcpy(bytes, "/etc/", 5);
	/* A NUL so far behind ends no path. */
	ck_assert_int_eq(joined_texts_visit(bytes, sizeof(bytes), &joined, describe, &out), 0);
	ck_assert_uint_eq(out.size, 1023 + 2);
}

static int stop(void *data, const char *text)
{
	return 7;
}

TEST(a_visitor_ends_it)
{
	bool joined = false;

	ck_assert_int_eq(joined_texts_visit("a/etc/x", 7, &joined, stop, NULL), 7);
}

static const struct {
	const char *text;
	const char *paths;
} finds[] = {
	{ "/etc/ssl/certs/ca.crt", "[/etc/ssl/certs/ca.crt]" },
	{ "/etc/ssl/certs/ca.crtSSL_CERT_FILE", "[/etc/ssl/certs/ca.crt][/etc/ssl/certs]" },
	{ "/etc/ssl/certs/ca.crt/etc/pki/x", "[/etc/ssl/certs/ca.crt]" },
	/* The longest name that is there. */
	{ "/etc/ssl/certs/ca.crt.oldx", "[/etc/ssl/certs/ca.crt.old][/etc/ssl/certs]" },
	{ "/usr/share/zoneinfo/", "[/usr/share/zoneinfo]" },
	{ "/usr/share/zoneinfo//etc/ssl", "[/usr/share/zoneinfo]" },
	{ "/usr/share/zoneinfo/invalid", "[/usr/share/zoneinfo]" },
	{ "/usr/share/zoneinfoinvalid", "[/usr/share/zoneinfo][/usr/share]" },
	/* One component says nothing, nor does a short name. */
	{ "/etc/none", "" },
	{ "/usr/x", "" },
	{ "/opt/none/x", "" },
	{ "/etc/ab", "" },
	/* Links lead on. */
	{ "/usr/link/ca.crt%d", "[/usr/link/ca.crt][/usr/link]" },
};

TEST_EACH(the_end_of_a_path_is_found_by_what_is_there, ARRAY_SIZE(finds))
{
	CLEANUP(needs_free) struct needs *needs = NULL;
	CLEANUP(buffer) struct buffer out = { 0 };

	scratch_text(&scratch, "etc/ssl/certs/ca.crt", "");
	scratch_text(&scratch, "etc/ssl/certs/ca.crt.old", "");
	scratch_text(&scratch, "etc/a", "");
	scratch_text(&scratch, "usr/share/zoneinfo/UTC", "");
	scratch_link(&scratch, "usr/link", "../etc/ssl/certs");
	needs = needs_new(here(), &no_options);
	ck_assert_int_eq(joined_path_find(needs, finds[_i].text, describe, &out), 0);
	ck_assert_str_eq(out.bytes ? out.bytes : "", finds[_i].paths);
	ck_assert_str_eq(told.bytes ? told.bytes : "", "");
}

SUITE(joined_paths, set_up, tear_down);
