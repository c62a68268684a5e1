/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ELF file as its process sees it: by address, through the PT_LOAD segments as they are mapped
 * (elf/dl-map-segments.h; fs/binfmt_elf.c). Whole pages of the file are mapped, so what stands
 * around a segment in its first and last page is there too; zeros follow where p_memsz is larger
 * than p_filesz; of segments that share a page the last one counts; a table may lie across two
 * segments. Tables of the dynamic segment are read by this alone, for the loader has no other way.
 */
#ifndef MKROOTFS_ELF_MEMORY_H
#define MKROOTFS_ELF_MEMORY_H

#include "elf/reader.h"

/*
 * Looks through the PT_LOAD segments. Returns 0; ELF_READER_CORRUPT with *PROBLEM set for what can
 * be mapped by no loader; -ENOMEM. The calls below want it done.
 */
int elf_memory_open(struct elf_reader *reader, const char **problem);

/*
 * Why glibc's loader does not map the segments, in its words, or NULL (elf/dl-load.c:
 * _dl_map_object_from_fd).
 */
const char *elf_memory_unloadable(const struct elf_reader *reader);

/* Why the kernel does not map them as a program's, or NULL (fs/binfmt_elf.c). */
const char *elf_memory_unstartable(const struct elf_reader *reader);

/* How many of the SIZE bytes at ADDRESS are there, up to the first that is not. */
uint64_t elf_memory_room(struct elf_reader *reader, uint64_t address, uint64_t size);

/*
 * SIZE bytes at ADDRESS, out of WINDOW or a copy in the arena. Valid until WINDOW is read again.
 * Returns 0; -ENXIO where they are not all there, or more than ELF_COPIED_MAX was copied; -errno.
 */
int elf_memory_bytes(struct elf_reader *reader, struct elf_window *window, uint64_t address,
		     size_t size, const void **bytes);

/* Copies SIZE bytes at ADDRESS to TO. Returns 0; -ENXIO where they are not all there; -errno. */
int elf_memory_copy(struct elf_reader *reader, uint64_t address, size_t size, void *to);

/*
 * The NUL-terminated string at ADDRESS, as a copy in the arena. Returns 0; -ENXIO where it is not
 * there, has no end or is longer than ELF_STRING_MAX; -errno.
 */
int elf_memory_string(struct elf_reader *reader, uint64_t address, const char **out);

#endif
