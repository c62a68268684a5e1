/* SPDX-License-Identifier: Apache-2.0 */
#include "elf/memory.h"
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/error.h"

#include <errno.h>
#include <string.h>

enum {
	/* The smallest page of the machines with a glibc; a file made for larger ones fits it. */
	PAGE_SIZE = 4096,
	/* A process may have 65,530 mappings (vm.max_map_count), and no program a hundred. */
	LOADS_MAX = 4096,
};

static uint64_t page_start(uint64_t address)
{
	return address & ~(uint64_t)(PAGE_SIZE - 1);
}

static uint64_t page_end(uint64_t address)
{
	return page_start(address + PAGE_SIZE - 1);
}

/*
 * Of LOAD, what _dl_map_object_from_fd calls a load command. The kernel, which maps a program,
 * writes zeros to the end of the page; the loader, no more than there have to be.
 */
static struct elf_load load_of(const GElf_Phdr *segment, bool by_kernel)
{
	struct elf_load load = {
		.start = page_start(segment->p_vaddr),
		.file_end = page_end(segment->p_vaddr + segment->p_filesz),
		.zeros = segment->p_vaddr + segment->p_filesz,
		.zeros_end = segment->p_vaddr + segment->p_memsz,
		.memory_end = segment->p_vaddr + segment->p_memsz,
		.offset = page_start(segment->p_offset),
	};

	if (load.zeros_end <= load.zeros)
		load.zeros_end = load.zeros;
	else if (load.zeros_end > load.file_end || by_kernel)
		load.zeros_end = page_end(load.zeros_end);
	return load;
}

int elf_memory_open(struct elf_reader *reader, const char **problem)
{
	bool is_program = false;
	size_t count = 0;

	for (size_t i = 0; i < reader->n_segments; i++) {
		count += reader->segments[i].p_type == PT_LOAD;
		is_program |= reader->segments[i].p_type == PT_INTERP;
	}
	*problem = "has more segments than a process can map";
	if (count > LOADS_MAX)
		return ELF_READER_CORRUPT;
	reader->loads = arena_array(reader->arena, count + 1, sizeof(*reader->loads));
	if (!reader->loads)
		return -ENOMEM;
	for (size_t i = 0; i < reader->n_segments; i++)
		if (reader->segments[i].p_type == PT_LOAD)
			reader->loads[reader->n_loads++] =
				load_of(&reader->segments[i], is_program);
	return 0;
}

static const char misaligned[] = "ELF load command address/offset not page-aligned";

static const char unmapped[] = "failed to map segment from shared object";

static bool are_aligned(const struct elf_reader *reader)
{
	for (size_t i = 0; i < reader->n_segments; i++) {
		const GElf_Phdr *segment = &reader->segments[i];

		if (segment->p_type == PT_LOAD &&
		    (segment->p_vaddr - segment->p_offset) % PAGE_SIZE != 0)
			return false;
	}
	return true;
}

/* How much room a process has: for one mapping, and above the place where one is put. */
static uint64_t room_in_process(const struct elf_reader *reader)
{
	return reader->is64 ? (uint64_t)1 << 47 : UINT32_MAX / 4 * 3;
}

static uint64_t room_above(const struct elf_reader *reader)
{
	/* Mappings are put below the stack at random, in 2^28 pages (arch/x86/mm/mmap.c). */
	return reader->is64 ? (uint64_t)1 << 40 : (uint64_t)1 << 27;
}

/* The largest alignment of all; those that are no power of two count for nothing. */
static uint64_t largest_alignment(const struct elf_reader *reader)
{
	uint64_t largest = PAGE_SIZE;

	for (size_t i = 0; i < reader->n_segments; i++) {
		const GElf_Phdr *segment = &reader->segments[i];
		uint64_t align = segment->p_type == PT_LOAD ? segment->p_align : 0;

		if ((align & (align - 1)) == 0 && align > largest)
			largest = align;
	}
	return largest;
}

