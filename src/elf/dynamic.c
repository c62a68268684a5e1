/* SPDX-License-Identifier: Apache-2.0 */
#include "elf/dynamic.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/table.h"
#include "elf/memory.h"

#include <errno.h>
#include <string.h>

enum {
	DYNAMIC_SIZE_MAX = 4 << 20,
};

int elf_dynamic_string(struct elf_reader *reader, const struct elf_tables *tables, uint64_t offset,
		       const char **out)
{
	if (!tables->strings)
		return -ENXIO;
	return elf_memory_string(reader, tables->strings + offset, out);
}

/* One entry of the dynamic segment. */
struct dynamic {
	int64_t tag;
	uint64_t value;
};

/* What was found in the dynamic segment before the string table's place is known. */
struct found {
	uint64_t soname, rpath, runpath, audit, depaudit; /* string offsets plus 1; 0: none */
	bool has_rela, has_rel, has_plt_kind;
	uint64_t rela_size, rel_size, relr_size, plt_kind; /* 0: not said */
};

static struct dynamic entry_at(const struct elf_reader *reader, const unsigned char *at)
{
	unsigned word = reader->is64 ? 8 : 4;
	uint64_t tag = elf_reader_number(reader, at, word);

	return (struct dynamic){
		.tag = reader->is64 ? (int64_t)tag : (int32_t)(uint32_t)tag,
		.value = elf_reader_number(reader, at + word, word),
	};
}

static void note_relocations(const struct dynamic *entry, struct elf_object *object,
			     struct found *found)
{
	switch (entry->tag) {
	case DT_RELR:
		object->has_relr = true;
		break;
	case DT_RELA:
		found->has_rela = true;
		break;
	case DT_REL:
		found->has_rel = true;
		break;
	case DT_RELAENT:
		found->rela_size = entry->value;
		break;
	case DT_RELRENT:
		found->relr_size = entry->value;
		break;
	case DT_RELENT:
		found->rel_size = entry->value;
		break;
	case DT_PLTREL:
		found->has_plt_kind = true;
		found->plt_kind = entry->value;
		break;
	default:
		break;
	}
}

static void note_entry(const struct dynamic *entry, struct elf_object *object,
		       struct elf_tables *tables, struct found *found)
{
	switch (entry->tag) {
	case DT_SONAME:
		found->soname = entry->value + 1;
		break;
	case DT_RPATH: /* of several the last one counts: the loader keeps one slot a tag */
		found->rpath = entry->value + 1;
		break;
	case DT_RUNPATH:
		found->runpath = entry->value + 1;
		break;
	case DT_AUDIT:
		found->audit = entry->value + 1;
		break;
	case DT_DEPAUDIT:
		found->depaudit = entry->value + 1;
		break;
	case DT_FLAGS_1:
		object->dt_flags_1 = entry->value;
		break;
	case DT_STRTAB:
		tables->strings = entry->value;
		break;
	case DT_STRSZ:
		tables->strings_size = entry->value;
		break;
	case DT_SYMTAB:
		tables->symbols = entry->value;
		break;
	case DT_HASH:
		tables->hash = entry->value;
		break;
	case DT_GNU_HASH:
		tables->gnu_hash = entry->value;
		break;
	case DT_VERSYM:
		tables->symbol_versions = entry->value;
		break;
	case DT_VERNEED:
		tables->has_version_needs = true;
		tables->version_needs = entry->value;
		break;
	case DT_VERDEF:
		tables->version_definitions = entry->value;
		break;
	default:
		note_relocations(entry, object, found);
		break;
	}
}

static bool is_dependency(int64_t tag)
{
	return tag == DT_NEEDED || tag == DT_FILTER || tag == DT_AUXILIARY;
}

static int read_string(struct elf_reader *reader, const struct elf_tables *tables,
		       uint64_t offset_plus_1, const char **out)
{
	return offset_plus_1 ? elf_dynamic_string(reader, tables, offset_plus_1 - 1, out) : 0;
}

static int read_strings(struct elf_reader *reader, const struct elf_tables *tables,
			const struct found *found, struct elf_object *object)
{
	const struct {
		uint64_t offset;
		const char **out;
	} strings[] = {
		{ found->soname, &object->soname },	{ found->rpath, &object->rpath },
		{ found->runpath, &object->runpath },	{ found->audit, &object->audit },
		{ found->depaudit, &object->depaudit },
	};

	for (size_t i = 0; i < ARRAY_SIZE(strings); i++)
		TRY(read_string(reader, tables, strings[i].offset, strings[i].out));
	return 0;
}

/*
 * What glibc's loader asserts of relocations (elf/get-dynamic-info.h), of the forms that all its
 * ports for a machine know: most have DT_RELA alone.
 */
static const char *find_inconsistency(const struct elf_reader *reader,
				      const struct elf_object *object, const struct found *found)
{
	bool rel_only = reader->header.e_machine == EM_386 || reader->header.e_machine == EM_ARM;
	uint64_t rela_size = reader->is64 ? sizeof(Elf64_Rela) : sizeof(Elf32_Rela);
	uint64_t rel_size = reader->is64 ? sizeof(Elf64_Rel) : sizeof(Elf32_Rel);

	if (found->has_plt_kind && found->plt_kind != DT_RELA && found->plt_kind != DT_REL)
		return "DT_PLTREL is no kind of relocation: ld.so aborts";
	if (found->plt_kind == DT_REL && reader->header.e_machine == EM_X86_64)
		return "DT_PLTREL is no kind of relocation for x86-64: ld.so aborts";
	if (reader->is64 && found->has_rela && found->rela_size != rela_size)
		return "DT_RELAENT is not the size of a relocation: ld.so aborts";
	if (rel_only && found->has_rel && found->rel_size != rel_size)
		return "DT_RELENT is not the size of a relocation: ld.so aborts";
	if (object->has_relr && found->relr_size != (reader->is64 ? 8 : 4))
		return "DT_RELRENT is not the size of a relocation: ld.so aborts";
	return NULL;
}

