/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "elf/dynamic.h"
#include "elf/memory.h"

#include <errno.h>
#include <string.h>

enum {
	SYMBOLS_MAX = 1 << 24,
	TABLE_SIZE_MAX = 256 << 20,
};

static unsigned symbol_size(const struct elf_reader *reader)
{
	return reader->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

/* COUNT numbers of SIZE bytes at ADDRESS, as raw bytes in the arena. */
static int read_table(struct elf_reader *reader, uint64_t address, uint64_t count, unsigned size,
		      const unsigned char **out)
{
	void *copy;

	/* No table is larger than its file, though zeros could follow without end. */
	if (count > TABLE_SIZE_MAX / size || count * size > reader->size)
		return -ENXIO;
	copy = arena_alloc(reader->arena, (size_t)(count * size));
	if (!copy)
		return -ENOMEM;
	*out = copy;
	return elf_memory_copy(reader, address, (size_t)(count * size), copy);
}

/* DT_HASH: nbucket, nchain, ...: a chain entry a symbol. Alpha and s390x have 8 byte words. */
static int count_by_hash(struct elf_reader *reader, uint64_t address, uint64_t *count)
{
	bool wide = reader->is64 &&
		    (reader->header.e_machine == EM_ALPHA || reader->header.e_machine == EM_S390);
	unsigned word = wide ? 8 : 4;
	const unsigned char *words = NULL;

	TRY(read_table(reader, address, 2, word, &words));
	*count = elf_reader_number(reader, words + word, word);
	return 0;
}

/* The symbol that ends the hash chain of symbol LAST: its word at LINKS has the low bit set. */
static int find_chain_end(struct elf_reader *reader, uint64_t links, uint64_t first, uint64_t *last)
{
	for (; *last < SYMBOLS_MAX; (*last)++) {
		const void *link;

		TRY(elf_memory_bytes(reader, &reader->records, links + (*last - first) * 4, 4,
				     &link));
		if (elf_reader_number(reader, link, 4) & 1)
			return 0;
	}
	return -ENXIO;
}

/*
 * DT_GNU_HASH holds the defined symbols alone: the last one of the highest bucket's chain
 * is the last symbol; those that are not defined stand before them.
 */
static int count_by_gnu_hash(struct elf_reader *reader, uint64_t address, uint64_t *count)
{
	const unsigned char *words = NULL;
	const unsigned char *buckets = NULL;
	uint64_t n_buckets;
	uint64_t first;
	uint64_t last = 0;

	TRY(read_table(reader, address, 4, 4, &words));
	n_buckets = elf_reader_number(reader, words, 4);
	first = elf_reader_number(reader, words + 4, 4);
	/* Behind the four words: the bloom filter, the buckets, the chains. */
	address += 16 + elf_reader_number(reader, words + 8, 4) * (reader->is64 ? 8 : 4);
	TRY(read_table(reader, address, n_buckets, 4, &buckets));
	for (uint64_t i = 0; i < n_buckets; i++) {
		uint64_t bucket = elf_reader_number(reader, buckets + i * 4, 4);

		if (bucket > last)
			last = bucket;
	}
	*count = first;
	if (last == 0 || last < first)
		return 0;
	TRY(find_chain_end(reader, address + n_buckets * 4, first, &last));
	*count = last + 1;
	return 0;
}

/*
 * The hash of a table without defined symbols may count fewer than there are (GNU ld writes 1).
 * Then the table ends where the next one begins; which one that is differs between linkers.
 */
static uint64_t count_by_distance(const struct elf_reader *reader, const struct elf_tables *tables)
{
	const uint64_t others[] = {
		tables->strings,	 tables->hash,		tables->gnu_hash,
		tables->symbol_versions, tables->version_needs, tables->version_definitions,
	};
	uint64_t end = UINT64_MAX;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i] > tables->symbols && others[i] < end)
			end = others[i];
	return end == UINT64_MAX ? 0 : (end - tables->symbols) / symbol_size(reader);
}

static int count_symbols(struct elf_reader *reader, const struct elf_tables *tables,
			 uint64_t *count)
{
	*count = 0;
	if (tables->hash)
		return count_by_hash(reader, tables->hash, count);
	if (tables->gnu_hash)
		TRY(count_by_gnu_hash(reader, tables->gnu_hash, count));
	if (*count <= 1)
		*count = count_by_distance(reader, tables);
	return 0;
}

