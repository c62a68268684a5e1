/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/bytes.h"
#include "loader/cache.h"
#include "scratch.h"

static const bool native_big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

static struct scratch scratch;
static struct arena *arena;

static void set_up(void)
{
	scratch_open(&scratch);
	arena = arena_new();
	ck_assert_ptr_nonnull(arena);
}

static void tear_down(void)
{
	arena_free(arena);
	scratch_close(&scratch);
}

/* What "ldconfig -p" calls the flags; others differ from version to version. */
static const struct {
	int32_t flags;
	const char *text;
} kinds[] = {
	{ 0x0003, "libc6" },	     { 0x0303, "libc6,x86-64" },
	{ 0x0803, "libc6,x32" },     { 0x0903, "libc6,hard-float" },
	{ 0x0a03, "libc6,AArch64" },
};

/* An entry's line as ask_ldconfig tells it. */
static void print_entry(struct buffer *text, const struct cache_entry *entry)
{
	const char *kind = "?";

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].flags == entry->flags)
			kind = kinds[i].text;
	buffer_printf(text, "\t%s (%s", entry->name, kind);
	if (entry->hwcaps)
		buffer_printf(text, ", hwcap: \"%s\"", entry->hwcaps);
	else if (entry->legacy_hwcap != 0)
		buffer_printf(text, ", hwcap: %#.16llx", (unsigned long long)entry->legacy_hwcap);
	buffer_printf(text, ") => %s\n", entry->path);
}

/* The text in BUFFER, owned by the arena from now on. */
static const char *keep(struct buffer *buffer)
{
	const char *text = arena_strdup(arena, buffer->bytes ? buffer->bytes : "");

	ck_assert_int_eq(buffer_error(buffer), 0);
	buffer_reset(buffer);
	return text;
}

static const char *print_cache(const struct cache *cache)
{
	struct buffer text = { 0 };

	for (size_t i = 0; i < cache->n_entries; i++)
		print_entry(&text, &cache->entries[i]);
	return keep(&text);
}

static const char *known_kind(const char *kind, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strlen(kinds[i].text) == length && memcmp(kinds[i].text, kind, length) == 0)
			return kinds[i].text;
	return "?";
}

/*
 * The entries that COMMAND, an "ldconfig -p", prints, "?" for kinds that are not in the
 * table; NULL where it cannot be run.
 */
static const char *ask_ldconfig(const char *command)
{
	char *output = scratch_run(&scratch, command);
	struct buffer text = { 0 };
	char *rest = output;
	char *line;

	if (!output)
		return NULL;
	while ((line = strsep(&rest, "\n"))) {
		const char *kind = line[0] == '\t' ? strstr(line, " (") : NULL;
		const char *tail;

		if (!kind)
			continue;
		kind += 2;
		tail = strstr(kind, ", hwcap");
		if (!tail)
			tail = strstr(kind, ") => ");
		ck_assert_ptr_nonnull(tail);
		buffer_add(&text, line, (size_t)(kind - line));
		buffer_add_string(&text, known_kind(kind, (size_t)(tail - kind)));
		buffer_printf(&text, "%s\n", tail);
	}
	free(output);
	return keep(&text);
}

static struct cache parse_file(const char *path)
{
	struct cache cache;
	size_t size;
	char *bytes = scratch_read(&scratch, path, &size);

	ck_assert_int_eq(cache_parse(arena, bytes, size, native_big_endian, &cache), 0);
	free(bytes);
	return cache;
}

