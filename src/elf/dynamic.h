/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dynamic segment of an ELF file, as its loader reads it.
 */
#ifndef MKROOTFS_ELF_DYNAMIC_H
#define MKROOTFS_ELF_DYNAMIC_H

#include "elf/object.h"
#include "elf/reader.h"

/* Where the tables that the dynamic segment names are, as virtual addresses; 0: none. */
struct elf_tables {
	uint64_t strings;
	uint64_t strings_size; /* DT_STRSZ, which no loader looks at: a hint */
	uint64_t symbols;
	uint64_t hash;
	uint64_t gnu_hash;
	uint64_t symbol_versions;
	bool has_version_needs; /* whatever the address, for the loader only adds its own to it */
	uint64_t version_needs;
	uint64_t version_definitions;
};

/*
 * Reads the dynamic segment into OBJECT and TABLES. Returns 0; ELF_READER_CORRUPT with
 * *PROBLEM set; -errno. A file without one leaves OBJECT->dynamic false.
 */
int elf_dynamic_read(struct elf_reader *reader, struct elf_object *object,
		     struct elf_tables *tables, const char **problem);

/* Whether there is a dynamic segment, be it mapped or not. */
bool elf_dynamic_is_there(const struct elf_reader *reader);

/* The string at OFFSET of the dynamic string table. Errors: as of elf_memory_string. */
int elf_dynamic_string(struct elf_reader *reader, const struct elf_tables *tables, uint64_t offset,
		       const char **out);

/* Reads the version needs and definitions that TABLES names. Returns as elf_dynamic_read. */
int elf_versions_read(struct elf_reader *reader, const struct elf_tables *tables,
		      struct elf_object *object, const char **problem);

#endif
