/* SPDX-License-Identifier: Apache-2.0 */
/* Read-only data, a window at a time: that of a browser or a compiler's library is hundreds of MiB.
 */
#include "base/bytes.h"
#include "base/error.h"
#include "elf/object.h"
#include "elf/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	WINDOW_SIZE = 8 << 20,
	/* The part of a window that is searched for a place between two texts. */
	TAIL_SIZE = 64 << 10,
	BETWEEN_SIZE = 8,
};

/* The limit for one file: a sparse one may claim any size. */
static const uint64_t size_max = (uint64_t)1 << 30;

/*
 * Whether SEGMENT has read-only data. Older linkers put it into the segment of the code: that one
 * counts where there is no other.
 */
static bool is_read_only_data(const struct elf_reader *reader, const GElf_Phdr *segment)
{
	if (segment->p_type != PT_LOAD || segment->p_flags & PF_W || segment->p_filesz == 0)
		return false;
	if (!(segment->p_flags & PF_X))
		return true;
	for (size_t i = 0; i < reader->n_segments; i++)
		if (reader->segments[i].p_type == PT_LOAD && reader->segments[i].p_filesz > 0 &&
		    !(reader->segments[i].p_flags & (PF_W | PF_X)))
			return false;
	return true;
}

/* The end of the last WIDTH or more NULs in SIZE bytes, or 0. */
static size_t last_nuls(const unsigned char *bytes, size_t size, size_t width)
{
	for (size_t run = 0, end = size, at = size; at > 0; at--) {
		if (bytes[at - 1])
			run = 0, end = at - 1;
		else if (++run == width)
			return end;
	}
	return 0;
}

/*
 * How many of the SIZE bytes of a window, which others follow, are whole texts. One NUL ends a
 * narrow one; that of UTF-32 has up to seven at its end, and three at its beginning. 0 where
 * nothing ends.
 */
static size_t whole_texts(const unsigned char *bytes, size_t size)
{
	size_t before = size > TAIL_SIZE ? size - TAIL_SIZE : 0;
	size_t end = last_nuls(bytes + before, size - before, (size_t)2 * BETWEEN_SIZE);

	if (end > 0)
		return before + end - BETWEEN_SIZE;
	end = last_nuls(bytes + before, size - before, 1);
	return end > 0 ? before + end : 0;
}

/* Texts without an end of their own are seen whole in one window or in the next. */
static int visit_windows(struct root_file *file, const GElf_Phdr *segment, unsigned char *window,
			 elf_segment_fn *visit, void *data)
{
	for (uint64_t at = 0; at < segment->p_filesz;) {
		uint64_t left = segment->p_filesz - at;
		size_t size = left < WINDOW_SIZE ? (size_t)left : WINDOW_SIZE;
		ssize_t n = root_file_pread(file, window, size, (off_t)(segment->p_offset + at));
		size_t whole;
		int r;

		if (n <= 0)
			return (int)n;
		whole = (size_t)n < left ? whole_texts(window, (size_t)n) : (size_t)n;
		r = visit(data, window, whole > 0 ? whole : (size_t)n, segment->p_vaddr + at);
		if (r != 0 || (size_t)n < size)
			return r;
		at += whole > 0 ? whole : size - TAIL_SIZE / 2;
	}
	return 0;
}

int elf_object_read_only_data(struct root_file *file, elf_segment_fn *visit, void *data)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(free) unsigned char *window = NULL;
	uint64_t room = size_max;
	struct elf_reader reader;
	const char *problem;
	size_t longest = 0;
	int r;

	if (!arena)
		return -ENOMEM;
	r = elf_reader_open(&reader, file, arena, &problem);
	if (r != 0)
		return r < 0 ? r : 0;
	for (size_t i = 0; i < reader.n_segments; i++) {
		const GElf_Phdr *segment = &reader.segments[i];

		if (!is_read_only_data(&reader, segment) || segment->p_filesz > room ||
		    !bytes_within(segment->p_offset, segment->p_filesz, reader.size))
			continue;
		room -= segment->p_filesz;
		if (segment->p_filesz > longest) {
			longest = (size_t)segment->p_filesz;
			free(window);
			window = malloc(longest < WINDOW_SIZE ? longest : WINDOW_SIZE);
		}
		if (!window)
			return -ENOMEM;
		r = visit_windows(file, segment, window, visit, data);
		if (r != 0)
			return r;
	}
	return 0;
}