/* A root with small libraries, some with variants for better processors. */
static bool make_root(void)
{
	static const struct {
		const char *path;
		const char *soname;
		const char *isa;
	} libraries[] = {
		{ "root/opt/x/libprobe.so.1", "libprobe.so.1" },
		{ "root/opt/x/libprobe2.so.1", "libprobe2.so.1" },
		{ "root/opt/x/libprobe10.so.1", "libprobe10.so.1" },
		{ "root/opt/x/libprobe10.so.9", "libprobe10.so.9" },
		{ "root/opt/x/libprobe10.so.10", "libprobe10.so.10" },
		{ "root/opt/x/glibc-hwcaps/x86-64-v2/libprobe.so.1", "libprobe.so.1" },
		{ "root/opt/x/glibc-hwcaps/x86-64-v2/libprobe2.so.1.5", "libprobe2.so.1" },
		{ "root/opt/x/glibc-hwcaps/x86-64-v3/libprobe.so.1", "libprobe.so.1", "x86-64-v3" },
		{ "root/opt/y/libprobe.so.1", "libprobe.so.1" },
		{ "root/opt/y/libother.so", "libother.so" },
		{ "root/usr/lib/libusr-1.0_x+y.so", "libusr-1.0_x+y.so" },
	};

	scratch_text(&scratch, "root/etc/ld.so.conf", "/opt/x\n/opt/y\n/usr/lib\n");
	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++)
		if (!scratch_library(&scratch, libraries[i].path, libraries[i].soname, 1,
				     libraries[i].isa))
			return false;
	return true;
}

/* Has ldconfig make root/etc/ld.so.cache in FORMAT. */
static bool make_cache(const char *format)
{
	char command[256];
	char *output;
	bool made;

	snprintf(command, sizeof(command), "ldconfig -r '%%s/root' -X -c %s", format);
	output = make_root() ? scratch_run(&scratch, command) : NULL;
	made = output != NULL;
	free(output);
	if (!made)
		scratch_skip("ldconfig", "needs root, ldconfig and a C compiler");
	return made;
}

static const char *const formats[] = { "new", "old", "compat" };

TEST_EACH(every_format_is_read_as_ldconfig_reads_it, ARRAY_SIZE(formats))
{
	struct cache cache;

	if (!make_cache(formats[_i]))
		return;
	cache = parse_file("root/etc/ld.so.cache");
	ck_assert_uint_eq(cache.n_entries, 11);
	ck_assert_int_eq(cache.old_format, strcmp(formats[_i], "old") == 0);
	ck_assert_str_eq(print_cache(&cache), ask_ldconfig("ldconfig -r '%s/root' -p"));
}

/* The cache of this machine: many entries, of several ABIs where it has them. */
TEST(this_machines_cache_is_read_as_ldconfig_reads_it)
{
	const char *listing = ask_ldconfig("cp /etc/ld.so.cache '%s/cache' && ldconfig -p");
	struct cache cache;

	if (!listing) {
		scratch_skip("ldconfig -p", "there is no cache, or no ldconfig");
		return;
	}
	cache = parse_file("cache");
	ck_assert_str_eq(print_cache(&cache), listing);
}

/* What ldconfig would write, but for who wrote it. */
TEST(what_is_written_are_ldconfigs_bytes)
{
	struct cache cache;
	char *theirs;
	void *ours;
	size_t their_size;
	size_t size;
	uint64_t extension;

	if (!make_cache("new"))
		return;
	cache = parse_file("root/etc/ld.so.cache");
	theirs = scratch_read(&scratch, "root/etc/ld.so.cache", &their_size);
	ck_assert_int_eq(
		cache_write(arena, cache.entries, cache.n_entries, native_big_endian, &ours, &size),
		0);
	extension = bytes_get(theirs + 32, 4, native_big_endian);
	if (extension == 0) {
		scratch_skip("ldconfig's bytes", "it is older than 2.33");
		free(theirs);
		return;
	}
	ck_assert_uint_lt(extension + 20, their_size);
	ck_assert_uint_lt(extension + 20, size);
	ck_assert_mem_eq(ours, theirs, extension + 20);
	ck_assert_mem_eq((char *)ours + extension + 24, theirs + extension + 24, 24);
	ck_assert_mem_eq((char *)ours + size - 8, "mkrootfs", 8);
	free(theirs);
}

