/* SPDX-License-Identifier: Apache-2.0 */
#include "elf/object.h"
#include "elf/dynamic.h"
#include "elf/memory.h"
#include "elf/notes.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/*
 * The kernel takes the first PT_INTERP: 2 to PATH_MAX bytes with a NUL at the end
 * (fs/binfmt_elf.c). A bad one is the affair of who starts the file: no loader looks at it in a
 * library.
 */
static int read_interp(struct elf_reader *reader, struct elf_object *object)
{
	for (size_t i = 0; i < reader->n_segments; i++) {
		const GElf_Phdr *segment = &reader->segments[i];
		const void *bytes;
		int r;

		if (segment->p_type != PT_INTERP)
			continue;
		object->interp = "";
		if (!object->unstartable)
			object->unstartable = "the name of its loader is not in the file";
		if (segment->p_filesz < 2 || segment->p_filesz > PATH_MAX)
			return 0;
		r = elf_reader_bytes(reader, &reader->head, segment->p_offset,
				     (size_t)segment->p_filesz, &bytes);
		if (r < 0)
			return r == -ENXIO ? 0 : r;
		if (((const char *)bytes)[segment->p_filesz - 1] != '\0')
			return 0;
		object->unstartable = elf_memory_unstartable(reader);
		object->interp = arena_strdup(reader->arena, bytes);
		return object->interp ? 0 : -ENOMEM;
	}
	return 0;
}

static void set_header(const struct elf_reader *reader, struct elf_object *object)
{
	memcpy(object->ident, reader->ident, sizeof(object->ident));
	object->is64 = reader->is64;
	object->big_endian = reader->big_endian;
	object->type = reader->header.e_type;
	object->machine = reader->header.e_machine;
	object->version = reader->header.e_version;
	object->flags = reader->header.e_flags;
	object->phentsize = reader->header.e_phentsize;
}

static int read_tables(struct elf_reader *reader, struct elf_object *object, const char **problem)
{
	struct elf_tables tables = { 0 };

	TRY_ZERO(elf_dynamic_read(reader, object, &tables, problem));
	TRY_ZERO(elf_versions_read(reader, &tables, object, problem));
	return elf_notes_read(reader, object);
}

static int read_facts(struct elf_reader *reader, struct elf_object *object, const char **problem)
{
	TRY_ZERO(elf_memory_open(reader, problem));
	for (size_t i = 0; i < reader->n_segments; i++)
		object->has_tls |=
			reader->segments[i].p_type == PT_TLS && reader->segments[i].p_memsz > 0;
	object->unloadable = elf_memory_unloadable(reader);
	object->unstartable = elf_memory_unstartable(reader);
	TRY(read_interp(reader, object));
	object->version_needs_form = VER_NEED_CURRENT;
	if (!object->unloadable || (object->interp && *object->interp))
		return read_tables(reader, object, problem);
	/* glibc's loader gets no further than its segments; musl's is not so strict. */
	TRY(read_tables(reader, object, problem));
	object->dynamic = elf_dynamic_is_there(reader);
	return 0;
}

int elf_object_read(struct root_file *file, struct arena *arena, const struct elf_object **out)
{
	struct elf_object *object = arena_alloc(arena, sizeof(*object));
	struct elf_reader reader;
	int r;

	if (!object)
		return -ENOMEM;
	*out = object;
	object->size = (uint64_t)file->stat.st_size;
	r = TRY(elf_reader_open(&reader, file, arena, &object->problem));
	if (r == ELF_READER_FOREIGN) {
		object->state = ELF_OBJECT_FOREIGN;
		return 0;
	}
	set_header(&reader, object);
	if (r != ELF_READER_CORRUPT)
		r = TRY(read_facts(&reader, object, &object->problem));
	if (r == ELF_READER_CORRUPT)
		object->state = ELF_OBJECT_CORRUPT;
	else
		object->problem = NULL;
	return 0;
}

const char *elf_machine_name(const struct elf_object *object)
{
	static const struct {
		uint16_t machine;
		const char *names[4]; /* 32 bit little, 32 big, 64 little, 64 big */
	} machines[] = {
		{ EM_X86_64, { "x32", "x32", "x86_64", "x86_64" } },
		{ EM_386, { "i686", "i686", "i686", "i686" } },
		{ EM_AARCH64, { "aarch64", "aarch64_be", "aarch64", "aarch64_be" } },
		{ EM_ARM, { "armv7l", "armv7b", "armv7l", "armv7b" } },
		{ EM_PPC64, { "ppc64le", "ppc64", "ppc64le", "ppc64" } },
		{ EM_PPC, { "ppcle", "ppc", "ppcle", "ppc" } },
		{ EM_S390, { "s390", "s390", "s390x", "s390x" } },
		{ EM_RISCV, { "riscv32", "riscv32", "riscv64", "riscv64" } },
		{ EM_MIPS, { "mipsel", "mips", "mips64el", "mips64" } },
		{ EM_LOONGARCH, { "loongarch32", "loongarch32", "loongarch64", "loongarch64" } },
		{ EM_SPARCV9, { "sparc64", "sparc64", "sparc64", "sparc64" } },
		{ EM_ALPHA, { "alpha", "alpha", "alpha", "alpha" } },
		{ EM_PARISC, { "hppa", "hppa", "hppa64", "hppa64" } },
		{ EM_68K, { "m68k", "m68k", "m68k", "m68k" } },
		{ EM_SH, { "sh4", "sh4eb", "sh4", "sh4eb" } },
		{ EM_IA_64, { "ia64", "ia64", "ia64", "ia64" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].machine == object->machine)
			return machines[i].names[object->is64 * 2 + object->big_endian];
	return "unknown";
}
