/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/facts.h"
#include "base/error.h"
#include "needs/joined_texts.h"
#include "needs/path_texts.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
	FILTER_SIZE = 4096, /* bits; a power of two */
	STRING_LENGTH_MIN = 3,
	STRING_LENGTH_MAX = 4095,
	WORD_LENGTH_MAX = 63,
};

struct symbol_index {
	const char **names; /* sorted, unique */
	size_t count;
	size_t words; /* of a set of them */
	/* Most symbols of a library are none of ours: their first letters tell. */
	uint64_t filter[FILTER_SIZE / 64];
};

static unsigned filter_key(const char *name)
{
	unsigned key = 0;

	for (unsigned i = 0; i < 5 && name[i]; i++)
		key = key * 37 + (unsigned char)name[i];
	return key & (FILTER_SIZE - 1);
}

const struct symbol_index *symbol_index_new(struct arena *arena, struct texts *symbols)
{
	struct symbol_index *index = arena_alloc(arena, sizeof(*index));

	assert(symbols->count > 0);
	if (!index)
		return NULL;
	index->names = symbols->items;
	index->count = texts_sort_once(symbols->items, symbols->count);
	index->words = (index->count + 63) / 64;
	for (size_t i = 0; i < index->count; i++) {
		unsigned key = filter_key(index->names[i]);

		index->filter[key / 64] |= (uint64_t)1 << key % 64;
	}
	return index;
}

/* The position of NAME, or SIZE_MAX. */
static size_t find(const struct symbol_index *index, const char *name)
{
	unsigned key = filter_key(name);
	const char *const *found;

	if (!(index->filter[key / 64] & (uint64_t)1 << key % 64))
		return SIZE_MAX;
	found = texts_find(index->names, index->count, name);
	return found ? (size_t)(found - index->names) : SIZE_MAX;
}

static bool has_bit(const uint64_t *set, size_t position)
{
	return position != SIZE_MAX && (set[position / 64] >> position % 64 & 1);
}

int facts_read(struct arena *arena, const struct symbol_index *index, const struct root *root,
	       const struct elf_object *elf, struct facts *out)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	const struct elf_symbol *symbols;
	uint64_t *imports = arena_array(arena, index->words + 1, sizeof(*imports));
	uint64_t *exports = arena_array(arena, index->words + 1, sizeof(*exports));
	size_t count;

	if (!scratch || !imports || !exports)
		return -ENOMEM;
	*out = (struct facts){ .elf = elf, .imports = imports, .exports = exports };
	TRY(root_open(root, elf->path, &file));
	TRY(elf_object_symbols(&file, scratch, &symbols, &count));
	for (size_t i = 0; i < count; i++) {
		size_t position = find(index, symbols[i].name);
		uint64_t *set = symbols[i].defined ? exports : imports;

		if (position != SIZE_MAX && symbols[i].bind != STB_LOCAL)
			set[position / 64] |= (uint64_t)1 << position % 64;
	}
	return 0;
}

bool facts_has_symbol(const struct facts *facts, const struct symbol_index *index, const char *name,
		      bool exported)
{
	return has_bit(exported ? facts->exports : facts->imports, find(index, name));
}

struct strings {
	char mark;
	facts_string_fn *visit;
	void *data;
};

static bool is_printable(unsigned char c)
{
	return c >= ' ' && c != 0x7f;
}

/*
 * What stands between two NULs may begin with other data: the string is its printable end,
 * of which AT is within. It may end a line.
 */
static int visit_string(const struct strings *strings, const unsigned char *start,
			const unsigned char *at, const unsigned char *nul)
{
	const unsigned char *first = nul;

	while (first > start && first[-1] == '\n')
		first--;
	while (first > start && is_printable(first[-1]) && nul - first <= STRING_LENGTH_MAX)
		first--;
	if (first > at || nul - first < STRING_LENGTH_MIN || nul - first > STRING_LENGTH_MAX)
		return 0;
	return strings->visit(strings->data, (const char *)first);
}

