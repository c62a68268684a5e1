/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "elf/dynamic.h"

#include <errno.h>
#include <string.h>

enum {
	VERNEED_SIZE = 16, /* all of them the same in both classes */
	VERNAUX_SIZE = 16,
	VERDEF_SIZE = 20,
	VERDAUX_SIZE = 8,
	/* More than any library has; indices have 15 bits. */
	VERSIONS_MAX = 32768,
};

/* A table of version records: chained by distances, none of which may lead out of it. */
struct chain {
	struct elf_reader *reader;
	uint64_t offset; /* in the file */
	uint64_t room;
};

static int chain_open(struct elf_reader *reader, uint64_t address, struct chain *chain)
{
	chain->reader = reader;
	return elf_reader_offset(reader, address, &chain->offset, &chain->room) ? 0 : -ENXIO;
}

static int chain_record(const struct chain *chain, uint64_t position, size_t size,
			const unsigned char **out)
{
	const void *bytes;
	int r;

	if (!bytes_within(position, size, chain->room))
		return -ENXIO;
	r = elf_reader_bytes(chain->reader, &chain->reader->records, chain->offset + position, size,
			     &bytes);
	*out = bytes;
	return r;
}

static uint32_t word_at(const struct chain *chain, const unsigned char *record, size_t at)
{
	return (uint32_t)elf_reader_number(chain->reader, record + at, 4);
}

static uint16_t half_at(const struct chain *chain, const unsigned char *record, size_t at)
{
	return (uint16_t)elf_reader_number(chain->reader, record + at, 2);
}

struct needs {
	struct elf_version_need *items;
	size_t count;
	size_t capacity;
};

/* The loader follows vna_next to its 0, whatever vn_cnt says (elf/dl-version.c). */
static int read_auxiliaries(const struct chain *chain, const struct elf_tables *tables,
			    uint64_t position, const char *file, struct needs *needs)
{
	for (;;) {
		const unsigned char *record;
		struct elf_version_need *need;
		uint32_t name;
		uint32_t next;
		int r;

		if (needs->count >= VERSIONS_MAX)
			return -ENXIO;
		r = chain_record(chain, position, VERNAUX_SIZE, &record);
		if (r == 0)
			r = arena_grow(chain->reader->arena, &needs->items, needs->count,
				       &needs->capacity, sizeof(*needs->items));
		if (r < 0)
			return r;
		need = &needs->items[needs->count];
		need->file = file;
		need->hash = word_at(chain, record, 0);
		need->weak = half_at(chain, record, 4) & VER_FLG_WEAK;
		need->index = half_at(chain, record, 6) & 0x7fff;
		name = word_at(chain, record, 8);
		next = word_at(chain, record, 12);
		r = elf_dynamic_string(chain->reader, tables, name, &need->name);
		if (r < 0)
			return r;
		needs->count++;
		if (next == 0)
			return 0;
		position += next;
	}
}

static int read_needs(struct elf_reader *reader, const struct elf_tables *tables,
		      struct elf_object *object)
{
	struct needs needs = { 0 };
	uint64_t position = 0;
	struct chain chain;
	int r = chain_open(reader, tables->version_needs, &chain);

	/* The loader follows vn_next to its 0; the count bounds a chain that has none. */
	for (size_t i = 0; r == 0 && i < VERSIONS_MAX; i++) {
		const unsigned char *record;
		const char *file;
		uint32_t auxiliary;
		uint32_t next;

		r = chain_record(&chain, position, VERNEED_SIZE, &record);
		if (r < 0)
			return r;
		auxiliary = word_at(&chain, record, 8);
		next = word_at(&chain, record, 12);
		r = elf_dynamic_string(reader, tables, word_at(&chain, record, 4), &file);
		if (r == 0)
			r = read_auxiliaries(&chain, tables, position + auxiliary, file, &needs);
		if (next == 0)
			break;
		position += next;
	}
	object->version_needs = needs.items;
	object->n_version_needs = needs.count;
	return r;
}

static int read_definitions(struct elf_reader *reader, const struct elf_tables *tables,
			    struct elf_object *object)
{
	struct elf_version_definition *items = NULL;
	size_t capacity = 0;
	uint64_t position = 0;
	struct chain chain;
	int r = chain_open(reader, tables->version_definitions, &chain);

	for (size_t i = 0; r == 0 && i < VERSIONS_MAX; i++) {
		struct elf_version_definition *definition;
		const unsigned char *record;
		uint32_t auxiliary;
		uint32_t next;

		r = chain_record(&chain, position, VERDEF_SIZE, &record);
		if (r == 0)
			r = arena_grow(reader->arena, &items, i, &capacity, sizeof(*items));
		if (r < 0)
			return r;
		definition = &items[i];
		definition->base = half_at(&chain, record, 2) & VER_FLG_BASE;
		definition->index = half_at(&chain, record, 4) & 0x7fff;
		definition->hash = word_at(&chain, record, 8);
		auxiliary = word_at(&chain, record, 12);
		next = word_at(&chain, record, 16);
		r = chain_record(&chain, position + auxiliary, VERDAUX_SIZE, &record);
		if (r == 0)
			r = elf_dynamic_string(reader, tables, word_at(&chain, record, 0),
					       &definition->name);
		if (r < 0)
			return r;
		object->n_version_definitions = i + 1;
		if (next == 0)
			break;
		position += next;
	}
	object->version_definitions = items;
	return r;
}

int elf_versions_read(struct elf_reader *reader, const struct elf_tables *tables,
		      struct elf_object *object, const char **problem)
{
	int r = 0;

	*problem = "the version records are not in the file";
	if (tables->version_needs)
		r = read_needs(reader, tables, object);
	if (r == 0 && tables->version_definitions)
		r = read_definitions(reader, tables, object);
	if (r < 0) {
		object->n_version_needs = 0;
		object->n_version_definitions = 0;
	}
	return r == -ENXIO ? ELF_READER_CORRUPT : r;
}
