/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rules look at in an ELF file beyond what its loader does: which of the symbols that
 * any rule names it imports and defines, its strings, its notes. Each is read once.
 */
#ifndef MKROOTFS_NEEDS_FACTS_H
#define MKROOTFS_NEEDS_FACTS_H

#include "base/buffer.h"
#include "base/texts.h"
#include "elf/store.h"
#include "needs/rule.h"

/* The symbols that are looked for, sorted; made once. */
struct symbol_index;

/*
 * An index of SYMBOLS, of which there is one at least: their order changes. Returns NULL when out
 * of memory. It belongs to ARENA, and keeps the list.
 */
const struct symbol_index *symbol_index_new(struct arena *arena, struct texts *symbols);

struct facts {
	const struct elf_object *elf;
	/* By position in the index, one bit each. */
	const uint64_t *imports;
	const uint64_t *exports;
};

/*
 * The facts of ELF, which was read from PATH of ROOT. A file whose symbols cannot be read has
 * none. Errors: -errno of reading, -ENOMEM.
 */
int facts_read(struct arena *arena, const struct symbol_index *index, const struct root *root,
	       const struct elf_object *elf, struct facts *out);

/* Whether FACTS has the symbol NAME, imported or (EXPORTED) defined. */
bool facts_has_symbol(const struct facts *facts, const struct symbol_index *index, const char *name,
		      bool exported);

/*
 * Calls VISIT with every string in ELF's read-only data, as strings(1) would find it: printable
 * but for newlines at its end, ended by a NUL, at least 3 and at most 4095 bytes; only those that
 * have the character MARK in them, which is much faster, unless it is NUL. The string is gone when
 * VISIT returns; a return other than 0 ends it.
 */
typedef int facts_string_fn(void *data, const char *string);
int facts_visit_strings(const struct root *root, const struct elf_object *elf, char mark,
			facts_string_fn *visit, void *data);

/*
 * The words among them, added to OUT, each with its NUL behind it: strings that are nothing but
 * letters, digits and "_-.:+()$%/", at most 63, as names are of accounts, character sets and
 * libraries. Errors: as of reading; -ENOMEM.
 */
int facts_read_words(const struct root *root, const struct elf_object *elf, struct buffer *out);

/*
 * The same with every text that may have paths in it, wide ones too (needs/path_texts.h); and
 * VISIT_JOINED with those whose ends nothing marks, which mean something where *JOINED is set in
 * the end (needs/joined_texts.h).
 */
int facts_visit_paths(const struct root *root, const struct elf_object *elf, facts_string_fn *visit,
		      facts_string_fn *visit_joined, bool *joined, void *data);

#endif
