/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading pieces of an ELF file: its header and program headers, translated by libelf,
 * and bytes by file offset or by virtual address. Every piece is compared with the file
 * before it is read; small ones come out of a window, so that names that stand together
 * cost one system call.
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
	/* Of one file in all: its records may name the same bytes over and over. */
	ELF_COPIED_MAX = 32 * 1024 * 1024,
};

/* The piece of the file that was read last. */
struct elf_window {
	uint64_t offset;
	size_t size;
	char bytes[ELF_WINDOW_SIZE];
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
	struct elf_window head;	   /* the file's beginning */
	struct elf_window strings; /* two places that are read in turn */
	struct elf_window records;
};

/* What elf_reader_open says of a file. */
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
 * The file offset of virtual ADDRESS, by the PT_LOAD segments, and how many bytes of the
 * file follow it there. False where no segment has it in the file.
 */
bool elf_reader_offset(const struct elf_reader *reader, uint64_t address, uint64_t *offset,
		       uint64_t *room);

/*
 * The NUL-terminated string at OFFSET, not reaching beyond END (both file offsets), as a
 * copy in the arena. Returns 0, -ENXIO where it is not there or has no end, -errno.
 */
int elf_reader_string(struct elf_reader *reader, uint64_t offset, uint64_t end, const char **out);

/* A number of SIZE bytes at BYTES in the file's byte order. */
uint64_t elf_reader_number(const struct elf_reader *reader, const void *bytes, unsigned size);

#endif