/* The words of DT_GNU_HASH's bloom filter are a power of two (elf/dl-setup_hash.c). */
static int check_hash(struct elf_reader *reader, const struct elf_tables *tables,
		      struct elf_object *object)
{
	const void *words;
	uint64_t count;
	int r;

	if (!tables->gnu_hash || object->inconsistent)
		return 0;
	r = elf_memory_bytes(reader, &reader->records, tables->gnu_hash, 16, &words);
	if (r < 0)
		return r == -ENXIO ? 0 : r;
	count = elf_reader_number(reader, (const char *)words + 8, 4);
	if (count & (count - 1))
		object->inconsistent = "DT_GNU_HASH is not consistent: ld.so aborts";
	return 0;
}

/*
 * Whether there is no dynamic segment in SEGMENT to who loads a library: it is empty, or at no
 * address (elf/dl-load.c). In a program nobody asks (elf/rtld.c).
 */
static bool is_empty(const GElf_Phdr *segment)
{
	return segment->p_filesz == 0 || segment->p_vaddr == 0;
}

/* The last PT_DYNAMIC counts; the loader sees it by its address. */
static const GElf_Phdr *find_dynamic(const struct elf_reader *reader)
{
	const GElf_Phdr *found = NULL;
	bool is_program = false;

	for (size_t i = 0; i < reader->n_segments; i++) {
		if (reader->segments[i].p_type == PT_DYNAMIC)
			found = &reader->segments[i];
		is_program |= reader->segments[i].p_type == PT_INTERP;
	}
	if (!found || is_program)
		return found;
	return is_empty(found) ? NULL : found;
}

bool elf_dynamic_is_there(const struct elf_reader *reader)
{
	return find_dynamic(reader) != NULL;
}

/* The entries of the dynamic segment, without the DT_NULL. */
struct entries {
	struct dynamic *items;
	size_t count;
	size_t capacity;
};

/* The loader reads on to DT_NULL, whatever size the segment has (elf/get-dynamic-info.h). */
static int read_entries(struct elf_reader *reader, const GElf_Phdr *segment, struct entries *out)
{
	unsigned entry_size = reader->is64 ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);

	while (out->count < DYNAMIC_SIZE_MAX / entry_size) {
		struct dynamic *slot;
		const void *bytes;

		TRY(elf_memory_bytes(reader, &reader->records,
				     segment->p_vaddr + out->count * entry_size, entry_size,
				     &bytes));
		slot = TABLE_ADD(reader->arena, out);
		if (!slot)
			return -ENOMEM;
		*slot = entry_at(reader, bytes);
		if (slot->tag != DT_NULL)
			continue;
		out->count--;
		return 0;
	}
	return -ENXIO;
}

static int read_dependencies(struct elf_reader *reader, const struct elf_tables *tables,
			     const struct entries *entries, struct elf_object *object)
{
	TABLE(struct elf_dependency) dependencies = { 0 };

	for (size_t i = 0; i < entries->count; i++) {
		const struct dynamic entry = entries->items[i];
		struct elf_dependency *dependency;

		if (!is_dependency(entry.tag))
			continue;
		dependency = TABLE_ADD(reader->arena, &dependencies);
		if (!dependency)
			return -ENOMEM;
		dependency->tag = entry.tag;
		TRY(elf_dynamic_string(reader, tables, entry.value, &dependency->name));
		object->dependencies = dependencies.items;
		object->n_dependencies = dependencies.count;
	}
	return 0;
}

/* The string table may be named behind the names in it: those are read at last. */
static int read_names(struct elf_reader *reader, const struct entries *entries,
		      struct elf_object *object, struct elf_tables *tables)
{
	struct found found = { 0 };

	for (size_t i = 0; i < entries->count; i++)
		note_entry(&entries->items[i], object, tables, &found);
	object->inconsistent = find_inconsistency(reader, object, &found);
	TRY(check_hash(reader, tables, object));
	TRY(read_dependencies(reader, tables, entries, object));
	return read_strings(reader, tables, &found, object);
}

int elf_dynamic_read(struct elf_reader *reader, struct elf_object *object,
		     struct elf_tables *tables, const char **problem)
{
	const GElf_Phdr *segment = find_dynamic(reader);
	struct entries entries = { 0 };
	int r;

	if (!segment)
		return 0;
	object->dynamic = true;
	object->dynamic_is_empty = is_empty(segment);
	*problem = "the dynamic segment is not in the file";
	r = read_entries(reader, segment, &entries);
	if (r < 0)
		return r == -ENXIO ? ELF_READER_CORRUPT : r;
	*problem = "a name of the dynamic segment is not in the string table";
	r = read_names(reader, &entries, object, tables);
	return r == -ENXIO ? ELF_READER_CORRUPT : r;
}
