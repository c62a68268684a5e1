/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process sees at an address, where segments share pages, cross each other or end in zeros,
 * as patchelf and others lay them.
 */
#include "made_suite.h"

enum {
	PAGE = 0x1000,
	N_PAGES = 4,
	/* The dynamic string table stands across the border of two pages. */
	BEFORE = 16,
	STRINGS = MADE_BASE + 2 * PAGE - BEFORE,
};

static unsigned char bytes[N_PAGES * PAGE];

/* The file of MADE with more pages behind it, and its string table at STRINGS. */
static void make(struct made *made, int form)
{
	make_form(made, form);
	made_dynamic_change(made, DT_STRTAB, DT_STRTAB, STRINGS);
	/* Neither notes nor properties: their headers are for more PT_LOADs. */
	made_segment_set(made, MADE_SEGMENT_NOTES, made_p_type, PT_NULL);
	made_segment_set(made, MADE_SEGMENT_PROPERTIES, made_p_type, PT_NULL);
	memset(bytes, 'x', sizeof(bytes));
}

static void load(struct made *made, size_t segment, uint64_t address, uint64_t offset,
		 uint64_t file_size, uint64_t memory_size)
{
	made_segment_set(made, segment, made_p_type, PT_LOAD);
	made_segment_set(made, segment, made_p_vaddr, MADE_BASE + address);
	made_segment_set(made, segment, made_p_offset, offset);
	made_segment_set(made, segment, made_p_filesz, file_size);
	made_segment_set(made, segment, made_p_memsz, memory_size);
}

static const struct elf_object *read_all(const struct made *made)
{
	memcpy(bytes, made->bytes, sizeof(made->bytes));
	return read_bytes(bytes, sizeof(bytes));
}

static void check_names(const struct elf_object *object)
{
	ck_assert_msg(object->state == ELF_OBJECT_VALID, "%s", object->problem);
	ck_assert_uint_eq(object->n_dependencies, 4);
	ck_assert_str_eq(object->dependencies[0].name, "libone.so.1");
	ck_assert_str_eq(object->dependencies[2].name, "libtwo.so.2");
	ck_assert_str_eq(object->soname, "libme.so.3");
	ck_assert_str_eq(object->runpath, "$ORIGIN/runpath");
	ck_assert_str_eq(object->version_needs[0].name, "ONE_1");
}

TEST_EACH(a_string_table_lies_across_two_segments, N_FORMS)
{
	struct made made;

	make(&made, _i);
	load(&made, MADE_SEGMENT_NOTES, PAGE, 3 * PAGE, PAGE, PAGE);
	load(&made, MADE_SEGMENT_PROPERTIES, 2 * PAGE, 2 * PAGE, PAGE, PAGE);
	memcpy(bytes + 4 * PAGE - BEFORE, made_strings, BEFORE);
	memcpy(bytes + 2 * PAGE, made_strings + BEFORE, sizeof(made_strings) - BEFORE);
	check_names(read_all(&made));
}

TEST_EACH(what_follows_a_segment_in_its_last_page_is_there, N_FORMS)
{
	struct made made;

	make(&made, _i);
	load(&made, MADE_SEGMENT_NOTES, PAGE, PAGE, 1, 1);
	load(&made, MADE_SEGMENT_PROPERTIES, 2 * PAGE + 0x800, 2 * PAGE + 0x800, 1, 1);
	memcpy(bytes + 2 * PAGE - BEFORE, made_strings, sizeof(made_strings));
	check_names(read_all(&made));
}

TEST_EACH(zeros_of_a_segment_lie_over_the_file, N_FORMS)
{
	const struct elf_object *object;
	struct made made;

	make(&made, _i);
	/* "libone.so.1" ends in the page's last four bytes; behind it all names are empty. */
	load(&made, MADE_SEGMENT_NOTES, PAGE, PAGE, PAGE - 4, 2 * PAGE);
	memcpy(bytes + 2 * PAGE - BEFORE, made_strings, sizeof(made_strings));
	object = read_all(&made);
	ck_assert_msg(object->state == ELF_OBJECT_VALID, "%s", object->problem);
	ck_assert_str_eq(object->dependencies[0].name, "libone.so.1");
	ck_assert_str_eq(object->dependencies[2].name, "");
	ck_assert_str_eq(object->soname, "");
}

TEST_EACH(a_name_that_ends_in_zeros_of_another_segment, N_FORMS)
{
	struct made made;

	make(&made, _i);
	made_dynamic_change(&made, DT_STRTAB, DT_STRTAB, MADE_BASE + 2 * PAGE - 1 - 10);
	made_dynamic_change(&made, DT_SONAME, DT_SONAME, 1);
	load(&made, MADE_SEGMENT_NOTES, PAGE, PAGE, PAGE, PAGE);
	load(&made, MADE_SEGMENT_PROPERTIES, 2 * PAGE, 2 * PAGE, 0, PAGE);
	memcpy(bytes + 2 * PAGE - 10, "libzero.so", 10);
	ck_assert_str_eq(read_all(&made)->soname, "libzero.so");
}

