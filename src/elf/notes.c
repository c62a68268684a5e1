/* SPDX-License-Identifier: Apache-2.0 */
#include "elf/notes.h"
#include "base/bytes.h"
#include "base/table.h"

#include <errno.h>
#include <string.h>

enum {
	NOTES_SIZE_MAX = 1 << 20, /* of a file, all its segments together: they may overlap */
	NOTE_HEADER_SIZE = 12,
	NIXOS_RESOLUTION = 0x63a86cb6, /* NT_NIXOS_LD_CACHE of nixpkgs' glibc */
	X86_ISA_1_NEEDED = 0xc0008002, /* GNU_PROPERTY_X86_ISA_1_NEEDED of the x86-64 psABI */
};

/* The notes of one segment: names and descriptions padded to 4 bytes, or to 8 by p_align. */
static int visit_segment(struct elf_reader *reader, const unsigned char *bytes, size_t size,
			 size_t align, elf_note_fn *visit, void *data)
{
	size_t at = 0;

	while (bytes_within(at, NOTE_HEADER_SIZE, size)) {
		size_t name_size = (size_t)elf_reader_number(reader, bytes + at, 4);
		size_t description_size = (size_t)elf_reader_number(reader, bytes + at + 4, 4);
		struct elf_note note = {
			.type = (uint32_t)elf_reader_number(reader, bytes + at + 8, 4),
			.size = description_size,
		};
		size_t name = at + NOTE_HEADER_SIZE;
		size_t description;
		int r;

		if (!bytes_within(name, name_size, size))
			return 0;
		description = (name + name_size + align - 1) / align * align;
		if (!bytes_within(description, description_size, size))
			return 0;
		note.owner = name_size > 0 && bytes[name + name_size - 1] == '\0'
				     ? (const char *)bytes + name
				     : "";
		note.description = bytes + description;
		r = visit(data, &note);
		if (r != 0)
			return r;
		at = (description + description_size + align - 1) / align * align;
	}
	return 0;
}

static int read_segment(struct elf_reader *reader, struct elf_window *window,
			const GElf_Phdr *segment, elf_note_fn *visit, void *data)
{
	const void *bytes;

	TRY_ZERO(elf_reader_bytes(reader, window, segment->p_offset, (size_t)segment->p_filesz,
				  &bytes));
	return visit_segment(reader, bytes, (size_t)segment->p_filesz,
			     segment->p_align == 8 ? 8 : 4, visit, data);
}

int elf_notes_visit(struct elf_reader *reader, elf_note_fn *visit, void *data)
{
	uint64_t room = NOTES_SIZE_MAX;

	for (size_t i = 0; i < reader->n_segments; i++) {
		const GElf_Phdr *segment = &reader->segments[i];
		struct elf_window *window = &reader->records;
		int r;

		if (segment->p_type != PT_NOTE || segment->p_filesz == 0 ||
		    segment->p_filesz > room)
			continue;
		room -= segment->p_filesz;
		/* Notes usually stand at the file's beginning, which has been read already. */
		if (bytes_within(segment->p_offset, segment->p_filesz, reader->head.size))
			window = &reader->head;
		r = read_segment(reader, window, segment, visit, data);
		if (r != 0 && r != -ENXIO)
			return r;
	}
	return 0;
}

struct note_reading {
	const struct elf_reader *reader;
	struct elf_object *object;
	bool has_resolution; /* the first such note counts, be it good or bad */
};

static void read_properties(const struct note_reading *facts, const struct elf_note *note)
{
	size_t align = facts->reader->is64 ? 8 : 4;
	size_t at = 0;

	while (bytes_within(at, 8, note->size)) {
		uint32_t type =
			(uint32_t)elf_reader_number(facts->reader, note->description + at, 4);
		size_t size =
			(size_t)elf_reader_number(facts->reader, note->description + at + 4, 4);

		at += 8;
		if (!bytes_within(at, size, note->size))
			return;
		if (type == X86_ISA_1_NEEDED && size == 4)
			facts->object->x86_isa_needed = (uint32_t)elf_reader_number(
				facts->reader, note->description + at, 4);
		at += (size + align - 1) / align * align;
	}
}

/* Systems whose files have a note of their own, with the system's version in it. */
static const char *find_brand(const char *owner)
{
	static const char *const owners[] = {
		"Android", "FreeBSD", "DragonFly", "NetBSD", "OpenBSD", "QNX",
	};

	for (size_t i = 0; i < ARRAY_SIZE(owners); i++)
		if (strcmp(owner, owners[i]) == 0)
			return owners[i];
	return NULL;
}

/* The loader goes through it without looking at its size: it has to end in two NULs. */
static int read_resolution(struct note_reading *facts, const struct elf_note *note)
{
	struct elf_object *object = facts->object;

	if (facts->has_resolution)
		return 0;
	facts->has_resolution = true;
	if (note->size <= 2 || note->description[note->size - 1] != '\0' ||
	    note->description[note->size - 2] != '\0')
		return 0;
	object->resolution = arena_memdup(facts->reader->arena, note->description, note->size);
	object->resolution_size = note->size;
	return object->resolution ? 0 : -ENOMEM;
}

static int read_fact(void *data, const struct elf_note *note)
{
	struct note_reading *facts = data;
	struct elf_object *object = facts->object;

	if (strcmp(note->owner, ELF_DLOPEN_NOTE_OWNER) == 0 && note->type == ELF_DLOPEN_NOTE_TYPE)
		object->has_dlopen_note = true;
	if (!object->brand)
		object->brand = find_brand(note->owner);
	if (strcmp(note->owner, "NixOS") == 0 && note->type == NIXOS_RESOLUTION)
		return read_resolution(facts, note);
	if (strcmp(note->owner, "GNU") != 0)
		return 0;
	if (note->type == NT_GNU_ABI_TAG && note->size >= sizeof(object->abi_tag)) {
		object->has_abi_tag = true;
		for (unsigned i = 0; i < ARRAY_SIZE(object->abi_tag); i++)
			object->abi_tag[i] = (uint32_t)elf_reader_number(
				facts->reader, note->description + (size_t)i * 4, 4);
	}
	if (note->type == NT_GNU_PROPERTY_TYPE_0 &&
	    (object->machine == EM_X86_64 || object->machine == EM_386))
		read_properties(facts, note);
	return 0;
}

int elf_notes_read(struct elf_reader *reader, struct elf_object *object)
{
	struct note_reading facts = { .reader = reader, .object = object };

	return elf_notes_visit(reader, read_fact, &facts);
}

struct collected {
	struct arena *arena;
	TABLE(struct elf_note) notes;
};

static int collect(void *data, const struct elf_note *note)
{
	struct collected *collected = data;
	struct elf_note *copy = TABLE_ADD(collected->arena, &collected->notes);

	if (!copy)
		return -ENOMEM;
	copy->type = note->type;
	copy->size = note->size;
	copy->owner = arena_strdup(collected->arena, note->owner);
	copy->description = arena_memdup(collected->arena, note->description, note->size);
	return copy->owner && copy->description ? 0 : -ENOMEM;
}

int elf_object_notes(struct root_file *file, struct arena *arena, const struct elf_note **out,
		     size_t *count)
{
	struct collected collected = { .arena = arena };
	struct elf_reader reader;
	const char *problem;
	int r;

	*out = NULL;
	*count = 0;
	r = elf_reader_open(&reader, file, arena, &problem);
	if (r != 0)
		return r < 0 ? r : 0;
	r = elf_notes_visit(&reader, collect, &collected);
	*out = collected.notes.items;
	*count = collected.notes.count;
	return r;
}
