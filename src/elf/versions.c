/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/table.h"
#include "elf/dynamic.h"
#include "elf/memory.h"

#include <errno.h>
#include <string.h>

enum {
	VERNEED_SIZE = 16, /* all of them the same in both classes */
	VERNAUX_SIZE = 16,
	VERDEF_SIZE = 20,
	VERDAUX_SIZE = 8,
	/* Indices have 15 bits; the 16th says that a definition is hidden. */
	VERSION_INDEX_MASK = 0x7fff,
	VERSIONS_MAX = VERSION_INDEX_MASK + 1, /* more than any library has */
};

/* A table of version records, chained by distances, none of which may lead out of the memory. */
struct chain {
	struct elf_reader *reader;
	uint64_t address;
};

static int chain_record(const struct chain *chain, uint64_t position, size_t size,
			const unsigned char **out)
{
	const void *bytes;

	TRY(elf_memory_bytes(chain->reader, &chain->reader->records, chain->address + position,
			     size, &bytes));
	*out = bytes;
	return 0;
}

static uint32_t word_at(const struct chain *chain, const unsigned char *record, size_t at)
{
	return (uint32_t)elf_reader_number(chain->reader, record + at, 4);
}

static uint16_t half_at(const struct chain *chain, const unsigned char *record, size_t at)
{
	return (uint16_t)elf_reader_number(chain->reader, record + at, 2);
}

/* All that a file asks of its libraries. */
struct version_needs {
	struct elf_version_need *items;
	size_t count;
	size_t capacity;
};

/* The loader follows vna_next to its 0, whatever vn_cnt says (elf/dl-version.c). */
static int read_auxiliaries(const struct chain *chain, const struct elf_tables *tables,
			    uint64_t position, const char *file, struct version_needs *needs)
{
	while (needs->count < VERSIONS_MAX) {
		const unsigned char *record;
		struct elf_version_need *need;
		uint32_t name;
		uint32_t next;

		TRY(chain_record(chain, position, VERNAUX_SIZE, &record));
		need = TABLE_ADD(chain->reader->arena, needs);
		if (!need)
			return -ENOMEM;
		need->file = file;
		need->hash = word_at(chain, record, 0);
		need->weak = half_at(chain, record, 4) & VER_FLG_WEAK;
		need->index = half_at(chain, record, 6) & VERSION_INDEX_MASK;
		name = word_at(chain, record, 8);
		next = word_at(chain, record, 12);
		TRY(elf_dynamic_string(chain->reader, tables, name, &need->name));
		if (next == 0)
			return 0;
		position += next;
	}
	return -ENXIO;
}

static int read_needs(struct elf_reader *reader, const struct elf_tables *tables,
		      struct elf_object *object)
{
	struct version_needs needs = { 0 };
	uint64_t position = 0;
	const struct chain chain = { reader, tables->version_needs };

	/* The loader follows vn_next to its 0; the count bounds a chain that has none. */
	for (size_t i = 0; i < VERSIONS_MAX; i++) {
		const unsigned char *record;
		const char *file;
		uint32_t auxiliary;
		uint32_t next;

		TRY(chain_record(&chain, position, VERNEED_SIZE, &record));
		if (i == 0)
			object->version_needs_form = half_at(&chain, record, 0);
		if (object->version_needs_form != VER_NEED_CURRENT)
			return 0;
		auxiliary = word_at(&chain, record, 8);
		next = word_at(&chain, record, 12);
		TRY(elf_dynamic_string(reader, tables, word_at(&chain, record, 4), &file));
		TRY(read_auxiliaries(&chain, tables, position + auxiliary, file, &needs));
		if (next == 0)
			break;
		position += next;
	}
	object->version_needs = needs.items;
	object->n_version_needs = needs.count;
	return 0;
}

static int read_definitions(struct elf_reader *reader, const struct elf_tables *tables,
			    struct elf_object *object)
{
	TABLE(struct elf_version_definition) definitions = { 0 };
	uint64_t position = 0;
	const struct chain chain = { reader, tables->version_definitions };

	while (definitions.count < VERSIONS_MAX) {
		struct elf_version_definition *definition;
		const unsigned char *record;
		uint32_t auxiliary;
		uint32_t next;

		TRY(chain_record(&chain, position, VERDEF_SIZE, &record));
		definition = TABLE_ADD(reader->arena, &definitions);
		if (!definition)
			return -ENOMEM;
		definition->base = half_at(&chain, record, 2) & VER_FLG_BASE;
		definition->index = half_at(&chain, record, 4) & VERSION_INDEX_MASK;
		definition->hash = word_at(&chain, record, 8);
		auxiliary = word_at(&chain, record, 12);
		next = word_at(&chain, record, 16);
		TRY(chain_record(&chain, position + auxiliary, VERDAUX_SIZE, &record));
		TRY(elf_dynamic_string(reader, tables, word_at(&chain, record, 0),
				       &definition->name));
		if (next == 0)
			break;
		position += next;
	}
	object->version_definitions = definitions.items;
	object->n_version_definitions = definitions.count;
	return 0;
}

int elf_versions_read(struct elf_reader *reader, const struct elf_tables *tables,
		      struct elf_object *object, const char **problem)
{
	int r = 0;

	object->version_needs_form = VER_NEED_CURRENT;
	*problem = "the version records are not in the file";
	if (tables->has_version_needs)
		r = read_needs(reader, tables, object);
	if (r >= 0 && tables->version_definitions)
		r = read_definitions(reader, tables, object);
	if (r < 0)
		object->n_version_needs = 0;
	return r == -ENXIO ? ELF_READER_CORRUPT : r;
}