static const struct cache_entry sample[] = {
	{ .flags = 0x0303, .name = "liba.so.10", .path = "/opt/x/liba.so.10" },
	{ .flags = 0x0303, .name = "liba.so.9", .path = "/opt/x/liba.so.9" },
	{ .flags = 0x0003, .name = "liba.so.9", .path = "/opt/x/32/liba.so.9" },
	{ .flags = 0x0303,
	  .name = "liba.so.9",
	  .path = "/opt/x/glibc-hwcaps/x86-64-v3/liba.so.9.1",
	  .hwcaps = "x86-64-v3",
	  .isa_level = 2 },
	{ .flags = 0x0303,
	  .name = "liba.so.9",
	  .path = "/opt/x/glibc-hwcaps/x86-64-v2/liba.so.9.1",
	  .hwcaps = "x86-64-v2" },
	{ .flags = 0x0303,
	  .name = "libb.so",
	  .path = "/opt/x/glibc-hwcaps/x86-64-v3/libb.so",
	  .hwcaps = "x86-64-v3",
	  .isa_level = 1023 },
	{ .flags = 0x0303, .name = "libc.so", .path = "/lib/tls/libc.so", .legacy_hwcap = 1 },
	{ .flags = 0x0303,
	  .name = "libc.so",
	  .path = "/lib/tls/i686/libc.so",
	  .legacy_hwcap = UINT64_C(1) << 63 | 1 },
	{ .flags = 0x0303, .name = "libc.so", .path = "/lib/libc.so" },
	{ .flags = -1, .name = "-", .path = "" },
};

/* Descending; flags, hwcaps by name, legacy ones by number of bits, then the baseline. */
static const char sample_lines[] =
	"\tlibc.so (libc6,x86-64, hwcap: 0x8000000000000001) => /lib/tls/i686/libc.so\n"
	"\tlibc.so (libc6,x86-64, hwcap: 0x0000000000000001) => /lib/tls/libc.so\n"
	"\tlibc.so (libc6,x86-64) => /lib/libc.so\n"
	"\tlibb.so (libc6,x86-64, hwcap: \"x86-64-v3\") => /opt/x/glibc-hwcaps/x86-64-v3/libb.so\n"
	"\tliba.so.10 (libc6,x86-64) => /opt/x/liba.so.10\n"
	"\tliba.so.9 (libc6,x86-64, hwcap: \"x86-64-v2\") => "
	"/opt/x/glibc-hwcaps/x86-64-v2/liba.so.9.1\n"
	"\tliba.so.9 (libc6,x86-64, hwcap: \"x86-64-v3\") => "
	"/opt/x/glibc-hwcaps/x86-64-v3/liba.so.9.1\n"
	"\tliba.so.9 (libc6,x86-64) => /opt/x/liba.so.9\n"
	"\tliba.so.9 (libc6) => /opt/x/32/liba.so.9\n"
	"\t- (?) => \n";

static size_t write_sample(bool big_endian, char **bytes)
{
	void *written;
	size_t size;

	ck_assert_int_eq(
		cache_write(arena, sample, ARRAY_SIZE(sample), big_endian, &written, &size), 0);
	*bytes = written;
	return size;
}

TEST(what_is_written_is_read_back)
{
	const char *listing;
	struct cache cache;
	char *bytes;
	size_t size = write_sample(native_big_endian, &bytes);

	ck_assert_int_eq(cache_parse(arena, bytes, size, native_big_endian, &cache), 0);
	ck_assert_str_eq(print_cache(&cache), sample_lines);
	ck_assert_uint_eq(cache.entries[3].isa_level, 1023);
	ck_assert_uint_eq(cache.entries[6].isa_level, 2);
	ck_assert(!cache.old_format);

	scratch_file(&scratch, "cache", bytes, size);
	listing = ask_ldconfig("ldconfig -p -C '%s/cache' > '%s/listing' && "
			       "grep -q '^Cache generated by: mkrootfs$' '%s/listing' && "
			       "cat '%s/listing'");
	if (listing)
		ck_assert_str_eq(listing, sample_lines);
	else
		scratch_skip("ldconfig -p -C", "there is no ldconfig of 2.33 or later");
}

TEST(the_order_of_the_input_changes_no_byte)
{
	struct cache_entry entries[ARRAY_SIZE(sample) * 2];
	char *bytes;
	size_t size = write_sample(false, &bytes);
	unsigned random = 1;

	memcpy(entries, sample, sizeof(sample));
	memcpy(entries + ARRAY_SIZE(sample), sample, sizeof(sample));
	for (int i = 0; i < 100; i++) {
		void *again;
		size_t size_again;

		for (size_t j = ARRAY_SIZE(entries) - 1; j > 0; j--) {
			struct cache_entry entry = entries[j];
			size_t k;

			random = random * 1103515245 + 12345;
			k = random / 65536 % (j + 1);
			entries[j] = entries[k];
			entries[k] = entry;
		}
		ck_assert_int_eq(cache_write(arena, entries, ARRAY_SIZE(entries), false, &again,
					     &size_again),
				 0);
		ck_assert_uint_eq(size_again, size);
		ck_assert_mem_eq(again, bytes, size);
	}
}