/* Whether one mapping can hold LENGTH bytes at an address that is so aligned. */
static bool has_room(const struct elf_reader *reader, uint64_t length)
{
	const uint64_t align = largest_alignment(reader);
	const uint64_t most = room_in_process(reader);

	if (length == 0 || length > most || align >= most)
		return false;
	return align <= PAGE_SIZE || (length >= align ? length + align : 2 * align) < most;
}

/*
 * Room is made for what lies from the first to the last segment, whatever is between. Each is then
 * put at its distance from the first, even where that is outside of the room.
 */
static const char *find_misplaced(const struct elf_reader *reader, uint64_t length)
{
	const uint64_t first = reader->loads[0].start;
	const uint64_t above = length > room_above(reader) ? length : room_above(reader);
	const uint64_t below = room_in_process(reader) - room_above(reader);

	for (size_t i = 0; i < reader->n_loads; i++) {
		const struct elf_load *load = &reader->loads[i];
		bool is_below = load->start < first;

		if (load->file_end < load->start || load->offset > INT64_MAX ||
		    (is_below ? first - load->start > below : load->file_end - first > above))
			return unmapped;
		if (load->zeros_end > load->file_end && load->zeros_end > first &&
		    load->zeros_end - first > above)
			return "cannot map zero-fill pages";
	}
	return NULL;
}

const char *elf_memory_unloadable(const struct elf_reader *reader)
{
	const struct elf_load *first = reader->loads;
	const struct elf_load *last;
	bool has_holes = false;
	const char *misplaced;
	uint64_t length;

	if (!are_aligned(reader))
		return misaligned;
	if (reader->n_loads == 0)
		return "object file has no loadable segments";
	last = &reader->loads[reader->n_loads - 1];
	for (size_t i = 1; i < reader->n_loads; i++)
		has_holes |= first[i - 1].file_end != first[i].start;
	length = last->memory_end - first->start;
	if (!has_room(reader, length))
		return unmapped;
	misplaced = find_misplaced(reader, length);
	if (misplaced)
		return misplaced;
	return has_holes && last->start < first->file_end ? misaligned : NULL;
}

/* Whether the code is left out of the file, as "objcopy --only-keep-debug" does. */
static bool lacks_code(const struct elf_reader *reader)
{
	for (size_t i = 0; i < reader->n_segments; i++) {
		const GElf_Phdr *segment = &reader->segments[i];

		if (segment->p_type == PT_LOAD && segment->p_flags & PF_X)
			return segment->p_filesz == 0 && segment->p_memsz > 0;
	}
	return false;
}

const char *elf_memory_unstartable(const struct elf_reader *reader)
{
	const uint64_t address_max = reader->is64 ? (uint64_t)1 << 56 : UINT32_MAX;

	if (!are_aligned(reader))
		return misaligned;
	if (reader->n_loads == 0)
		return "has no loadable segments";
	if (lacks_code(reader))
		return "is a file of debug information: its code is in another file";
	for (size_t i = 0; i < reader->n_segments; i++) {
		const GElf_Phdr *segment = &reader->segments[i];

		if (segment->p_type != PT_LOAD)
			continue;
		if (segment->p_filesz > segment->p_memsz)
			return "a segment is larger in the file than in memory: the kernel refuses "
			       "it";
		if (segment->p_memsz > address_max ||
		    segment->p_vaddr > address_max - segment->p_memsz)
			return "a segment is beyond all memory: the kernel refuses it";
	}
	return NULL;
}

/* Sets PIECE to what LOAD has at ADDRESS. False: nothing. */
static bool look_into(const struct elf_reader *reader, const struct elf_load *load,
		      uint64_t address, struct elf_piece *piece)
{
	uint64_t end = load->file_end;
	uint64_t offset = load->offset + (address - load->start);

	*piece = (struct elf_piece){ .address = address };
	if (address < load->start)
		return false;
	if (address >= load->zeros && address < load->zeros_end) {
		piece->zeros = true;
		piece->room = load->zeros_end - address;
		return true;
	}
	if (address >= end)
		return false;
	if (address < load->zeros && load->zeros_end > load->zeros)
		end = load->zeros;
	piece->offset = offset;
	piece->room = end - address;
	if (offset >= reader->size) {
		/* Behind the file's end its last page has zeros; there are no further pages. */
		piece->zeros = offset < page_end(reader->size);
		end = load->start + (page_end(reader->size) - load->offset);
		if (piece->zeros && piece->room > end - address)
			piece->room = end - address;
		return piece->zeros;
	}
	if (piece->room > reader->size - offset)
		piece->room = reader->size - offset;
	return true;
}

