#include "base/bytes.h"
#include "elf/dynamic.h"

#include <errno.h>
#include <string.h>

enum {
	SYMBOLS_MAX = 1 << 24,
	TABLE_SIZE_MAX = 256 << 20,
};

/* COUNT numbers of SIZE bytes at ADDRESS, as raw bytes in the arena. */
static int read_table(struct elf_reader *reader, uint64_t address, uint64_t count, unsigned size,
		      const unsigned char **out)
{
	uint64_t offset;
	uint64_t room;
	void *copy;
	ssize_t n;

	if (!elf_reader_offset(reader, address, &offset, &room) || count > TABLE_SIZE_MAX / size ||
	    count * size > room)
		return -ENXIO;
	copy = arena_alloc(reader->arena, (size_t)(count * size) + 1);
	if (!copy)
		return -ENOMEM;
	n = root_file_pread(reader->file, copy, (size_t)(count * size), (off_t)offset);
	if (n < 0)
		return (int)n;
	*out = copy;
	return (uint64_t)n == count * size ? 0 : -ENXIO;
}

/* DT_HASH: nbucket, nchain, ...: a chain entry a symbol. Alpha and s390x have 8 byte words. */
static int count_by_hash(struct elf_reader *reader, uint64_t address, uint64_t *count)
{
	bool wide = reader->is64 &&
		    (reader->header.e_machine == EM_ALPHA || reader->header.e_machine == EM_S390);
	unsigned word = wide ? 8 : 4;
	const unsigned char *words = NULL;
	int r = read_table(reader, address, 2, word, &words);

	if (r == 0)
		*count = elf_reader_number(reader, words + word, word);
	return r;
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
	uint64_t bloom;
	uint64_t last = 0;
	int r;

	r = read_table(reader, address, 4, 4, &words);
	if (r < 0)
		return r;
	n_buckets = elf_reader_number(reader, words, 4);
	first = elf_reader_number(reader, words + 4, 4);
	bloom = elf_reader_number(reader, words + 8, 4) * (reader->is64 ? 8 : 4);
	r = read_table(reader, address + 16 + bloom, n_buckets, 4, &buckets);
	if (r < 0)
		return r;
	for (uint64_t i = 0; i < n_buckets; i++) {
		uint64_t bucket = elf_reader_number(reader, buckets + i * 4, 4);

		if (bucket > last)
			last = bucket;
	}
	*count = first;
	if (last < first)
		return 0;
	for (; last < SYMBOLS_MAX; last++) {
		uint64_t offset;
		uint64_t room;
		const void *link;

		if (!elf_reader_offset(reader,
				       address + 16 + bloom + n_buckets * 4 + (last - first) * 4,
				       &offset, &room))
			return -ENXIO;
		r = elf_reader_bytes(reader, &reader->records, offset, 4, &link);
		if (r < 0)
			return r;
		if (elf_reader_number(reader, link, 4) & 1)
			break;
	}
	*count = last + 1;
	return 0;
}

/*
 * A table without defined symbols may name fewer in its hash than it has: linkers put the
 * string table right behind it, and that is where it ends then.
 */
static uint64_t count_by_distance(const struct elf_reader *reader, const struct elf_tables *tables)
{
	size_t size = reader->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);

	if (tables->strings <= tables->symbols)
		return 0;
	return (tables->strings - tables->symbols) / size;
}

static int count_symbols(struct elf_reader *reader, const struct elf_tables *tables,
			 uint64_t *count)
{
	uint64_t distance = count_by_distance(reader, tables);
	int r = 0;

	*count = 0;
	if (tables->hash)
		return count_by_hash(reader, tables->hash, count);
	if (tables->gnu_hash)
		r = count_by_gnu_hash(reader, tables->gnu_hash, count);
	if (r == 0 && *count <= 1)
		*count = distance;
	return r;
}

static int read_symbol(struct elf_reader *reader, const struct elf_tables *tables,
		       const unsigned char *record, struct elf_symbol *symbol)
{
	uint64_t name = elf_reader_number(reader, record, 4);
	unsigned char info = record[reader->is64 ? 4 : 12];
	uint64_t section = elf_reader_number(reader, record + (reader->is64 ? 6 : 14), 2);

	symbol->type = info & 0xf;
	symbol->bind = info >> 4;
	symbol->defined = section != SHN_UNDEF;
	return elf_dynamic_string(reader, tables, name, &symbol->name);
}

static int read_symbols(struct elf_reader *reader, const struct elf_tables *tables,
			const struct elf_symbol **out, size_t *n_out)
{
	unsigned size = reader->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	const unsigned char *versions = NULL;
	const unsigned char *records = NULL;
	struct elf_symbol *symbols;
	uint64_t count;
	int r;

	r = count_symbols(reader, tables, &count);
	if (r < 0 || count <= 1)
		return r;
	if (count > SYMBOLS_MAX)
		return -ENXIO;
	r = read_table(reader, tables->symbols, count, size, &records);
	if (r == 0 && tables->symbol_versions)
		r = read_table(reader, tables->symbol_versions, count, 2, &versions);
	if (r < 0)
		return r;
	symbols = arena_array(reader->arena, (size_t)count, sizeof(*symbols));
	if (!symbols)
		return -ENOMEM;
	for (uint64_t i = 1; i < count; i++) {
		struct elf_symbol *symbol = &symbols[i - 1];

		r = read_symbol(reader, tables, records + i * size, symbol);
		if (r < 0)
			return r;
		symbol->version = 1;
		if (versions) {
			uint64_t index = elf_reader_number(reader, versions + i * 2, 2);

			symbol->version = index & 0x7fff;
			symbol->hidden = index >> 15;
		}
	}
	*out = symbols;
	*n_out = (size_t)count - 1;
	return 0;
}

int elf_object_symbols(struct root_file *file, struct arena *arena, const struct elf_symbol **out,
		       size_t *count)
{
	struct elf_object object = { 0 };
	struct elf_tables tables = { 0 };
	struct elf_reader reader;
	const char *problem;
	int r;

	*out = NULL;
	*count = 0;
	r = elf_reader_open(&reader, file, arena, &problem);
	if (r == 0)
		r = elf_dynamic_read(&reader, &object, &tables, &problem);
	if (r != 0 || !tables.symbols)
		return r < 0 ? r : 0;
	r = read_symbols(&reader, &tables, out, count);
	return r == -ENXIO ? 0 : r;
}
