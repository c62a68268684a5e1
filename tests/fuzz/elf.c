/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an ELF file: all that is read of one. */
#include "fuzz.h"

#include "../made_elf.h"
#include "elf/attributes.h"
#include "elf/object.h"

static void check_strings(const struct elf_object *object, size_t size)
{
	const char *const strings[] = {
		object->interp,	 object->soname, object->rpath,
		object->runpath, object->audit,	 object->depaudit,
	};

	for (size_t i = 0; i < ARRAY_SIZE(strings); i++)
		FUZZ_CHECK(!strings[i] || strlen(strings[i]) < size);
	for (size_t i = 0; i < object->n_dependencies; i++)
		FUZZ_CHECK(strlen(object->dependencies[i].name) < size);
	for (size_t i = 0; i < object->n_version_needs; i++)
		FUZZ_CHECK(strlen(object->version_needs[i].file) < size &&
			   strlen(object->version_needs[i].name) < size);
	for (size_t i = 0; i < object->n_version_definitions; i++)
		FUZZ_CHECK(strlen(object->version_definitions[i].name) < size);
}

static void check_object(struct root_file *file, struct arena *arena, size_t size)
{
	const struct elf_object *object;

	FUZZ_CHECK(elf_object_read(file, arena, &object) == 0);
	FUZZ_CHECK((object->state == ELF_OBJECT_VALID) == (object->problem == NULL));
	FUZZ_CHECK(object->size == size);
	FUZZ_CHECK(object->state != ELF_OBJECT_FOREIGN || !object->dynamic);
	FUZZ_CHECK(object->dynamic || object->n_dependencies == 0);
	FUZZ_CHECK(elf_machine_name(object) != NULL);
	check_strings(object, size);
}

static void check_symbols(struct root_file *file, struct arena *arena, size_t size)
{
	const struct elf_symbol *symbols;
	size_t count;

	FUZZ_CHECK(elf_object_symbols(file, arena, &symbols, &count) == 0);
	FUZZ_CHECK(count <= size / sizeof(Elf32_Sym));
	for (size_t i = 0; i < count; i++)
		FUZZ_CHECK(strlen(symbols[i].name) < size && symbols[i].version < 0x8000);
}

static void check_notes(struct root_file *file, struct arena *arena, size_t size)
{
	const struct elf_note *notes;
	unsigned sum = 0;
	size_t count;

	FUZZ_CHECK(elf_object_notes(file, arena, &notes, &count) == 0);
	for (size_t i = 0; i < count; i++) {
		FUZZ_CHECK(strlen(notes[i].owner) < size && notes[i].size < size);
		for (size_t at = 0; at < notes[i].size; at++)
			sum += notes[i].description[at];
	}
	FUZZ_CHECK(count > 0 || sum == 0);
}

/* Everything that is handed out can be read, and comes from the file. */
static int check_segment(void *data, const unsigned char *bytes, size_t size, uint64_t address)
{
	const struct root_file *file = data;

	FUZZ_CHECK(size > 0 && size <= (size_t)file->stat.st_size);
	FUZZ_CHECK(memmem(file->content, (size_t)file->stat.st_size, bytes, size));
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct root_file file = made_file(bytes, size);
	unsigned version;

	FUZZ_CHECK(arena);
	/* A file in memory must have some. */
	if (size == 0)
		file.content = "";
	check_object(&file, arena, size);
	check_symbols(&file, arena, size);
	check_notes(&file, arena, size);
	FUZZ_CHECK(elf_arm_version(&file, &version) == 0);
	FUZZ_CHECK(version == 0 || (version >= 4 && version <= 8));
	FUZZ_CHECK(elf_object_read_only_data(&file, check_segment, &file) == 0);
	return 0;
}

/* Both classes in both byte orders; then the same with DT_GNU_HASH alone. */
size_t fuzz_seed(unsigned index, uint8_t *bytes, size_t room)
{
	struct made made;
	size_t length = 0;

	if (index >= 8)
		return 0;
	made_elf(&made, index & 1, index & 2);
	if (index & 4)
		made_dynamic_change(&made, DT_HASH, DT_DEBUG, 0);
	fuzz_append(bytes, &length, room, made.bytes, sizeof(made.bytes));
	return length;
}
