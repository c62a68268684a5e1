/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "base/texts.h"
#include "loader/cache.h"
#include "loader/cache_format.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

static const char generator[] = "mkrootfs";

/* One string that is to be written, and where it stands from the start of all strings. */
struct string {
	const char *text;
	size_t length;
	uint64_t offset;
};

/* A cache while it is written. */
struct plan {
	struct cache_entry *entries; /* in the file's order, each once */
	size_t n_entries;
	const char **hwcaps; /* names, sorted, each once */
	size_t n_hwcaps;
	struct string *strings; /* name and path of each entry, then the hwcaps names */
	struct string **sorted; /* the same in the order in which they are written */
	size_t n_strings;
	/* From the file's start. */
	uint64_t strings_offset;
	uint64_t strings_size;
	uint64_t extension_offset;
	uint64_t generator_offset;
	uint64_t hwcaps_offset;
	uint64_t size;
};

static int compare_numbers(uint64_t left, uint64_t right)
{
	return left < right ? -1 : left > right;
}

/*
 * Entries with hwcaps come first, by name: the loader stops looking for a better one
 * at the first that has none. Loaders before 2.37 take the first legacy one that the
 * processor has: the one with most bits.
 */
static int compare_hwcaps(const struct cache_entry *left, const struct cache_entry *right)
{
	int r;

	if (!left->hwcaps != !right->hwcaps)
		return left->hwcaps ? -1 : 1;
	r = left->hwcaps ? strcmp(left->hwcaps, right->hwcaps) : 0;
	if (r != 0)
		return r;
	r = __builtin_popcountll(right->legacy_hwcap) - __builtin_popcountll(left->legacy_hwcap);
	return r != 0 ? r : compare_numbers(right->legacy_hwcap, left->legacy_hwcap);
}

/*
 * ldconfig's order (elf/cache.c: compare), descending, in which the loader searches by
 * halves; then whatever else tells two entries apart, so that the order is one.
 */
static int compare_entries(const void *left_entry, const void *right_entry)
{
	const struct cache_entry *left = left_entry;
	const struct cache_entry *right = right_entry;
	int r;

	r = cache_compare_names(right->name, left->name);
	if (r != 0)
		return r;
	if (left->flags != right->flags)
		return left->flags < right->flags ? 1 : -1;
	r = compare_hwcaps(left, right);
	if (r != 0)
		return r;
	r = strcmp(left->name, right->name);
	if (r != 0)
		return r;
	r = strcmp(left->path, right->path);
	return r != 0 ? r : compare_numbers(left->isa_level, right->isa_level);
}

/* Whether the hwcap word can say what ENTRY does. */
static bool entry_is_sound(const struct cache_entry *entry)
{
	if (entry->hwcaps)
		return entry->legacy_hwcap == 0 && entry->isa_level <= CACHE_ISA_LEVEL_MAX;
	return entry->isa_level == 0 && !cache_hwcap_is_named(entry->legacy_hwcap);
}

static int plan_entries(struct plan *plan, struct arena *arena, const struct cache_entry *entries,
			size_t n_entries)
{
	for (size_t i = 0; i < n_entries; i++)
		if (!entry_is_sound(&entries[i]))
			return -EINVAL;
	plan->entries = arena_array(arena, n_entries, sizeof(*entries));
	if (!plan->entries)
		return -ENOMEM;
	if (n_entries == 0)
		return 0;
	memcpy(plan->entries, entries, n_entries * sizeof(*entries));
	qsort(plan->entries, n_entries, sizeof(*entries), compare_entries);
	plan->n_entries = 1;
	for (size_t i = 1; i < n_entries; i++) {
		const struct cache_entry *last = &plan->entries[plan->n_entries - 1];

		if (compare_entries(last, &plan->entries[i]) != 0)
			plan->entries[plan->n_entries++] = plan->entries[i];
	}
	return 0;
}

/* The loader merges the names with its own, so they are sorted by strcmp. */
static int plan_hwcaps(struct plan *plan, struct arena *arena)
{
	size_t n = 0;

	plan->hwcaps = arena_array(arena, plan->n_entries, sizeof(*plan->hwcaps));
	if (!plan->hwcaps)
		return -ENOMEM;
	for (size_t i = 0; i < plan->n_entries; i++)
		if (plan->entries[i].hwcaps)
			plan->hwcaps[n++] = plan->entries[i].hwcaps;
	plan->n_hwcaps = texts_sort_once(plan->hwcaps, n);
	return 0;
}

