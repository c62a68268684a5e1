/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/number.h"
#include "base/path.h"
#include "base/probe.h"
#include "base/texts.h"
#include "suite.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

static struct arena *arena;

static void set_up(void)
{
	arena = arena_new();
	ck_assert_ptr_nonnull(arena);
}

static void tear_down(void)
{
	arena_free(arena);
}

TEST(arena_pieces_are_zeroed_aligned_and_apart)
{
	char *before = NULL;

	for (size_t size = 1; size < 200000; size = size * 3 + 1) {
		char *piece = arena_alloc(arena, size);

		ck_assert_ptr_nonnull(piece);
		ck_assert_uint_eq((uintptr_t)piece % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			ck_assert_int_eq(piece[i], 0);
		memset(piece, 0xff, size);
		ck_assert_ptr_ne(piece, before);
		before = piece;
	}
}

TEST(arena_refuses_what_overflows)
{
	ck_assert_ptr_null(arena_array(arena, SIZE_MAX / 2, 3));
	ck_assert_ptr_null(arena_alloc(arena, SIZE_MAX));
}

TEST(a_table_grows_by_zeroed_elements)
{
	TABLE(struct {
		int value;
		char rest[12];
	})
	table = { 0 };

	for (int i = 0; i < 1000; i++) {
		__typeof__(table.items) item = TABLE_ADD(arena, &table);

		ck_assert_ptr_eq(item, &table.items[i]);
		ck_assert_int_eq(item->value, 0);
		item->value = i;
	}
	ck_assert_uint_eq(table.count, 1000);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(table.items[i].value, i);
	/* What takes the place of a removed element does not see it. */
	table.count--;
	ck_assert_int_eq(TABLE_ADD(arena, &table)->value, 0);
}

TEST(a_table_says_that_memory_ran_out)
{
	TABLE(char) table = { 0 };

	ck_assert_ptr_null(
		table_add(arena, &table.items, &table.count, &table.capacity, SIZE_MAX / 4));
	ck_assert_uint_eq(table.count, 0);
}

TEST(texts_are_sorted_by_bytes_and_kept_once)
{
	const char *texts[] = { "b", "\xff", "a", "B", "", "b", "ab", "a" };
	const char *const sorted[] = { "", "B", "a", "ab", "b", "\xff" };
	size_t count = texts_sort_once(texts, ARRAY_SIZE(texts));

	ck_assert_uint_eq(count, ARRAY_SIZE(sorted));
	for (size_t i = 0; i < count; i++) {
		ck_assert_str_eq(texts[i], sorted[i]);
		ck_assert_ptr_eq(texts_find(texts, count, sorted[i]), &texts[i]);
	}
	ck_assert_ptr_null(texts_find(texts, count, "aa"));
	ck_assert_uint_eq(texts_sort_once(NULL, 0), 0);
	ck_assert_ptr_null(texts_find(NULL, 0, ""));
}

TEST(a_text_is_added_once)
{
	struct texts texts = { 0 };

	ck_assert_int_eq(texts_add_once(arena, &texts, "x"), 0);
	ck_assert_int_eq(texts_add_once(arena, &texts, "y"), 0);
	ck_assert_int_eq(texts_add_once(arena, &texts, "x"), 0);
	ck_assert_uint_eq(texts.count, 2);
	ck_assert(texts_have(&texts, "y") && !texts_have(&texts, "z"));
	ck_assert_int_eq(texts_add(arena, &texts, "x"), 0);
	ck_assert_uint_eq(texts.count, 3);
	/* A copy that could not be made. */
	ck_assert_int_eq(texts_add(arena, &texts, NULL), -ENOMEM);
	ck_assert_int_eq(texts_add_once(arena, &texts, NULL), -ENOMEM);
}

static const struct {
	const char *text;
	uint64_t limit;
	bool parsed;
	uint64_t value;
} number_cases[] = {
	{ "0", 0, true, 0 },
	{ "007", 7, true, 7 },
	{ "8", 7, false, 0 },
	{ "70", 70, true, 70 },
	{ "71", 70, false, 0 },
	{ "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
	{ "18446744073709551616", UINT64_MAX, false, 0 },
	{ "99999999999999999999999", UINT64_MAX, false, 0 },
	{ "", 9, false, 0 },
	{ " 1", 9, false, 0 },
	{ "+1", 9, false, 0 },
	{ "-1", 9, false, 0 },
	{ "1 ", 9, false, 0 },
	{ "0x1", 9, false, 0 },
};

TEST_EACH(numbers_are_read_up_to_a_limit, ARRAY_SIZE(number_cases))
{
	uint64_t value = 0;

	ck_assert_int_eq(number_parse(number_cases[_i].text, number_cases[_i].limit, &value),
			 number_cases[_i].parsed);
	ck_assert_uint_eq(value, number_cases[_i].value);
}

TEST(a_number_ends_where_its_digits_end)
{
	const char *const start = "0755:x";
	const char *text = start;
	uint64_t value;

	ck_assert(number_take(&text, 8, 07777, &value));
	ck_assert_uint_eq(value, 0755);
	ck_assert_str_eq(text, ":x");
	ck_assert(!number_take(&text, 8, 07777, &value));
	ck_assert_str_eq(text, ":x");
	/* What is too large is not taken at all. */
	text = start;
	ck_assert(!number_take(&text, 8, 0700, &value));
	ck_assert_ptr_eq(text, start);
	/* 8 is no digit of base 8. */
	text = "78";
	ck_assert(number_take(&text, 8, 07777, &value));
	ck_assert_uint_eq(value, 7);
	ck_assert_str_eq(text, "8");
}

static const struct {
	const char *text;
	bool parsed;
	bool value;
} switch_cases[] = {
	{ "yes", true, true },	  { "no", true, false }, { "Yes", false, false },
	{ "yes ", false, false }, { "", false, false },	 { "1", false, false },
};

TEST_EACH(a_switch_is_yes_or_no, ARRAY_SIZE(switch_cases))
{
	bool value;

	ck_assert_int_eq(switch_parse(switch_cases[_i].text, &value), switch_cases[_i].parsed);
	ck_assert_int_eq(value, switch_cases[_i].value);
}

TEST(arena_arrays_keep_what_they_hold)
{
	int *numbers = NULL;
	size_t capacity = 0;

	for (int i = 0; i < 1000; i++) {
		ck_assert_int_eq(arena_grow(arena, &numbers, (size_t)i, &capacity, sizeof(int)), 0);
		numbers[i] = i;
	}
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(numbers[i], i);
}

static const struct {
	const char *base, *path, *normal;
} normal_cases[] = {
	{ "/", "/", "/" },
	{ "/", "/usr//lib/./x", "/usr/lib/x" },
	{ "/", "/usr/lib/../bin/", "/usr/bin" },
	{ "/", "/../../x", "/x" },
	{ "/a/b", "c", "/a/b/c" },
	{ "/a/b", "../c", "/a/c" },
	{ "/a/b", "../../../c", "/c" },
	{ "/a/b", ".", "/a/b" },
	{ "/", "", "/" },
	{ "/a", "..", "/" },
	{ "/a", "...", "/a/..." },
	{ "/a", ".x/..y", "/a/.x/..y" },
};

TEST_EACH(paths_are_normalized_as_text, ARRAY_SIZE(normal_cases))
{
	ck_assert_str_eq(path_normalize(arena, normal_cases[_i].base, normal_cases[_i].path),
			 normal_cases[_i].normal);
}

static const struct {
	const char *path, *directory, *base;
} split_cases[] = {
	{ "/usr/bin/x", "/usr/bin", "x" },
	{ "/x", "/", "x" },
	{ "x", ".", "x" },
	{ "a/b", "a", "b" },
	{ "/a//b", "/a", "b" },
	{ "//b", "/", "b" },
};

TEST_EACH(paths_are_split_at_the_last_slash, ARRAY_SIZE(split_cases))
{
	ck_assert_str_eq(path_dirname(arena, split_cases[_i].path), split_cases[_i].directory);
	ck_assert_str_eq(path_basename(split_cases[_i].path), split_cases[_i].base);
}

TEST(paths_are_joined_with_one_slash)
{
	ck_assert_str_eq(path_join(arena, "/", "x"), "/x");
	ck_assert_str_eq(path_join(arena, "/a", "x"), "/a/x");
	ck_assert_str_eq(path_join(arena, "", "x"), "/x");
}

TEST(below_is_whole_components)
{
	ck_assert(path_is_below("/usr/lib", "/usr/lib"));
	ck_assert(path_is_below("/usr/lib/x", "/usr/lib"));
	ck_assert(!path_is_below("/usr/lib64", "/usr/lib"));
	ck_assert(path_is_below("/x", "/"));
}

static const struct {
	const char *text, *escaped;
} escape_cases[] = {
	{ "/usr/lib", "/usr/lib" },
	{ "a b", "a b" },
	{ "a\nb\tc", "a\\nb\\tc" },
	{ "a\\b", "a\\\\b" },
	{ "\x1b[31m", "\\033[31m" },
	{ "\xc3\xbc", "\xc3\xbc" },	       /* valid UTF-8 stays */
	{ "\xc3", "\\303" },		       /* cut off */
	{ "\xff\xfe", "\\377\\376" },	       /* never UTF-8 */
	{ "\xc0\xaf", "\\300\\257" },	       /* overlong '/' */
	{ "\xed\xa0\x80", "\\355\\240\\200" }, /* a surrogate */
	{ "\xc2\x9b", "\\302\\233" },	       /* a control character of C1 */
	{ "\x7f", "\\177" },
};

TEST_EACH(text_for_terminals_is_escaped, ARRAY_SIZE(escape_cases))
{
	const char *text = escape_cases[_i].text;
	const char *escaped = escape_text(arena, text);

	ck_assert_str_eq(escaped, escape_cases[_i].escaped);
	ck_assert_int_eq(escaped == text, strcmp(text, escape_cases[_i].escaped) == 0);
}

TEST(bytes_are_read_and_written_in_both_orders)
{
	const unsigned char bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	unsigned char out[8];

	ck_assert_uint_eq(bytes_get(bytes, 4, false), 0x04030201);
	ck_assert_uint_eq(bytes_get(bytes, 4, true), 0x01020304);
	ck_assert_uint_eq(bytes_get(bytes, 8, true), 0x0102030405060708);
	bytes_put(out, 8, true, 0x0102030405060708);
	ck_assert_mem_eq(out, bytes, 8);
	bytes_put(out, 2, false, 0x0201);
	ck_assert_mem_eq(out, bytes, 2);
}

TEST(within_never_overflows)
{
	ck_assert(bytes_within(0, 0, 0));
	ck_assert(bytes_within(4, 4, 8));
	ck_assert(!bytes_within(5, 4, 8));
	ck_assert(!bytes_within(9, 0, 8));
	ck_assert(!bytes_within(UINT64_MAX, 2, 8));
	ck_assert(!bytes_within(2, UINT64_MAX, 8));
}

TEST(buffers_grow_and_end_in_nul)
{
	struct buffer buffer = { 0 };

	for (int i = 0; i < 1000; i++)
		buffer_printf(&buffer, "%d,", i);
	ck_assert_int_eq(buffer_error(&buffer), 0);
	ck_assert_uint_eq(buffer.size, strlen(buffer.bytes));
	ck_assert_uint_eq(buffer.size, 3890);
	buffer_reset(&buffer);
	ck_assert_ptr_null(buffer.bytes);
}

TEST(a_buffer_remembers_that_it_is_not_whole)
{
	struct buffer buffer = { 0 };

	buffer_add(&buffer, "x", SIZE_MAX);
	ck_assert_int_eq(buffer_error(&buffer), -ENOMEM);
	buffer_add_string(&buffer, "more");
	ck_assert_uint_eq(buffer.size, 0);
	buffer_reset(&buffer);
}

static void catch (void *data, enum mkrootfs_level level, const char *subject, const char *message,
		   const char *hint)
{
	char **text = data;

	*text = arena_printf(arena, "%d|%s|%s|%s", (int)level, subject ? subject : "-", message,
			     hint ? hint : "-");
}

TEST(diagnostics_end_a_function_with_their_number)
{
	char *text = NULL;
	const struct diag diag = { catch, &text };

	ck_assert_int_eq(diag_error(&diag, ENOENT, "x", "%d of %s", 1, "y"), -ENOENT);
	ck_assert_str_eq(text, "0|x|1 of y|-");
	ck_assert_int_eq(diag_error_hint(&diag, EINVAL, NULL, "try z", "no"), -EINVAL);
	ck_assert_str_eq(text, "0|-|no|try z");
	ck_assert_int_eq(diag_errno(&diag, ENOSPC, "disk"), -ENOSPC);
	ck_assert_str_eq(text, "0|disk|No space left on device|-");
	diag_warning(&diag, "w", "beware");
	ck_assert_str_eq(text, "1|w|beware|-");
	ck_assert_int_eq(diag_error(NULL, EIO, "x", "nobody listens"), -EIO);
}

/* FIPS 180-4's own examples, and what sha256sum says of a million. */
static const struct {
	const char *piece;
	unsigned count;
	const char *digest;
} digest_cases[] = {
	{ "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaa", 40000,
	  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
};

TEST_EACH(digests_are_those_of_the_standard, ARRAY_SIZE(digest_cases))
{
	char text[DIGEST_TEXT_SIZE];
	struct digest digest;

	digest_begin(&digest);
	for (unsigned i = 0; i < digest_cases[_i].count; i++)
		digest_add(&digest, digest_cases[_i].piece, strlen(digest_cases[_i].piece));
	digest_end(&digest, text);
	ck_assert_str_eq(text, digest_cases[_i].digest);
}

TEST(paths_of_the_kernel_are_known)
{
	ck_assert(path_is_kernel("/proc"));
	ck_assert(path_is_kernel("/proc/1/maps"));
	ck_assert(path_is_kernel("/sys/fs"));
	ck_assert(path_is_kernel("/dev/null"));
	ck_assert(!path_is_kernel("/process"));
	ck_assert(!path_is_kernel("/usr/dev"));
	ck_assert(!path_is_kernel("/"));
}

static const struct {
	const char *text;
	int result;
	enum probe_kind kind;
	unsigned port;
	const char *path;
} probe_cases[] = {
	{ "tcp:6379", 0, PROBE_TCP, 6379, NULL },
	{ "tcp:65535", 0, PROBE_TCP, 65535, NULL },
	{ "unix:/run/app.sock", 0, PROBE_UNIX, 0, "/run/app.sock" },
	{ "http:80", 0, PROBE_HTTP, 80, "/" },
	{ "http:8080/health?all=1", 0, PROBE_HTTP, 8080, "/health?all=1" },
	{ "", .result = -EINVAL },
	{ "6379", .result = -EINVAL },
	{ "tcp:", .result = -EINVAL },
	{ "tcp:0", .result = -EINVAL },
	{ "tcp:65536", .result = -EINVAL },
	{ "tcp:80/", .result = -EINVAL },
	{ "tcp: 80", .result = -EINVAL },
	{ "TCP:80", .result = -EINVAL },
	{ "unix:", .result = -EINVAL },
	{ "unix:run/app.sock", .result = -EINVAL },
	{ "http:/health", .result = -EINVAL },
	{ "http:80health", .result = -EINVAL },
	{ "http:80/a b", .result = -EINVAL },
	{ "http:80/a\r\nX: y", .result = -EINVAL },
};

TEST_EACH(probes_are_read, ARRAY_SIZE(probe_cases))
{
	struct probe probe = { 0 };

	ck_assert_int_eq(probe_parse(arena, probe_cases[_i].text, &probe), probe_cases[_i].result);
	ck_assert_int_eq(probe.kind, probe_cases[_i].kind);
	ck_assert_uint_eq(probe.port, probe_cases[_i].port);
	ck_assert_pstr_eq(probe.path, probe_cases[_i].path);
}

TEST(a_sockets_path_has_a_limit)
{
	char text[5 + 109] = "unix:/";
	struct probe probe;

	memset(text + 6, 'x', 106);
	ck_assert_int_eq(probe_parse(arena, text, &probe), 0);
	ck_assert_uint_eq(strlen(probe.path), 107);
	text[5 + 107] = 'x';
	ck_assert_int_eq(probe_parse(arena, text, &probe), -EINVAL);
}

SUITE(base, set_up, tear_down);
