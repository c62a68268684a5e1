/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/cache.h"
#include "base/bytes.h"
#include "base/number.h"
#include "loader/cache_format.h"

#include <errno.h>
#include <string.h>

/* A cache's bytes, with a NUL behind them that ends a string which the file does not end. */
struct cache_bytes {
	const char *bytes;
	size_t size;
	bool big_endian;
};

/* The names of glibc-hwcaps subdirectories: an array of offsets, from the file's start. */
struct hwcaps_names {
	uint64_t offset;
	uint64_t count;
};

static uint32_t image_number(const struct cache_bytes *image, uint64_t offset)
{
	return (uint32_t)bytes_get(image->bytes + offset, 4, image->big_endian);
}

static bool image_has_magic(const struct cache_bytes *image, uint64_t offset, const char *magic)
{
	size_t length = strlen(magic);

	return bytes_within(offset, length, image->size) &&
	       memcmp(image->bytes + offset, magic, length) == 0;
}

/* The string at OFFSET behind BASE; NULL where that is outside of the file. */
static const char *image_string(const struct cache_bytes *image, uint64_t base, uint32_t offset)
{
	return base + offset < image->size ? image->bytes + base + offset : NULL;
}

/* cache_file_new_matches_endian: only a byte of 0 stands for any order. */
static bool order_matches(const struct cache_bytes *image, uint64_t base)
{
	unsigned char order = (unsigned char)image->bytes[base + CACHE_ORDER];

	return order == CACHE_ORDER_UNSET ||
	       (order & CACHE_ORDER_MASK) ==
		       (image->big_endian ? CACHE_ORDER_BIG : CACHE_ORDER_LITTLE);
}

/* Whether COUNT elements of SIZE bytes lie behind OFFSET, which is within the file. */
static bool elements_within(const struct cache_bytes *image, uint64_t offset, uint32_t count,
			    unsigned size)
{
	return (image->size - offset) / size >= count;
}

/*
 * cache_extension_load: one flaw in the extension directory, and there is none. Of
 * several sections with one tag the last counts.
 */
static struct hwcaps_names find_hwcaps_names(const struct cache_bytes *image, uint64_t base)
{
	const struct hwcaps_names none = { 0 };
	struct hwcaps_names names = none;
	uint64_t directory = image_number(image, base + CACHE_EXTENSION);
	uint32_t count;

	if (directory == 0 || directory % 4 != 0 ||
	    !bytes_within(directory, CACHE_EXTENSION_HEADER_SIZE, image->size) ||
	    image_number(image, directory) != CACHE_EXTENSION_MAGIC)
		return none;
	count = image_number(image, directory + CACHE_EXTENSION_COUNT);
	directory += CACHE_EXTENSION_HEADER_SIZE;
	if (!elements_within(image, directory, count, CACHE_SECTION_SIZE))
		return none;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t section = directory + (uint64_t)i * CACHE_SECTION_SIZE;
		uint32_t offset = image_number(image, section + CACHE_SECTION_OFFSET);
		uint32_t length = image_number(image, section + CACHE_SECTION_LENGTH);

		if (!bytes_within(offset, length, image->size))
			return none;
		if (image_number(image, section + CACHE_SECTION_TAG) != CACHE_TAG_HWCAPS)
			continue;
		names = none;
		if (offset % 4 == 0 && length % 4 == 0)
			names = (struct hwcaps_names){ .offset = offset, .count = length / 4 };
	}
	return names;
}

/*
 * Offsets of hwcaps names count from the file's start (dl-cache.c: glibc_hwcaps_compare), unlike
 * those of keys and values. The loader never uses an entry whose name is not in the file; it is
 * kept as a legacy one, which is not used either.
 */
static void entry_set_hwcap(struct cache_entry *entry, const struct cache_bytes *image,
			    const struct hwcaps_names *names, uint64_t word)
{
	uint32_t index = (uint32_t)word;

	entry->legacy_hwcap = word;
	if (!cache_hwcap_is_named(word) || index >= names->count)
		return;
	entry->hwcaps =
		image_string(image, 0, image_number(image, names->offset + (uint64_t)index * 4));
	if (!entry->hwcaps)
		return;
	entry->legacy_hwcap = 0;
	entry->isa_level = cache_hwcap_isa_level(word);
}

/* The fields that both formats have. Returns false for an entry that leads nowhere. */
static bool entry_read(struct cache_entry *entry, const struct cache_bytes *image, uint64_t offset,
		       uint64_t strings)
{
	*entry = (struct cache_entry){
		.flags = (int32_t)image_number(image, offset + CACHE_ENTRY_FLAGS),
		.name = image_string(image, strings, image_number(image, offset + CACHE_ENTRY_KEY)),
		.path = image_string(image, strings,
				     image_number(image, offset + CACHE_ENTRY_VALUE)),
	};
	return entry->name && entry->path;
}

static int parse_old(struct arena *arena, const struct cache_bytes *image, uint32_t count,
		     struct cache *out)
{
	uint64_t strings = CACHE_OLD_HEADER_SIZE + (uint64_t)count * CACHE_OLD_ENTRY_SIZE;
	struct cache_entry *entries = arena_array(arena, count, sizeof(*entries));
	size_t n = 0;