TEST(big_endian_caches_are_written)
{
	/* One entry; the string table is the path, which ends in the name. */
	static const unsigned char expected[] =
		"glibc-ld.so.cache1.1\0\0\0\1\0\0\0\015\3\0\0\0\0\0\0\130\0\0\0\0\0\0\0\0\0\0\0\0"
		"\0\0\5\3\0\0\0\115\0\0\0\110\0\0\0\0\0\0\0\0\0\0\0\0"
		"/opt/libz.so\0\0\0\0"
		"\xea\xa4\x21\x74\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\160\0\0\0\10mkrootfs";
	const struct cache_entry entry = {
		.flags = 0x0503,
		.name = "libz.so",
		.path = "/opt/libz.so",
	};
	struct cache cache;
	void *bytes;
	size_t size;
	char *many;

	ck_assert_int_eq(cache_write(arena, &entry, 1, true, &bytes, &size), 0);
	ck_assert_uint_eq(size, sizeof(expected) - 1);
	ck_assert_mem_eq(bytes, expected, size);
	ck_assert_int_eq(cache_parse(arena, bytes, size, false, &cache), -EINVAL);

	size = write_sample(true, &many);
	ck_assert_int_eq(cache_parse(arena, many, size, true, &cache), 0);
	ck_assert_str_eq(print_cache(&cache), sample_lines);
}

/* A cache without entries is one still: its loader goes on to its directories. */
TEST(a_cache_without_entries_is_one_still)
{
	struct cache cache;
	void *bytes;
	size_t size;

	ck_assert_int_eq(cache_write(arena, NULL, 0, false, &bytes, &size), 0);
	ck_assert_int_eq(cache_parse(arena, bytes, size, false, &cache), 0);
	ck_assert_uint_eq(cache.n_entries, 0);
	ck_assert_int_eq(cache_parse(arena, bytes, 48, false, &cache), -EINVAL);
	ck_assert_int_eq(cache_parse(arena, "", 0, false, &cache), -EINVAL);
}

TEST_EACH(entries_that_no_format_holds_are_refused, 4)
{
	static const struct cache_entry entries[] = {
		{ .name = "a", .path = "/a", .hwcaps = "x", .isa_level = 1024 },
		{ .name = "a", .path = "/a", .hwcaps = "x", .legacy_hwcap = 1 },
		{ .name = "a", .path = "/a", .isa_level = 1 },
		{ .name = "a", .path = "/a", .legacy_hwcap = UINT64_C(1) << 62 | 7 },
	};
	void *bytes;
	size_t size;

	ck_assert_int_eq(cache_write(arena, &entries[_i], 1, false, &bytes, &size), -EINVAL);
}

/*
 * One number of the sample, little-endian, changed, and how many entries are then read
 * or the error. NAMED is how many of those have glibc-hwcaps. The sample's entries stand
 * from 48 on, 24 bytes each; the extension directory is found at FROM_EXTENSION.
 */