/* By the last byte first, descending: a string comes right behind one that it ends. */
static int compare_endings(const void *left_string, const void *right_string)
{
	const struct string *left = *(struct string *const *)left_string;
	const struct string *right = *(struct string *const *)right_string;
	size_t common = left->length < right->length ? left->length : right->length;

	for (size_t i = 1; i <= common; i++) {
		unsigned char left_byte = (unsigned char)left->text[left->length - i];
		unsigned char right_byte = (unsigned char)right->text[right->length - i];

		if (left_byte != right_byte)
			return right_byte - left_byte;
	}
	return compare_numbers(right->length, left->length);
}

static bool string_ends_in(const struct string *string, const struct string *ending)
{
	return string->length >= ending->length &&
	       memcmp(string->text + string->length - ending->length, ending->text,
		      ending->length) == 0;
}

/* A soname is the end of its path: strings that end alike share their bytes. */
static void plan_offsets(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_strings; i++) {
		struct string *string = plan->sorted[i];
		const struct string *last = i > 0 ? plan->sorted[i - 1] : NULL;

		if (last && string_ends_in(last, string)) {
			string->offset = last->offset + last->length - string->length;
		} else {
			string->offset = plan->strings_size;
			plan->strings_size += string->length + 1;
		}
	}
}

static int plan_strings(struct plan *plan, struct arena *arena)
{
	size_t n = plan->n_entries * 2 + plan->n_hwcaps;
	struct string *strings = arena_array(arena, n, sizeof(*strings));
	struct string **sorted = arena_array(arena, n, sizeof(*sorted));

	if (!strings || !sorted)
		return -ENOMEM;
	for (size_t i = 0; i < plan->n_entries; i++) {
		strings[2 * i].text = plan->entries[i].name;
		strings[2 * i + 1].text = plan->entries[i].path;
	}
	for (size_t i = 0; i < plan->n_hwcaps; i++)
		strings[2 * plan->n_entries + i].text = plan->hwcaps[i];
	for (size_t i = 0; i < n; i++) {
		strings[i].length = strlen(strings[i].text);
		sorted[i] = &strings[i];
	}
	qsort(sorted, n, sizeof(*sorted), compare_endings);
	plan->strings = strings;
	plan->sorted = sorted;
	plan->n_strings = n;
	plan_offsets(plan);
	return 0;
}

static unsigned section_count(const struct plan *plan)
{
	return plan->n_hwcaps > 0 ? 2 : 1;
}

/* Everything in the order in which ldconfig writes it. All numbers are 32 bits wide. */
static int plan_layout(struct plan *plan)
{
	plan->strings_offset = CACHE_HEADER_SIZE + (uint64_t)plan->n_entries * CACHE_ENTRY_SIZE;
	plan->extension_offset = (plan->strings_offset + plan->strings_size + 3) / 4 * 4;
	plan->hwcaps_offset = plan->extension_offset + CACHE_EXTENSION_HEADER_SIZE +
			      (uint64_t)section_count(plan) * CACHE_SECTION_SIZE;
	plan->generator_offset = plan->hwcaps_offset + (uint64_t)plan->n_hwcaps * 4;
	plan->size = plan->generator_offset + strlen(generator);
	return plan->size > INT32_MAX ? -EFBIG : 0;
}

static void put(char *bytes, uint64_t offset, bool big_endian, uint64_t value)
{
	bytes_put(bytes + offset, 4, big_endian, value);
}

static uint32_t hwcaps_index(const struct plan *plan, const char *name)
{
	const char *const *found = texts_find(plan->hwcaps, plan->n_hwcaps, name);

	assert(found);
	return (uint32_t)(found - plan->hwcaps);
}

