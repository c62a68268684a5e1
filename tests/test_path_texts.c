/* SPDX-License-Identifier: Apache-2.0 */
#include "suite.h"

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "needs/path_texts.h"

#include <string.h>

/* Texts of three widths: "N" begins a narrow one, "H" one of UTF-16, "W" one of UTF-32, each
 * with a NUL behind it; "|" ends one without. MEANING: the texts that are found. */
static const struct {
	const char *texts[6];
	const char *meaning;
} cases[] = {
	{ { "N" }, "" },
	{ { "N/usr/share/x" }, "[/usr/share/x]" },
	{ { "N/usr", "Nno path", "N/lib", "Nx" }, "[/usr][/lib]" },
	{ { "N/", "N/x", "N/usr" }, "[/usr]" },
	{ { "Nx\1/usr/x", "Na\n/usr/x\n", "N\1/usr\n" }, "[/usr/x][/usr/x\n][/usr\n]" },
	{ { "N/usr\1x", "N/lib" }, "[/lib]" },
	{ { "Ndirectory/", "Nx", "N/usr" }, "[directory/][/usr]" },
	{ { "|/usr/x" }, "" },
	{ { "W/usr/share/x" }, "[/usr/share/x]" },
	{ { "W%s/x\n" }, "[%s/x\n]" },
	{ { "Wno path", "W/usr", "Wx", "W/lib/x" }, "[/usr][/lib/x]" },
	{ { "Nfirst/x", "W/usr", "Nlast/x" }, "[first/x][/usr][last/x]" },
	{ { "W/u" }, "" },
	{ { "H/usr/share/x" }, "[/usr/share/x]" },
	{ { "Nfirst/x", "H/usr", "Nlast/x" }, "[first/x][/usr][last/x]" },
	{ { "H/usr", "W/lib", "H../x" }, "[/usr][/lib][../x]" },
	/* a wide text whose first '/' something else is before */
	{ { "|x", "W/usr/x" }, "[/usr/x]" },
	/* narrow texts of one character are no wide text's characters */
	{ { "N/", "Nusr/share", "N/x/y" }, "[usr/share][/x/y]" },
	{ { "Nxy/", "Na", "Nb", "Nc", "N/usr" }, "[xy/][/usr]" },
};

static void put_unit(struct buffer *out, char c, unsigned width, bool big_endian)
{
	unsigned char unit[4];

	bytes_put(unit, width, big_endian, (unsigned char)c);
	buffer_add(out, unit, width);
}

static void put_text(struct buffer *out, const char *text, bool big_endian)
{
	unsigned width = text[0] == 'W' ? 4 : text[0] == 'H' ? 2 : 1;

	for (const char *at = text + 1; *at; at++)
		put_unit(out, *at, width, big_endian);
	if (text[0] != '|')
		put_unit(out, '\0', width, big_endian);
}

static int describe(void *data, const char *text)
{
	buffer_printf(data, "[%s]", text);
	return 0;
}

TEST_EACH(texts_are_found_narrow_and_wide, 2 * ARRAY_SIZE(cases))
{
	bool big_endian = _i % 2;
	CLEANUP(buffer) struct buffer bytes = { 0 };
	CLEANUP(buffer) struct buffer out = { 0 };
	const char *meaning = cases[_i / 2].meaning;

	for (size_t i = 0; i < ARRAY_SIZE(cases[0].texts) && cases[_i / 2].texts[i]; i++)
		put_text(&bytes, cases[_i / 2].texts[i], big_endian);
	ck_assert_int_eq(path_texts_visit(bytes.bytes, bytes.size, big_endian, describe, &out), 0);
	ck_assert_msg(strcmp(out.bytes ? out.bytes : "", meaning) == 0, "case %d: %s, not %s",
		      _i / 2, out.bytes, meaning);
}

static int count(void *data, const char *text)
{
	unsigned *counted = data;

	++*counted;
	return 0;
}

static int end(void *data, const char *text)
{
	return 7;
}

TEST(visitor_ends_it)
{
	ck_assert_int_eq(path_texts_visit("/usr\0/lib", 10, false, end, NULL), 7);
	ck_assert_int_eq(path_texts_visit("/\0u\0s\0r\0\0", 10, false, end, NULL), 7);
}

TEST(texts_are_as_long_as_paths)
{
	static char bytes[4 * 4097];
	unsigned counted = 0;

	memset(bytes, '/', 4095);
	ck_assert_int_eq(path_texts_visit(bytes, sizeof(bytes), false, count, &counted), 0);
	ck_assert_uint_eq(counted, 1);
	bytes[4095] = '/';
	ck_assert_int_eq(path_texts_visit(bytes, sizeof(bytes), false, count, &counted), 0);
	ck_assert_uint_eq(counted, 1);
	memset(bytes, 0, sizeof(bytes));
	for (size_t i = 0; i < 4095; i++)
		bytes[4 * i] = '/';
	ck_assert_int_eq(path_texts_visit(bytes, sizeof(bytes), false, count, &counted), 0);
	ck_assert_uint_eq(counted, 2);
	bytes[4 * 4095] = '/';
	ck_assert_int_eq(path_texts_visit(bytes, sizeof(bytes), false, count, &counted), 0);
	ck_assert_uint_eq(counted, 2);
}

/* What a file is full of to keep us busy. */
TEST_EACH(takes_no_time_on_any_bytes, 7)
{
	static const char *const units[] = { "/",   "/\0",     "/\0\0", "/\0\0\0",
					     "\0/", "\0\0\0/", "//\0" };
	static const size_t sizes[] = { 1, 2, 3, 4, 2, 4, 3 };
	enum { SIZE = 4 << 20 };
	CLEANUP(free) char *bytes = malloc(SIZE);
	unsigned counted = 0;

	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = units[_i][i % sizes[_i]];
	bytes[SIZE - 1] = 'x';
	for (int big_endian = 0; big_endian < 2; big_endian++)
		ck_assert_int_eq(path_texts_visit(bytes, SIZE, big_endian, count, &counted), 0);
}

SUITE(path_texts, NULL, NULL);