	if (!entries)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t offset = CACHE_OLD_HEADER_SIZE + (uint64_t)i * CACHE_OLD_ENTRY_SIZE;

		n += entry_read(&entries[n], image, offset, strings);
	}
	*out = (struct cache){ .entries = entries, .n_entries = n, .old_format = true };
	return 0;
}

static int parse_new(struct arena *arena, const struct cache_bytes *image, uint64_t base,
		     struct cache *out)
{
	uint32_t count = image_number(image, base + CACHE_COUNT);
	struct hwcaps_names names = find_hwcaps_names(image, base);
	struct cache_entry *entries = arena_array(arena, count, sizeof(*entries));
	size_t n = 0;

	if (!entries)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t offset = base + CACHE_HEADER_SIZE + (uint64_t)i * CACHE_ENTRY_SIZE;

		if (!entry_read(&entries[n], image, offset, base))
			continue;
		entry_set_hwcap(
			&entries[n], image, &names,
			bytes_get(image->bytes + offset + CACHE_ENTRY_HWCAP, 8, image->big_endian));
		n++;
	}
	*out = (struct cache){ .entries = entries, .n_entries = n };
	return 0;
}

/* Whether a header of the new format at BASE, with its magic, is one to go on with. */
static bool new_is_sound(const struct cache_bytes *image, uint64_t base)
{
	return elements_within(image, base + CACHE_HEADER_SIZE,
			       image_number(image, base + CACHE_COUNT), CACHE_ENTRY_SIZE) &&
	       order_matches(image, base);
}

/*
 * Where the old format's entries end; 0 where it is not the old format. As in the
 * loader (_dl_load_cache_lookup), a cache of a header alone is none.
 */
static uint64_t old_end(const struct cache_bytes *image)
{
	uint32_t count;

	if (image->size <= CACHE_OLD_HEADER_SIZE || !image_has_magic(image, 0, CACHE_OLD_MAGIC))
		return 0;
	count = image_number(image, CACHE_OLD_COUNT);
	if (!elements_within(image, CACHE_OLD_HEADER_SIZE, count, CACHE_OLD_ENTRY_SIZE))
		return 0;
	return CACHE_OLD_HEADER_SIZE + (uint64_t)count * CACHE_OLD_ENTRY_SIZE;
}

/*
 * Finds the part to read: *BASE is the new format's header where *IS_NEW. Returns 0 or
 * -EINVAL.
 */
static int find_format(const struct cache_bytes *image, bool *is_new, uint64_t *base)
{
	uint64_t end;

	*is_new = true;
	*base = 0;
	if (image->size > CACHE_HEADER_SIZE && image_has_magic(image, 0, CACHE_MAGIC))
		return new_is_sound(image, 0) ? 0 : -EINVAL;
	end = old_end(image);
	if (end == 0)
		return -EINVAL;
	*base = (end + CACHE_HEADER_ALIGNMENT - 1) / CACHE_HEADER_ALIGNMENT *
		CACHE_HEADER_ALIGNMENT;
	if (bytes_within(*base, CACHE_HEADER_SIZE, image->size) &&
	    image_has_magic(image, *base, CACHE_MAGIC))
		return new_is_sound(image, *base) ? 0 : -EINVAL;
	*is_new = false;
	return 0;
}

int cache_parse(struct arena *arena, const void *bytes, size_t size, bool big_endian,
		struct cache *out)
{
	struct cache_bytes image = { .bytes = bytes, .size = size, .big_endian = big_endian };
	uint64_t base;
	bool is_new;
	int r;

	*out = (struct cache){ 0 };
	r = find_format(&image, &is_new, &base);
	if (r < 0)
		return r;
	/* All strings point into one copy: many entries may share a very long one. */
	image.bytes = arena_strndup(arena, bytes, size);
	if (!image.bytes)
		return -ENOMEM;
	if (is_new)
		return parse_new(arena, &image, base, out);
	return parse_old(arena, &image, image_number(&image, CACHE_OLD_COUNT), out);
}

/* Reads a run of digits, and wraps like the int of the loader. */
static int32_t read_number(const char **text)
{
	uint32_t value = 0;

	for (; is_digit(**text); (*text)++)
		value = value * 10 + (uint32_t)(**text - '0');
	return (int32_t)value;
}

int cache_compare_names(const char *left, const char *right)
{
	while (*left) {
		if (is_digit(*left) != is_digit(*right))
			return is_digit(*left) ? 1 : -1;
		if (is_digit(*left)) {
			int32_t left_number = read_number(&left);
			int32_t right_number = read_number(&right);

			if (left_number != right_number)
				return left_number < right_number ? -1 : 1;
		} else if (*left != *right) {
			break;
		} else {
			left++;
			right++;
		}
	}
	/*
	 * Signed, as char is on x86: the order must not depend on the machine that writes the
	 * cache.
	 */
	return (signed char)*left - (signed char)*right;
}