/* With the NUL as the mark, each one is the end of a string; else the mark is within one. */
static int visit_segment(void *data, const unsigned char *bytes, size_t size, uint64_t address)
{
	const struct strings *strings = data;
	const unsigned char *end = bytes + size;
	const unsigned char *start = bytes;

	for (;;) {
		const unsigned char *at;
		const unsigned char *nul;
		int r;

		/* Tables are full of NULs. */
		while (start < end && !*start)
			start++;
		at = memchr(start, strings->mark, (size_t)(end - start));
		nul = at ? memchr(at, '\0', (size_t)(end - at)) : NULL;
		if (!nul)
			return 0;
		r = visit_string(strings, start, at, nul);
		if (r != 0)
			return r;
		start = nul + 1;
	}
	return 0;
}

int facts_visit_strings(const struct root *root, const struct elf_object *elf, char mark,
			facts_string_fn *visit, void *data)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	struct strings strings = { mark, visit, data };
	int r = root_open(root, elf->path, &file);

	return r < 0 ? r : elf_object_read_only_data(&file, visit_segment, &strings);
}

static bool is_word_character(unsigned char c)
{
	/* Of ASCII, by 64: "$%()+-./", digits, ':'; letters and '_'. */
	static const uint64_t sets[] = { UINT64_C(0x07ffeb3000000000),
					 UINT64_C(0x07fffffe87fffffe) };

	return c < 128 && (sets[c / 64] >> c % 64 & 1);
}

/* The string that ends at NUL, where it is a word. */
static void add_word(struct buffer *out, const unsigned char *start, const unsigned char *nul)
{
	const unsigned char *first = nul;

	while (first > start && nul - first <= WORD_LENGTH_MAX && is_word_character(first[-1]))
		first--;
	if (nul - first < STRING_LENGTH_MIN || nul - first > WORD_LENGTH_MAX ||
	    (first > start && is_printable(first[-1])))
		return;
	buffer_add(out, (const char *)first, (size_t)(nul + 1 - first));
}

enum { BLOCK_SIZE = 64 };

/* Whether a NUL is AT, and two characters of ASCII before it: few are in tables of numbers. */
static bool may_end_word(const unsigned char *at)
{
	return (at[0] == '\0') & ((signed char)at[-1] > ' ') & ((signed char)at[-2] > ' ');
}

/* Has no branches within, so that compilers look at many bytes at once. */
static bool may_end_words(const unsigned char *block)
{
	unsigned char any = 0;

	for (size_t i = 0; i < BLOCK_SIZE; i++)
		any |= may_end_word(block + i);
	return any;
}

static int read_words(void *data, const unsigned char *bytes, size_t size, uint64_t address)
{
	const unsigned char *end = bytes + size;
	const unsigned char *next;

	for (const unsigned char *at = bytes + STRING_LENGTH_MIN; at < end; at = next) {
		next = end - at > BLOCK_SIZE ? at + BLOCK_SIZE : end;
		if (next - at == BLOCK_SIZE && !may_end_words(at))
			continue;
		while ((at = memchr(at, '\0', (size_t)(next - at))) != NULL) {
			if (may_end_word(at))
				add_word(data, bytes, at);
			at++;
		}
	}
	return 0;
}

int facts_read_words(const struct root *root, const struct elf_object *elf, struct buffer *out)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;

	TRY(root_open(root, elf->path, &file));
	TRY(elf_object_read_only_data(&file, read_words, out));
	return buffer_error(out);
}

struct path_visit {
	bool big_endian;
	facts_string_fn *visit;
	facts_string_fn *visit_joined;
	bool *joined;
	void *data;
};

static int visit_paths(void *data, const unsigned char *bytes, size_t size, uint64_t address)
{
	const struct path_visit *paths = data;
	int r = path_texts_visit(bytes, size, paths->big_endian, paths->visit, paths->data);

	if (r != 0)
		return r;
	return joined_texts_visit(bytes, size, paths->joined, paths->visit_joined, paths->data);
}

int facts_visit_paths(const struct root *root, const struct elf_object *elf, facts_string_fn *visit,
		      facts_string_fn *visit_joined, bool *joined, void *data)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	struct path_visit paths = { elf->big_endian, visit, visit_joined, joined, data };
	int r = root_open(root, elf->path, &file);

	return r < 0 ? r : elf_object_read_only_data(&file, visit_paths, &paths);
}
