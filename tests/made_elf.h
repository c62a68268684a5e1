/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ELF file made by hand, of either class and byte order: every fact that the ELF floor
 * reads stands in it once, at a known place, so that a test can make each of them a lie.
 * There are no section headers. Addresses are file offsets plus MADE_BASE.
 */
#ifndef MKROOTFS_TESTS_MADE_ELF_H
#define MKROOTFS_TESTS_MADE_ELF_H

#include "base/bytes.h"
#include "base/cleanup.h"
#include "root/root.h"

#include <elf.h>
#include <stdint.h>
#include <string.h>

#define MADE_UNUSED __attribute__((unused))

/* Where things stand in the file. */
enum {
	MADE_BASE = 0x10000,
	MADE_SEGMENTS = 0x40,
	MADE_INTERP = 0x180,
	MADE_NOTES = 0x1c0,	 /* padded to 4 bytes: an ABI tag and a build id */
	MADE_PROPERTIES = 0x200, /* a GNU property note, padded to 4 or 8 bytes by the class */
	MADE_DYNAMIC = 0x280,
	MADE_STRINGS = 0x400,
	MADE_SYMBOLS = 0x500,
	MADE_SYMBOL_VERSIONS = 0x5a0,
	MADE_HASH = 0x5c0,
	MADE_GNU_HASH = 0x600,
	MADE_VERSION_NEEDS = 0x680,
	MADE_VERSION_DEFINITIONS = 0x700,
	MADE_SIZE = 0x780,
};

/* The program headers, in their order. */
enum {
	MADE_SEGMENT_INTERP,
	MADE_SEGMENT_LOAD,
	MADE_SEGMENT_DYNAMIC,
	MADE_SEGMENT_NOTES,
	MADE_SEGMENT_PROPERTIES,
	MADE_N_SEGMENTS,
};

enum {
	MADE_N_SYMBOLS = 4, /* the null symbol; "wanted", not defined; "given", "hidden" */
};

#define MADE_INTERP_NAME "/lib/ld-made.so.1"

static const char made_strings[] = "\0libone.so.1\0libtwo.so.2\0libme.so.3\0/rpath\0"
				   "$ORIGIN/runpath\0ONE_1\0ONE_2\0ME_1\0wanted\0given\0hidden\0"
				   "audit.so\0depaudit.so\0filter.so\0auxiliary.so";

struct made {
	bool is64;
	bool big_endian;
	unsigned char bytes[MADE_SIZE];
};

MADE_UNUSED static void made_put(struct made *made, size_t offset, unsigned size, uint64_t value)
{
	bytes_put(made->bytes + offset, size, made->big_endian, value);
}

/* The offset of TEXT in the string table; the empty string where it is not there. */
static uint64_t made_string(const char *text)
{
	const char *found = memmem(made_strings, sizeof(made_strings), text, strlen(text) + 1);

	return found ? (uint64_t)(found - made_strings) : 0;
}

/* A field of the ELF header or of a program header: its place and size by class. */
struct made_field {
	unsigned char offset64, size64, offset32, size32;
};

static const struct made_field made_type = { 16, 2, 16, 2 };
static const struct made_field made_machine = { 18, 2, 18, 2 };
static const struct made_field made_version = { 20, 4, 20, 4 };
static const struct made_field made_phoff = { 32, 8, 28, 4 };
MADE_UNUSED static const struct made_field made_shoff = { 40, 8, 32, 4 };
static const struct made_field made_ehsize = { 52, 2, 40, 2 };
static const struct made_field made_phentsize = { 54, 2, 42, 2 };
static const struct made_field made_phnum = { 56, 2, 44, 2 };
MADE_UNUSED static const struct made_field made_shnum = { 60, 2, 48, 2 };
MADE_UNUSED static const struct made_field made_shstrndx = { 62, 2, 50, 2 };

static const struct made_field made_p_type = { 0, 4, 0, 4 };
static const struct made_field made_p_flags = { 4, 4, 24, 4 };
static const struct made_field made_p_offset = { 8, 8, 4, 4 };
static const struct made_field made_p_vaddr = { 16, 8, 8, 4 };
static const struct made_field made_p_filesz = { 32, 8, 16, 4 };
static const struct made_field made_p_memsz = { 40, 8, 20, 4 };
static const struct made_field made_p_align = { 48, 8, 28, 4 };