/* The symbol table as it stands in the file: its records, their names and versions. */
struct raw {
	uint64_t count;
	const unsigned char *records;
	const unsigned char *versions; /* NULL: there are none */
	const unsigned char *strings;
	size_t strings_size; /* up to the last NUL, so that every name within ends */
};

/* Reads as much as DT_STRSZ says, and more where a name stands beyond it. */
static int read_names(struct elf_reader *reader, const struct elf_tables *tables, struct raw *raw)
{
	uint64_t size = tables->strings_size;
	uint64_t highest = 0;
	const unsigned char *nul;

	for (uint64_t i = 1; i < raw->count; i++) {
		uint64_t name =
			elf_reader_number(reader, raw->records + i * symbol_size(reader), 4);

		if (name > highest)
			highest = name;
	}
	if (highest >= size)
		size = highest + ELF_STRING_MAX;
	if (size > reader->size)
		size = reader->size;
	size = elf_memory_room(reader, tables->strings, size);
	TRY(read_table(reader, tables->strings, size, 1, &raw->strings));
	nul = memrchr(raw->strings, '\0', (size_t)size);
	raw->strings_size = nul ? (size_t)(nul - raw->strings) + 1 : 0;
	return 0;
}

static int read_raw(struct elf_reader *reader, const struct elf_tables *tables, struct raw *raw)
{
	TRY(count_symbols(reader, tables, &raw->count));
	if (raw->count <= 1)
		return 0;
	if (raw->count > SYMBOLS_MAX)
		return -ENXIO;
	TRY(read_table(reader, tables->symbols, raw->count, symbol_size(reader), &raw->records));
	if (tables->symbol_versions)
		TRY(read_table(reader, tables->symbol_versions, raw->count, 2, &raw->versions));
	return read_names(reader, tables, raw);
}

static int set_symbol(const struct elf_reader *reader, const struct raw *raw, uint64_t index,
		      struct elf_symbol *symbol)
{
	const unsigned char *record = raw->records + index * symbol_size(reader);
	uint64_t name = elf_reader_number(reader, record, 4);
	unsigned char info = record[reader->is64 ? 4 : 12];
	uint64_t section = elf_reader_number(reader, record + (reader->is64 ? 6 : 14), 2);
	uint64_t version = 1;

	if (name >= raw->strings_size)
		return -ENXIO;
	if (raw->versions)
		version = elf_reader_number(reader, raw->versions + index * 2, 2);
	*symbol = (struct elf_symbol){
		.name = (const char *)raw->strings + name,
		.type = info & 0xf,
		.bind = info >> 4,
		.defined = section != SHN_UNDEF,
		.hidden = version >> 15,
		.version = version & 0x7fff,
	};
	return 0;
}

static int read_symbols(struct elf_reader *reader, const struct elf_tables *tables,
			const struct elf_symbol **out, size_t *n_out)
{
	struct elf_symbol *symbols;
	struct raw raw = { 0 };

	TRY(read_raw(reader, tables, &raw));
	if (raw.count <= 1)
		return 0;
	symbols = arena_array(reader->arena, (size_t)raw.count, sizeof(*symbols));
	if (!symbols)
		return -ENOMEM;
	for (uint64_t i = 1; i < raw.count; i++)
		TRY(set_symbol(reader, &raw, i, &symbols[i - 1]));
	*out = symbols;
	*n_out = (size_t)raw.count - 1;
	return 0;
}

/* The tables of READER's file. Returns 0; ELF_READER_FOREIGN or ELF_READER_CORRUPT; -errno. */
static int find_tables(struct elf_reader *reader, struct root_file *file, struct arena *arena,
		       struct elf_tables *tables)
{
	struct elf_object object = { 0 };
	const char *problem;

	TRY_ZERO(elf_reader_open(reader, file, arena, &problem));
	TRY_ZERO(elf_memory_open(reader, &problem));
	return elf_dynamic_read(reader, &object, tables, &problem);
}

int elf_object_symbols(struct root_file *file, struct arena *arena, const struct elf_symbol **out,
		       size_t *count)
{
	struct elf_tables tables = { 0 };
	struct elf_reader reader;
	int r;

	*out = NULL;
	*count = 0;
	r = TRY(find_tables(&reader, file, arena, &tables));
	if (r != 0 || !tables.symbols)
		return 0;
	r = read_symbols(&reader, &tables, out, count);
	return r == -ENXIO ? 0 : r;
}