/* The bytes at ADDRESS, up to the end of their piece; -ENXIO: there are none. */
static int find_piece(struct elf_reader *reader, uint64_t address, struct elf_piece *out)
{
	struct elf_piece *last = &reader->piece;
	uint64_t end = UINT64_MAX;

	if (!reader->is64)
		address &= UINT32_MAX; /* as the process counts */
	if (address - last->address >= last->room) {
		size_t i = reader->n_loads;

		while (i-- > 0) {
			const struct elf_load *load = &reader->loads[i];

			if (look_into(reader, load, address, last))
				break;
			last->room = 0;
			/* A later segment covers the earlier ones from where it begins. */
			if (load->start > address && load->start < end)
				end = load->start;
		}
		if (last->room > end - address)
			last->room = end - address;
		if (last->room == 0)
			return -ENXIO;
	}
	*out = *last;
	out->offset += address - last->address;
	out->room -= address - last->address;
	out->address = address;
	return 0;
}

uint64_t elf_memory_room(struct elf_reader *reader, uint64_t address, uint64_t size)
{
	struct elf_piece piece;
	uint64_t room = 0;

	while (room < size && find_piece(reader, address + room, &piece) == 0)
		room += piece.room < size - room ? piece.room : size - room;
	return room;
}

int elf_memory_copy(struct elf_reader *reader, uint64_t address, size_t size, void *to)
{
	unsigned char *at = to;

	while (size > 0) {
		struct elf_piece piece;
		size_t n;

		TRY(find_piece(reader, address, &piece));
		n = piece.room < size ? (size_t)piece.room : size;
		if (piece.zeros)
			memset(at, 0, n);
		else
			TRY(elf_reader_copy(reader, piece.offset, n, at));
		at += n;
		address += n;
		size -= n;
	}
	return 0;
}

int elf_memory_bytes(struct elf_reader *reader, struct elf_window *window, uint64_t address,
		     size_t size, const void **bytes)
{
	struct elf_piece piece;
	void *copy;

	TRY(find_piece(reader, address, &piece));
	if (!piece.zeros && size <= piece.room)
		return elf_reader_bytes(reader, window, piece.offset, size, bytes);
	if (elf_memory_room(reader, address, size) < size)
		return -ENXIO;
	TRY(elf_reader_allot(reader, size, &copy));
	*bytes = copy;
	return elf_memory_copy(reader, address, size, copy);
}

static int keep_string(struct elf_reader *reader, const char *bytes, size_t length,
		       const char **out)
{
	char *copy;
	void *room;

	TRY(elf_reader_allot(reader, length + 1, &room));
	copy = room;
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	*out = copy;
	return 0;
}

int elf_memory_string(struct elf_reader *reader, uint64_t address, const char **out)
{
	CLEANUP(buffer) struct buffer joined = { 0 };

	while (joined.size <= ELF_STRING_MAX) {
		struct elf_piece piece;
		const char *nul = NULL;
		const char *bytes = "";
		size_t length = 0;

		TRY(find_piece(reader, address, &piece));
		if (!piece.zeros) {
			TRY(elf_reader_some(reader, &reader->strings, piece.offset, piece.room,
					    &bytes, &length));
			nul = memchr(bytes, '\0', length);
			length = nul ? (size_t)(nul - bytes) : length;
		}
		if (joined.size == 0 && (nul || piece.zeros))
			return keep_string(reader, bytes, length, out);
		buffer_add(&joined, bytes, length);
		TRY(buffer_error(&joined));
		if (nul || piece.zeros)
			return keep_string(reader, joined.bytes, joined.size, out);
		address += length;
	}
	return -ENXIO;
}