static void made_set_at(struct made *made, size_t offset, struct made_field field, uint64_t value)
{
	made_put(made, offset + (made->is64 ? field.offset64 : field.offset32),
		 made->is64 ? field.size64 : field.size32, value);
}

/* Sets a field of the ELF header. */
static void made_header_set(struct made *made, struct made_field field, uint64_t value)
{
	made_set_at(made, 0, field, value);
}

/* Sets a field of program header SEGMENT. */
static void made_segment_set(struct made *made, size_t segment, struct made_field field,
			     uint64_t value)
{
	size_t size = made->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);

	made_set_at(made, MADE_SEGMENTS + segment * size, field, value);
}

/* Sets entry INDEX of the dynamic segment. */
static void made_dynamic_put(struct made *made, size_t index, int64_t tag, uint64_t value)
{
	unsigned word = made->is64 ? 8 : 4;

	made_put(made, MADE_DYNAMIC + index * 2 * word, word, (uint64_t)tag);
	made_put(made, MADE_DYNAMIC + (index * 2 + 1) * word, word, value);
}

/* Makes the entry of TAG one of NEW_TAG and VALUE. */
MADE_UNUSED static void made_dynamic_change(struct made *made, int64_t tag, int64_t new_tag,
					    uint64_t value)
{
	unsigned word = made->is64 ? 8 : 4;
	uint64_t mask = made->is64 ? UINT64_MAX : UINT32_MAX;
	size_t index = 0;

	while (bytes_get(made->bytes + MADE_DYNAMIC + index * 2 * word, word, made->big_endian) !=
	       ((uint64_t)tag & mask))
		index++;
	made_dynamic_put(made, index, new_tag, value);
}