static void write_header(const struct plan *plan, char *bytes, bool big_endian)
{
	memcpy(bytes, CACHE_MAGIC, strlen(CACHE_MAGIC));
	put(bytes, CACHE_COUNT, big_endian, plan->n_entries);
	put(bytes, CACHE_STRINGS_SIZE, big_endian, plan->strings_size);
	bytes[CACHE_ORDER] = big_endian ? CACHE_ORDER_BIG : CACHE_ORDER_LITTLE;
	put(bytes, CACHE_EXTENSION, big_endian, plan->extension_offset);
}

static void write_entry(const struct plan *plan, size_t i, char *bytes, bool big_endian)
{
	const struct cache_entry *entry = &plan->entries[i];
	uint64_t offset = CACHE_HEADER_SIZE + (uint64_t)i * CACHE_ENTRY_SIZE;
	uint64_t word = entry->legacy_hwcap;

	if (entry->hwcaps)
		word = cache_hwcap_word(hwcaps_index(plan, entry->hwcaps), entry->isa_level);
	put(bytes, offset + CACHE_ENTRY_FLAGS, big_endian, (uint32_t)entry->flags);
	put(bytes, offset + CACHE_ENTRY_KEY, big_endian,
	    plan->strings_offset + plan->strings[2 * i].offset);
	put(bytes, offset + CACHE_ENTRY_VALUE, big_endian,
	    plan->strings_offset + plan->strings[2 * i + 1].offset);
	bytes_put(bytes + offset + CACHE_ENTRY_HWCAP, 8, big_endian, word);
}

static void write_section(char *bytes, uint64_t section, bool big_endian, uint32_t tag,
			  uint64_t offset, uint64_t length)
{
	put(bytes, section + CACHE_SECTION_TAG, big_endian, tag);
	put(bytes, section + CACHE_SECTION_OFFSET, big_endian, offset);
	put(bytes, section + CACHE_SECTION_LENGTH, big_endian, length);
}

static void write_extension(const struct plan *plan, char *bytes, bool big_endian)
{
	uint64_t section = plan->extension_offset + CACHE_EXTENSION_HEADER_SIZE;

	put(bytes, plan->extension_offset, big_endian, CACHE_EXTENSION_MAGIC);
	put(bytes, plan->extension_offset + CACHE_EXTENSION_COUNT, big_endian, section_count(plan));
	write_section(bytes, section, big_endian, CACHE_TAG_GENERATOR, plan->generator_offset,
		      strlen(generator));
	memcpy(bytes + plan->generator_offset, generator, strlen(generator));
	if (plan->n_hwcaps == 0)
		return;
	write_section(bytes, section + CACHE_SECTION_SIZE, big_endian, CACHE_TAG_HWCAPS,
		      plan->hwcaps_offset, (uint64_t)plan->n_hwcaps * 4);
	for (size_t i = 0; i < plan->n_hwcaps; i++) {
		const struct string *name = &plan->strings[2 * plan->n_entries + i];

		put(bytes, plan->hwcaps_offset + (uint64_t)i * 4, big_endian,
		    plan->strings_offset + name->offset);
	}
}

static int plan_all(struct plan *plan, struct arena *arena, const struct cache_entry *entries,
		    size_t n_entries)
{
	int r;

	r = plan_entries(plan, arena, entries, n_entries);
	if (r < 0)
		return r;
	r = plan_hwcaps(plan, arena);
	if (r < 0)
		return r;
	r = plan_strings(plan, arena);
	if (r < 0)
		return r;
	return plan_layout(plan);
}

int cache_write(struct arena *arena, const struct cache_entry *entries, size_t n_entries,
		bool big_endian, void **bytes, size_t *size)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	struct plan plan = { 0 };
	char *to;
	int r;

	if (!scratch)
		return -ENOMEM;
	r = plan_all(&plan, scratch, entries, n_entries);
	if (r < 0)
		return r;
	to = arena_alloc(arena, plan.size);
	if (!to)
		return -ENOMEM;
	write_header(&plan, to, big_endian);
	for (size_t i = 0; i < plan.n_entries; i++)
		write_entry(&plan, i, to, big_endian);
	for (size_t i = 0; i < plan.n_strings; i++)
		memcpy(to + plan.strings_offset + plan.sorted[i]->offset, plan.sorted[i]->text,
		       plan.sorted[i]->length + 1);
	write_extension(&plan, to, big_endian);
	*bytes = to;
	*size = plan.size;
	return 0;
}
