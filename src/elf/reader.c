/* SPDX-License-Identifier: Apache-2.0 */
#include "elf/reader.h"
#include "base/bytes.h"
#include "base/error.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

uint64_t elf_reader_number(const struct elf_reader *reader, const void *bytes, unsigned size)
{
	return bytes_get(bytes, size, reader->big_endian);
}

int elf_reader_allot(struct elf_reader *reader, size_t size, void **out)
{
	assert(reader->copied <= ELF_COPIED_MAX);
	if (size > ELF_COPIED_MAX - reader->copied)
		return -ENXIO;
	*out = arena_alloc(reader->arena, size);
	if (!*out)
		return -ENOMEM;
	reader->copied += size;
	return 0;
}

int elf_reader_copy(struct elf_reader *reader, uint64_t offset, size_t size, void *to)
{
	ssize_t n;

	if (!bytes_within(offset, size, reader->size))
		return -ENXIO;
	n = root_file_pread(reader->file, to, size, (off_t)offset);
	return n < 0 ? (int)n : (size_t)n < size ? -ENXIO : 0;
}

int elf_reader_bytes(struct elf_reader *reader, struct elf_window *window, uint64_t offset,
		     size_t size, const void **bytes)
{
	void *copy;
	ssize_t n;

	assert(window->size <= sizeof(window->bytes));
	if (!bytes_within(offset, size, reader->size))
		return -ENXIO;
	if (offset >= window->offset && bytes_within(offset - window->offset, size, window->size)) {
		*bytes = window->bytes + (offset - window->offset);
		return 0;
	}
	if (size > sizeof(window->bytes)) {
		TRY(elf_reader_allot(reader, size, &copy));
		*bytes = copy;
		return elf_reader_copy(reader, offset, size, copy);
	}
	n = root_file_pread(reader->file, window->bytes, sizeof(window->bytes), (off_t)offset);
	window->offset = offset;
	window->size = n < 0 ? 0 : (size_t)n;
	*bytes = window->bytes;
	return n < 0 ? (int)n : (size_t)n < size ? -ENXIO : 0;
}

int elf_reader_some(struct elf_reader *reader, struct elf_window *window, uint64_t offset,
		    uint64_t room, const char **bytes, size_t *size)
{
	const void *first;

	assert(room > 0);
	TRY(elf_reader_bytes(reader, window, offset, 1, &first));
	*bytes = first;
	*size = window->size - (size_t)(offset - window->offset);
	if (*size > room)
		*size = (size_t)room;
	return 0;
}

/* Translates COUNT records of TYPE, FROM bytes in the file's form, into the machine's own. */
static bool translate(const struct elf_reader *reader, Elf_Type type, const void *from,
		      size_t from_size, void *to, size_t to_size)
{
	Elf_Data source = {
		.d_buf = (void *)(uintptr_t)from,
		.d_type = type,
		.d_version = EV_CURRENT,
		.d_size = from_size,
	};
	Elf_Data target = {
		.d_buf = to,
		.d_type = type,
		.d_version = EV_CURRENT,
		.d_size = to_size,
	};
	unsigned encoding = reader->big_endian ? ELFDATA2MSB : ELFDATA2LSB;

	return reader->is64 ? elf64_xlatetom(&target, &source, encoding) != NULL
			    : elf32_xlatetom(&target, &source, encoding) != NULL;
}

static bool translate_header(struct elf_reader *reader)
{
	GElf_Ehdr *header = &reader->header;
	Elf32_Ehdr narrow;

	if (reader->is64)
		return translate(reader, ELF_T_EHDR, reader->head.bytes, sizeof(*header), header,
				 sizeof(*header));
	if (!translate(reader, ELF_T_EHDR, reader->head.bytes, sizeof(narrow), &narrow,
		       sizeof(narrow)))
		return false;
	*header = (GElf_Ehdr){
		.e_type = narrow.e_type,
		.e_machine = narrow.e_machine,
		.e_version = narrow.e_version,
		.e_entry = narrow.e_entry,
		.e_phoff = narrow.e_phoff,
		.e_flags = narrow.e_flags,
		.e_ehsize = narrow.e_ehsize,
		.e_phentsize = narrow.e_phentsize,
		.e_phnum = narrow.e_phnum,
	};
	memcpy(header->e_ident, narrow.e_ident, sizeof(header->e_ident));
	return true;
}

