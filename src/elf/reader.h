/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading pieces of an ELF file: its header and program headers, and bytes by file offset
 * (elf/memory.h reads by address). Every piece is compared with the file before it is read; small
 * ones come out of a window, so that names that stand together cost one system call.
 *
 * What libelf is asked for: to translate the header and the program headers, of either class and
 * byte order, and their types (GElf_Ehdr, GElf_Phdr). What it is not asked for, for its answers go
 * by section headers, which may be stripped or lie, or by one offset in the file, where the loader
 * goes by addresses:
 *   gelf_getdyn, gelf_getsym  want the section of the table: elf/dynamic.c, elf/symbols.c
 *   elf_strptr                wants the section of the strings: elf/memory.c (elf_memory_string)
 *   gelf_getverneed, ..verdef follow sections and their counts: elf/versions.c
 *   gelf_offscn, getdata_rawchunk  one offset for one address: a table may lie across segments
 *   elf_getphdrnum            looks at section 0 for PN_XNUM, which neither kernel nor loader do
 *   gelf_getnote              reads a segment's bytes as it stands in the file: done here, so that
 *                             the same bounds hold for all: elf/notes.c
 */
#ifndef MKROOTFS_ELF_READER_H
#define MKROOTFS_ELF_READER_H

#include "base/arena.h"
#include "root/root.h"

#include <gelf.h>
#include <stdint.h>

enum {
	ELF_WINDOW_SIZE = 8192,
	ELF_STRING_MAX = 64 * 1024, /* longer names are no names */
	/* The limit for all strings of one file: its records may name the same bytes again and
	   again. */
	ELF_COPIED_MAX = 32 * 1024 * 1024,
};

/* The piece of the file that was read last. */
struct elf_window {
	uint64_t offset;
	size_t size;
	char bytes[ELF_WINDOW_SIZE];
};

/* A PT_LOAD segment as it is mapped: addresses, of whole pages but for ZEROS. */
struct elf_load {
	uint64_t start, file_end;  /* pages of the file */
	uint64_t zeros, zeros_end; /* laid over them and behind them; equal: none */
	uint64_t memory_end;	   /* p_vaddr + p_memsz */
	uint64_t offset;	   /* of START in the file */
};

/* What stands at an address: ROOM bytes of the file from OFFSET on, or zeros. */
struct elf_piece {
	uint64_t address;
	uint64_t offset;
	uint64_t room;
	bool zeros;
};

struct elf_reader {
	struct root_file *file;
	struct arena *arena; /* of what is read to stay */
	uint64_t size;	     /* of the file in bytes */
	size_t copied;	     /* bytes of the file that were copied into the arena */
	unsigned char ident[EI_NIDENT];
	bool is64;
	bool big_endian;
	GElf_Ehdr header;
	GElf_Phdr *segments;
	size_t n_segments;
	struct elf_load *loads; /* of elf/memory.c, as PIECE, which was found last */
	size_t n_loads;
	struct elf_piece piece;
	struct elf_window head;	   /* the file's beginning */
	struct elf_window strings; /* two places that are read in turn */
	struct elf_window records;
};

/* Outcomes of elf_reader_open. */
enum {
	ELF_READER_FOREIGN = 1, /* *PROBLEM tells; no field but SIZE is set */
	ELF_READER_CORRUPT = 2, /* the header is set, the program headers are not */
};

/*
 * Reads the header and the program headers of FILE. Returns 0, a positive outcome from
 * above with *PROBLEM set, or -errno. READER's SEGMENTS belong to ARENA.
 */
int elf_reader_open(struct elf_reader *reader, struct root_file *file, struct arena *arena,
		    const char **problem);

/*
 * SIZE bytes at OFFSET, out of WINDOW or a fresh copy in the arena where they do not fit it.
 * Valid until WINDOW is read again. Returns 0, -ENXIO where they are not in the file or more
 * than ELF_COPIED_MAX was asked for, -errno.
 */
int elf_reader_bytes(struct elf_reader *reader, struct elf_window *window, uint64_t offset,
		     size_t size, const void **bytes);

/*
 * At least one byte at OFFSET, at most ROOM, as many as WINDOW can have at once: *BYTES and *SIZE.
 * Valid and errors as above.
 */
int elf_reader_some(struct elf_reader *reader, struct elf_window *window, uint64_t offset,
		    uint64_t room, const char **bytes, size_t *size);

/* Reads SIZE bytes at OFFSET to TO. Returns 0, -ENXIO where they are not in the file, -errno. */
int elf_reader_copy(struct elf_reader *reader, uint64_t offset, size_t size, void *to);

/* SIZE bytes of the arena. Returns 0; -ENXIO beyond ELF_COPIED_MAX for one file; -ENOMEM. */
int elf_reader_allot(struct elf_reader *reader, size_t size, void **out);

/* A number of SIZE bytes at BYTES in the file's byte order. */
uint64_t elf_reader_number(const struct elf_reader *reader, const void *bytes, unsigned size);

#endif