static const struct damage {
	const char *what;
	unsigned offset;
	bool from_extension;
	unsigned size;
	uint64_t value;
	int result;
	unsigned named;
} damages[] = {
	{ "magic", 0, false, 1, 'G', -EINVAL },
	{ "version", 19, false, 1, '2', -EINVAL },
	{ "count: none", 20, false, 4, 0, 0 },
	{ "count: one more than there is room for", 20, false, 4, 35, -EINVAL },
	{ "count: overflows", 20, false, 4, UINT32_MAX, -EINVAL },
	{ "strings: not looked at", 24, false, 4, UINT32_MAX, 10, 3 },
	{ "order: unset", 28, false, 1, 0, 10, 3 },
	{ "order: invalid", 28, false, 1, 1, -EINVAL },
	{ "order: big", 28, false, 1, 3, -EINVAL },
	{ "order: unset, and more", 28, false, 1, 4, -EINVAL },
	{ "order: little, and more", 28, false, 1, 0xfe, 10, 3 },
	{ "extension: none", 32, false, 4, 0, 10, 0 },
	{ "extension: behind the end", 32, false, 4, 0x10000, 10, 0 },
	{ "extension: overflows", 32, false, 4, UINT32_MAX - 3, 10, 0 },
	{ "extension: not aligned", 32, false, 4, 0x31, 10, 0 },
	{ "key: behind the end", 48 + 4, false, 4, 0x10000, 9, 3 },
	{ "key: overflows", 48 + 4, false, 4, UINT32_MAX, 9, 3 },
	{ "value: behind the end", 48 + 8, false, 4, 0x10000, 9, 3 },
	{ "osversion: not looked at", 48 + 12, false, 4, UINT32_MAX, 10, 3 },
	{ "hwcap: a name it has", 48 + 16, false, 8, UINT64_C(0x4000000000000001), 10, 4 },
	{ "hwcap: a level", 48 + 16, false, 8, UINT64_C(0x400003ff00000001), 10, 4 },
	{ "hwcap: no such name", 48 + 16, false, 8, UINT64_C(0x4000000000000002), 10, 3 },
	{ "hwcap: a bit too much", 48 + 16, false, 8, UINT64_C(0x4000040000000001), 10, 3 },
	{ "hwcap: another bit too much", 48 + 16, false, 8, UINT64_C(0xc000000000000001), 10, 3 },
	{ "sections: magic", 0, true, 4, 0x7421a4ea, 10, 0 },
	{ "sections: none", 4, true, 4, 0, 10, 0 },
	{ "sections: too many", 4, true, 4, 100, 10, 0 },
	{ "sections: overflow", 4, true, 4, 0x10000000, 10, 0 },
	{ "generator: behind the end", 8 + 8, true, 4, 0x10000, 10, 0 },
	{ "generator: overflows", 8 + 12, true, 4, UINT32_MAX, 10, 0 },
	{ "generator: unknown tag", 8, true, 4, 99, 10, 3 },
	{ "generator: a second array of names, the last counts", 8, true, 4, 1, 10, 3 },
	{ "names: no tag", 24, true, 4, 0, 10, 0 },
	{ "names: behind the end", 24 + 8, true, 4, 0x10000, 10, 0 },
	{ "names: not aligned", 24 + 8, true, 4, 0x32, 10, 0 },
	{ "names: a length of 6", 24 + 12, true, 4, 6, 10, 0 },
	{ "names: empty", 24 + 12, true, 4, 0, 10, 0 },
	{ "names: one less", 24 + 12, true, 4, 4, 10, 1 },
	{ "names: a name behind the end", 40 + 4, true, 4, 0x10000, 10, 1 },
};

TEST_EACH(damage_is_found_where_it_is, ARRAY_SIZE(damages))
{
	const struct damage *damage = &damages[_i];
	struct cache cache;
	unsigned named = 0;
	char *bytes;
	size_t size = write_sample(false, &bytes);
	uint64_t at = damage->offset;
	int r;

	if (damage->from_extension)
		at += bytes_get(bytes + 32, 4, false);
	bytes_put(bytes + at, damage->size, false, damage->value);
	r = cache_parse(arena, bytes, size, false, &cache);
	for (size_t i = 0; i < cache.n_entries; i++) {
		named += cache.entries[i].hwcaps != NULL;
		ck_assert(!cache.entries[i].hwcaps || cache.entries[i].legacy_hwcap == 0);
	}
	ck_assert_msg((r < 0 ? r : (int)cache.n_entries) == damage->result, "%s: %d, %zu entries",
		      damage->what, r, cache.n_entries);
	ck_assert_msg(named == damage->named, "%s: %u have hwcaps", damage->what, named);
}