static void widen(const Elf32_Phdr *narrow, GElf_Phdr *wide)
{
	*wide = (GElf_Phdr){
		.p_type = narrow->p_type,
		.p_flags = narrow->p_flags,
		.p_offset = narrow->p_offset,
		.p_vaddr = narrow->p_vaddr,
		.p_filesz = narrow->p_filesz,
		.p_memsz = narrow->p_memsz,
		.p_align = narrow->p_align,
	};
}

/*
 * As many as e_phnum says: neither the kernel nor glibc's loader looks for the larger
 * number that PN_XNUM stands for.
 */
static int read_segments(struct elf_reader *reader)
{
	size_t size = reader->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	size_t count = reader->header.e_phnum;
	const void *bytes;
	Elf32_Phdr *narrow;

	TRY(elf_reader_bytes(reader, &reader->head, reader->header.e_phoff, count * size, &bytes));
	reader->segments = arena_array(reader->arena, count + 1, sizeof(*reader->segments));
	if (!reader->segments)
		return -ENOMEM;
	if (reader->is64) {
		if (count && !translate(reader, ELF_T_PHDR, bytes, count * size, reader->segments,
					count * sizeof(*reader->segments)))
			return -ENXIO;
		reader->n_segments = count;
		return 0;
	}
	narrow = arena_array(reader->arena, count + 1, sizeof(*narrow));
	if (!narrow)
		return -ENOMEM;
	if (count &&
	    !translate(reader, ELF_T_PHDR, bytes, count * size, narrow, count * sizeof(*narrow)))
		return -ENXIO;
	for (size_t i = 0; i < count; i++)
		widen(&narrow[i], &reader->segments[i]);
	reader->n_segments = count;
	return 0;
}

static int read_header(struct elf_reader *reader, const char **problem)
{
	const void *bytes;
	size_t header_size;
	bool has_magic;
	int r;

	*problem = "file too short";
	r = elf_reader_bytes(reader, &reader->head, 0, EI_NIDENT, &bytes);
	if (r < 0)
		return r == -ENXIO ? ELF_READER_FOREIGN : r;
	memcpy(reader->ident, bytes, EI_NIDENT);
	reader->is64 = reader->ident[EI_CLASS] == ELFCLASS64;
	reader->big_endian = reader->ident[EI_DATA] == ELFDATA2MSB;
	has_magic = memcmp(reader->ident, ELFMAG, SELFMAG) == 0;
	/* A file without the magic has no class: ask for the larger header, as most loaders do. */
	header_size = reader->is64 || !has_magic ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	if (reader->head.size < header_size)
		return ELF_READER_FOREIGN;
	*problem = "invalid ELF header";
	if (!has_magic || !translate_header(reader))
		return ELF_READER_FOREIGN;
	if (reader->ident[EI_CLASS] != ELFCLASS32 && reader->ident[EI_CLASS] != ELFCLASS64)
		return ELF_READER_CORRUPT;
	*problem = "ELF file data encoding not little-endian";
	if (reader->ident[EI_DATA] != ELFDATA2LSB && reader->ident[EI_DATA] != ELFDATA2MSB)
		return ELF_READER_CORRUPT;
	return 0;
}

int elf_reader_open(struct elf_reader *reader, struct root_file *file, struct arena *arena,
		    const char **problem)
{
	int r;

	memset(reader, 0, offsetof(struct elf_reader, head));
	reader->head.offset = reader->strings.offset = reader->records.offset = 0;
	reader->head.size = reader->strings.size = reader->records.size = 0;
	reader->file = file;
	reader->arena = arena;
	reader->size = (uint64_t)file->stat.st_size;
	/* libelf translates nothing before this call; it fails for unknown versions only. */
	elf_version(EV_CURRENT);
	r = read_header(reader, problem);
	if (r != 0)
		return r;
	*problem = "ELF file's phentsize not the expected size";
	if (reader->header.e_phnum > 0 &&
	    reader->header.e_phentsize != (reader->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)))
		return ELF_READER_CORRUPT;
	*problem = "cannot read file data";
	r = read_segments(reader);
	return r == -ENXIO ? ELF_READER_CORRUPT : r;
}