TEST_EACH(of_segments_that_share_a_page_the_last_counts, N_FORMS)
{
	struct made made;

	make(&made, _i);
	load(&made, MADE_SEGMENT_NOTES, PAGE, 0, 2 * PAGE, 2 * PAGE);
	load(&made, MADE_SEGMENT_PROPERTIES, PAGE + 0x100, PAGE + 0x100, PAGE, PAGE);
	memcpy(bytes + 2 * PAGE - BEFORE, made_strings, sizeof(made_strings));
	check_names(read_all(&made));
}

TEST_EACH(symbols_and_version_records_lie_across_two_segments, N_FORMS)
{
	const struct elf_symbol *symbols;
	const struct elf_object *object;
	struct root_file file;
	struct made made;
	size_t count;
	/* Pages 1 and 2 of the memory have the file's first page from SPLIT on, out of its order.
	 */
	enum {
		SPLIT = MADE_SYMBOLS + 28,
		AT = 2 * PAGE - SPLIT,
	};

	make(&made, _i);
	made_dynamic_change(&made, DT_STRTAB, DT_STRTAB, MADE_BASE + MADE_STRINGS);
	made_dynamic_change(&made, DT_SYMTAB, DT_SYMTAB, MADE_BASE + AT + MADE_SYMBOLS);
	load(&made, MADE_SEGMENT_NOTES, PAGE, 3 * PAGE, PAGE, PAGE);
	load(&made, MADE_SEGMENT_PROPERTIES, 2 * PAGE, 2 * PAGE, PAGE, PAGE);
	memcpy(bytes + 4 * PAGE - SPLIT, made.bytes, SPLIT);
	memcpy(bytes + 2 * PAGE, made.bytes + SPLIT, MADE_SIZE - SPLIT);
	object = read_all(&made);
	ck_assert_msg(object->state == ELF_OBJECT_VALID, "%s", object->problem);
	file = made_file(bytes, sizeof(bytes));
	ck_assert_int_eq(elf_object_symbols(&file, arena, &symbols, &count), 0);
	ck_assert_uint_eq(count, MADE_N_SYMBOLS - 1);
	ck_assert_str_eq(symbols[0].name, "wanted");
	ck_assert_str_eq(symbols[1].name, "given");
	ck_assert_str_eq(symbols[2].name, "hidden");
	/* The records of versions too. */
	made_dynamic_change(&made, DT_VERNEED, DT_VERNEED, MADE_BASE + 2 * PAGE - 8);
	memcpy(bytes + 4 * PAGE - 8, made.bytes + MADE_VERSION_NEEDS, 8);
	memcpy(bytes + 2 * PAGE, made.bytes + MADE_VERSION_NEEDS + 8, 0x80 - 8);
	object = read_all(&made);
	ck_assert_msg(object->state == ELF_OBJECT_VALID, "%s", object->problem);
	ck_assert_uint_eq(object->n_version_needs, 2);
	ck_assert_str_eq(object->version_needs[1].name, "ONE_2");
}

TEST(a_table_of_endless_zeros_is_no_table)
{
	const struct elf_symbol *symbols;
	struct made made;

	make(&made, 3);
	made_dynamic_change(&made, DT_GNU_HASH, DT_DEBUG, 0);
	made_dynamic_change(&made, DT_HASH, DT_HASH, MADE_BASE + MADE_HASH);
	made_dynamic_change(&made, DT_STRTAB, DT_STRTAB, MADE_BASE + MADE_STRINGS);
	made_put(&made, MADE_HASH + 4, 4, 0xffffff);
	load(&made, MADE_SEGMENT_NOTES, PAGE, PAGE, 0, UINT32_MAX);
	ck_assert_uint_eq(read_symbols(&made, &symbols), 0);
}

TEST(more_segments_than_a_process_can_map)
{
	enum {
		N_SEGMENTS = 0xffff,
		SIZE = MADE_SIZE + N_SEGMENTS * sizeof(Elf64_Phdr),
	};
	unsigned char *large = calloc(1, SIZE);
	const struct elf_object *object;
	struct made made;

	ck_assert_ptr_nonnull(large);
	make(&made, 3);
	made_header_set(&made, made_phoff, MADE_SIZE);
	made_header_set(&made, made_phnum, N_SEGMENTS);
	memcpy(large, made.bytes, sizeof(made.bytes));
	for (size_t i = 0; i < N_SEGMENTS; i++)
		bytes_put(large + MADE_SIZE + i * sizeof(Elf64_Phdr), 4, made.big_endian, PT_LOAD);
	object = read_bytes(large, SIZE);
	ck_assert_uint_eq(object->state, ELF_OBJECT_CORRUPT);
	ck_assert_str_eq(object->problem, "has more segments than a process can map");
	free(large);
}

SUITE(elf_memory, set_up, tear_down);