static void made_put_segments(struct made *made)
{
	const struct {
		uint32_t type;
		uint64_t offset, size, align;
	} segments[MADE_N_SEGMENTS] = {
		[MADE_SEGMENT_INTERP] = { PT_INTERP, MADE_INTERP, sizeof(MADE_INTERP_NAME), 1 },
		[MADE_SEGMENT_LOAD] = { PT_LOAD, 0, MADE_SIZE, 0x1000 },
		[MADE_SEGMENT_DYNAMIC] = { PT_DYNAMIC, MADE_DYNAMIC, MADE_STRINGS - MADE_DYNAMIC,
					   8 },
		[MADE_SEGMENT_NOTES] = { PT_NOTE, MADE_NOTES, 52, 4 },
		[MADE_SEGMENT_PROPERTIES] = { PT_NOTE, MADE_PROPERTIES, made->is64 ? 48 : 40,
					      made->is64 ? 8 : 4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(segments); i++) {
		made_segment_set(made, i, made_p_type, segments[i].type);
		made_segment_set(made, i, made_p_flags, PF_R);
		made_segment_set(made, i, made_p_offset, segments[i].offset);
		made_segment_set(made, i, made_p_vaddr, MADE_BASE + segments[i].offset);
		made_segment_set(made, i, made_p_filesz, segments[i].size);
		made_segment_set(made, i, made_p_memsz, segments[i].size);
		made_segment_set(made, i, made_p_align, segments[i].align);
	}
}

static void made_put_dynamic(struct made *made)
{
	const struct {
		int64_t tag;
		uint64_t value;
	} entries[] = {
		{ DT_NEEDED, made_string("libone.so.1") },
		{ DT_FILTER, made_string("filter.so") },
		{ DT_NEEDED, made_string("libtwo.so.2") },
		{ DT_AUXILIARY, made_string("auxiliary.so") },
		{ DT_SONAME, made_string("libme.so.3") },
		{ DT_RPATH, made_string("/rpath") },
		{ DT_RUNPATH, made_string("$ORIGIN/runpath") },
		{ DT_AUDIT, made_string("audit.so") },
		{ DT_DEPAUDIT, made_string("depaudit.so") },
		{ DT_FLAGS, DF_ORIGIN },
		{ DT_FLAGS_1, DF_1_NODEFLIB },
		{ DT_STRTAB, MADE_BASE + MADE_STRINGS },
		{ DT_STRSZ, sizeof(made_strings) },
		{ DT_SYMTAB, MADE_BASE + MADE_SYMBOLS },
		{ DT_SYMENT, made->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym) },
		{ DT_HASH, MADE_BASE + MADE_HASH },
		{ DT_GNU_HASH, MADE_BASE + MADE_GNU_HASH },
		{ DT_VERSYM, MADE_BASE + MADE_SYMBOL_VERSIONS },
		{ DT_VERNEED, MADE_BASE + MADE_VERSION_NEEDS },
		{ DT_VERNEEDNUM, 1 },
		{ DT_VERDEF, MADE_BASE + MADE_VERSION_DEFINITIONS },
		{ DT_VERDEFNUM, 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		made_dynamic_put(made, i, entries[i].tag, entries[i].value);
}

static void made_put_symbol(struct made *made, size_t index, const char *name, unsigned info,
			    unsigned section, unsigned version)
{
	size_t at = MADE_SYMBOLS + index * (made->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym));

	made_put(made, at, 4, made_string(name));
	made_put(made, at + (made->is64 ? 4 : 12), 1, info);
	made_put(made, at + (made->is64 ? 6 : 14), 2, section);
	made_put(made, MADE_SYMBOL_VERSIONS + index * 2, 2, version);
}

static void made_put_symbols(struct made *made)
{
	/* DT_HASH: two words that count, a bucket, the chains. */
	static const uint32_t hash[] = { 1, MADE_N_SYMBOLS, 2, 0, 0, 3, 0 };
	/* Two buckets, the first symbol of them; a bloom filter of one word and its shift. */
	static const uint32_t gnu_hash[] = { 2, 2, 1, 6 };
	size_t buckets = MADE_GNU_HASH + sizeof(gnu_hash) + (made->is64 ? 8 : 4);

	made_put_symbol(made, 1, "wanted", STB_GLOBAL << 4 | STT_FUNC, SHN_UNDEF, 2);
	made_put_symbol(made, 2, "given", STB_GLOBAL << 4 | STT_OBJECT, 7, 5);
	made_put_symbol(made, 3, "hidden", STB_WEAK << 4 | STT_FUNC, SHN_ABS, 0x8005);
	for (size_t i = 0; i < ARRAY_SIZE(hash); i++)
		made_put(made, MADE_HASH + i * 4, 4, hash[i]);
	for (size_t i = 0; i < ARRAY_SIZE(gnu_hash); i++)
		made_put(made, MADE_GNU_HASH + i * 4, 4, gnu_hash[i]);
	made_put(made, buckets, 4, 0);
	made_put(made, buckets + 4, 4, 2);
	made_put(made, buckets + 8, 4, 0x1000);
	made_put(made, buckets + 12, 4, 0x2001); /* the low bit ends the chain */
}

/* One version library with two versions, the second of them weak; a base and a version. */
static void made_put_versions(struct made *made)
{
	const struct {
		size_t offset;
		unsigned size;
		uint64_t value;
	} needs[] = {
		{ 0, 2, 1 },  { 2, 2, 2 },	 { 4, 4, made_string("libone.so.1") },
		{ 8, 4, 16 }, { 12, 4, 0 },	 { 16, 4, 0x11111111 },
		{ 20, 2, 0 }, { 22, 2, 2 },	 { 24, 4, made_string("ONE_1") },
		{ 28, 4, 16 }, { 32, 4, 0x22222222 }, { 36, 2, VER_FLG_WEAK },
		{ 38, 2, 0x8003 }, { 40, 4, made_string("ONE_2") }, { 44, 4, 0 },
	}, definitions[] = {
		{ 0, 2, 1 },   { 2, 2, VER_FLG_BASE }, { 4, 2, 1 },
		{ 6, 2, 1 },   { 8, 4, 0x33333333 },   { 12, 4, 20 },
		{ 16, 4, 28 }, { 20, 4, made_string("libme.so.3") }, { 24, 4, 0 },
		{ 28, 2, 1 },  { 30, 2, 0 },	       { 32, 2, 5 },
		{ 34, 2, 1 },  { 36, 4, 0x44444444 },  { 40, 4, 20 },
		{ 44, 4, 0 },  { 48, 4, made_string("ME_1") }, { 52, 4, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
		made_put(made, MADE_VERSION_NEEDS + needs[i].offset, needs[i].size, needs[i].value);
	for (size_t i = 0; i < ARRAY_SIZE(definitions); i++)
		made_put(made, MADE_VERSION_DEFINITIONS + definitions[i].offset,
			 definitions[i].size, definitions[i].value);
}

static void made_put_note(struct made *made, size_t offset, uint32_t type, size_t size)
{
	made_put(made, offset, 4, 4);
	made_put(made, offset + 4, 4, size);
	made_put(made, offset + 8, 4, type);
	memcpy(made->bytes + offset + 12, "GNU", 4);
}

static void made_put_notes(struct made *made)
{
	static const uint32_t abi_tag[] = { 0, 3, 2, 1 };
	size_t padded = made->is64 ? 16 : 12;

	made_put_note(made, MADE_NOTES, NT_GNU_ABI_TAG, sizeof(abi_tag));
	for (size_t i = 0; i < ARRAY_SIZE(abi_tag); i++)
		made_put(made, MADE_NOTES + 16 + i * 4, 4, abi_tag[i]);
	made_put_note(made, MADE_NOTES + 32, NT_GNU_BUILD_ID, 3);
	memcpy(made->bytes + MADE_NOTES + 48, "\1\2\3", 3);
	/* Two properties: X86_FEATURE_1_AND, then X86_ISA_1_NEEDED. */
	made_put_note(made, MADE_PROPERTIES, NT_GNU_PROPERTY_TYPE_0, 2 * padded);
	made_put(made, MADE_PROPERTIES + 16, 4, 0xc0000002);
	made_put(made, MADE_PROPERTIES + 20, 4, 4);
	made_put(made, MADE_PROPERTIES + 24, 4, 3);
	made_put(made, MADE_PROPERTIES + 16 + padded, 4, 0xc0008002);
	made_put(made, MADE_PROPERTIES + 20 + padded, 4, 4);
	made_put(made, MADE_PROPERTIES + 24 + padded, 4, 5);
}

/* The file as it should be. */
static void made_elf(struct made *made, bool is64, bool big_endian)
{
	*made = (struct made){ .is64 = is64, .big_endian = big_endian };
	memcpy(made->bytes, ELFMAG, SELFMAG);
	made->bytes[EI_CLASS] = is64 ? ELFCLASS64 : ELFCLASS32;
	made->bytes[EI_DATA] = big_endian ? ELFDATA2MSB : ELFDATA2LSB;
	made->bytes[EI_VERSION] = EV_CURRENT;
	made_header_set(made, made_type, ET_DYN);
	made_header_set(made, made_machine, EM_X86_64);
	made_header_set(made, made_version, EV_CURRENT);
	made_header_set(made, made_phoff, MADE_SEGMENTS);
	made_header_set(made, made_ehsize, is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr));
	made_header_set(made, made_phentsize, is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr));
	made_header_set(made, made_phnum, MADE_N_SEGMENTS);
	memcpy(made->bytes + MADE_INTERP, MADE_INTERP_NAME, sizeof(MADE_INTERP_NAME));
	memcpy(made->bytes + MADE_STRINGS, made_strings, sizeof(made_strings));
	made_put_segments(made);
	made_put_dynamic(made);
	made_put_symbols(made);
	made_put_versions(made);
	made_put_notes(made);
}

/* SIZE bytes in memory as an open file, which needs no closing. */
MADE_UNUSED static struct root_file made_file(const void *bytes, size_t size)
{
	struct root_file file = { .fd = -1, .content = bytes };

	file.stat.st_size = (off_t)size;
	file.stat.st_mode = S_IFREG | 0644;
	return file;
}

#endif