/* Every prefix of a cache: it is read or refused, and its strings end within it. */
TEST(every_prefix_is_read_or_refused)
{
	char *bytes;
	size_t size = write_sample(false, &bytes);

	for (size_t length = 0; length < size; length++) {
		/* Where sanitizers see each byte behind the end. */
		char *part = malloc(length ? length : 1);
		struct cache cache;
		int r;

		ck_assert_ptr_nonnull(part);
		memcpy(part, bytes, length);
		r = cache_parse(arena, part, length, false, &cache);
		free(part);
		ck_assert_int_eq(r, length < 48 + 10 * 24 ? -EINVAL : 0);
		print_cache(&cache);
	}
}

/* The old format by hand, with the new one embedded or not; numbers little-endian. */
TEST(the_old_format_is_read_alone_and_with_the_new_one)
{
	static const char old[] = "ld.so-1.7.0\0\2\0\0\0"
				  "\3\3\0\0\0\0\0\0\10\0\0\0"
				  "\3\0\0\0\0\0\0\0\377\0\0\0"
				  "libz.so\0/opt/libz.so";
	struct buffer both = { 0 };
	struct cache cache;
	char *new;
	size_t new_size = write_sample(false, &new);

	ck_assert_int_eq(cache_parse(arena, old, sizeof(old) - 1, false, &cache), 0);
	ck_assert(cache.old_format);
	ck_assert_str_eq(print_cache(&cache), "\tlibz.so (libc6,x86-64) => /opt/libz.so\n");
	ck_assert_int_eq(cache_parse(arena, old, sizeof(old) - 1, true, &cache), -EINVAL);
	ck_assert_int_eq(cache_parse(arena, old, 16, false, &cache), -EINVAL);
	ck_assert_int_eq(cache_parse(arena, old, 39, false, &cache), -EINVAL);
	ck_assert_int_eq(cache_parse(arena, old, 40, false, &cache), 0);
	ck_assert_uint_eq(cache.n_entries, 0);

	/* Keys and values count from the new header; the extension from the file's start. */
	buffer_add(&both, old, 40);
	buffer_add(&both, new, new_size);
	bytes_put(both.bytes + 40 + 32, 4, false, 0);
	ck_assert_int_eq(cache_parse(arena, both.bytes, both.size, false, &cache), 0);
	ck_assert(!cache.old_format);
	ck_assert_uint_eq(cache.n_entries, 10);
	ck_assert_str_eq(cache.entries[8].path, "/opt/x/32/liba.so.9");
	both.bytes[40 + 28] = 3;
	ck_assert_int_eq(cache_parse(arena, both.bytes, both.size, false, &cache), -EINVAL);
	both.bytes[40] = 'G';
	ck_assert_int_eq(cache_parse(arena, both.bytes, both.size, false, &cache), 0);
	ck_assert(cache.old_format);
	buffer_reset(&both);
}

/* In ascending order, as _dl_cache_libcmp has it; "=" where it sees no difference. */
static const char *const names[][3] = {
	{ "", "<", "a" },
	{ "liba.so", "<", "libb.so" },
	{ "liba.so", "<", "liba.so.1" },
	{ "liba.so.9", "<", "liba.so.10" },
	{ "liba.so.1.9", "<", "liba.so.1.10" },
	{ "liba.so.01", "=", "liba.so.1" },
	{ "liba.so.1", "=", "liba.so.1" },
	{ "liba.so.a", "<", "liba.so.1" },
	{ "liba", "<", "liba1" },
	{ "lib-a", "<", "lib1a" },
	{ "libA", "<", "liba" },
	{ "liba.so.1a", "<", "liba.so.1b" },
	{ "liba.so.2147483646", "<", "liba.so.2147483647" },
	{ "liba.so.4294967297", "=", "liba.so.1" },
	{ "lib\xc3\xa9", "<", "lib" },
};

TEST_EACH(names_are_compared_as_the_loader_compares_them, ARRAY_SIZE(names))
{
	int expected = names[_i][1][0] == '=' ? 0 : -1;
	int there = cache_compare_names(names[_i][0], names[_i][2]);
	int back = cache_compare_names(names[_i][2], names[_i][0]);

	ck_assert_int_eq((there > 0) - (there < 0), expected);
	ck_assert_int_eq((back > 0) - (back < 0), -expected);
}

SUITE(cache, set_up, tear_down);
