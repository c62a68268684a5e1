/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files made by hand, each with a lie in it: none is believed, and each has its words. */
#include "made_suite.h"

TEST_EACH(section_headers_and_sizes_that_no_loader_asks_for_may_lie, N_FORMS)
{
	const struct elf_object *object;
	struct made made;

	make_form(&made, _i);
	made_header_set(&made, made_shoff, UINT64_MAX);
	made_header_set(&made, made_shnum, 0xffff);
	made_header_set(&made, made_shstrndx, 0xffff);
	made_header_set(&made, made_ehsize, 1);
	made_dynamic_change(&made, DT_STRSZ, DT_STRSZ, 1);
	made_dynamic_change(&made, DT_SYMENT, DT_SYMENT, 1);
	object = read_valid(&made);
	ck_assert_uint_eq(object->n_dependencies, 4);
	ck_assert_str_eq(object->soname, "libme.so.3");
	ck_assert_uint_eq(object->n_version_needs, 2);
	ck_assert_uint_eq(object->n_version_definitions, 2);
}

TEST_EACH(the_dynamic_segment_ends_at_its_null_entry, N_FORMS)
{
	struct made made;

	make_form(&made, _i);
	made_dynamic_put(&made, 1, DT_NULL, 0);
	ck_assert_uint_eq(read_made(&made)->state, ELF_OBJECT_CORRUPT); /* no DT_STRTAB now */
	made_dynamic_put(&made, 0, DT_SONAME, made_string("libme.so.3"));
	made_dynamic_put(&made, 1, DT_STRTAB, MADE_BASE + MADE_STRINGS);
	made_dynamic_put(&made, 2, DT_NULL, 0);
	ck_assert_str_eq(read_valid(&made)->soname, "libme.so.3");
	ck_assert_uint_eq(read_valid(&made)->n_dependencies, 0);
	/* Without an end it goes on, whatever the size of its segment: the loader knows DT_NULL
	 * alone.
	 */
	made_dynamic_put(&made, 2, DT_DEBUG, 0);
	made_segment_set(&made, MADE_SEGMENT_DYNAMIC, made_p_filesz, made.is64 ? 48 : 24);
	ck_assert_uint_eq(read_valid(&made)->n_dependencies, 1);
	ck_assert_str_eq(read_valid(&made)->dependencies[0].name, "auxiliary.so");
}

static const char not_there[] = "a name of the dynamic segment is not in the string table";
static const char no_dynamic[] = "the dynamic segment is not in the file";
static const char no_interp[] = "the name of its loader is not in the file";
static const char no_versions[] = "the version records are not in the file";
static const char misaligned[] = "ELF load command address/offset not page-aligned";
static const char phentsize[] = "ELF file's phentsize not the expected size";

/* The file is mapped by whole pages: what is beyond the first is nowhere. */
enum {
	MADE_PAGE = 0x1000,
};

/* One lie: what is written where, and what it is called. */
static const struct lie {
	enum { IN_IDENT, IN_HEADER, IN_SEGMENT, IN_DYNAMIC, IN_BYTES } location;
	struct made_field field;
	size_t at; /* the byte, the segment or the tag */
	uint64_t value;
	const char *problem;
} lies[] = {
	{ IN_IDENT, .at = EI_CLASS, .value = 0, .problem = "invalid ELF header" },
	{ IN_IDENT, .at = EI_CLASS, .value = 3, .problem = "invalid ELF header" },
	{ IN_IDENT, .at = EI_DATA, .value = 0,
	  .problem = "ELF file data encoding not little-endian" },
	{ IN_IDENT, .at = EI_DATA, .value = 3,
	  .problem = "ELF file data encoding not little-endian" },
	{ IN_HEADER, { 32, 8, 28, 4 }, .value = MADE_SIZE, .problem = "cannot read file data" },
	{ IN_HEADER, { 32, 8, 28, 4 }, .value = UINT64_MAX, .problem = "cannot read file data" },
	{ IN_HEADER, { 56, 2, 44, 2 }, .value = 0xffff, .problem = "cannot read file data" },
	{ IN_HEADER, { 54, 2, 42, 2 }, .value = 0, .problem = phentsize },
	{ IN_HEADER, { 54, 2, 42, 2 }, .value = 1, .problem = phentsize },
	{ IN_SEGMENT, { 16, 8, 8, 4 }, MADE_SEGMENT_LOAD, 0x7fff0000, no_dynamic },
	{ IN_SEGMENT, { 8, 8, 4, 4 }, MADE_SEGMENT_LOAD, MADE_PAGE, no_dynamic },
	{ IN_DYNAMIC, .at = DT_STRTAB, .value = 0, .problem = not_there },
	{ IN_DYNAMIC, .at = DT_STRTAB, .value = MADE_BASE + MADE_PAGE, .problem = not_there },
	{ IN_DYNAMIC, .at = DT_STRTAB, .value = UINT64_MAX, .problem = not_there },
	{ IN_DYNAMIC, .at = DT_NEEDED, .value = MADE_PAGE, .problem = not_there },
	{ IN_DYNAMIC, .at = DT_SONAME, .value = 0x7ffffff0, .problem = not_there },
	{ IN_DYNAMIC, .at = DT_VERNEED, .value = 1, .problem = no_versions },
	{ IN_DYNAMIC, .at = DT_VERNEED, .value = MADE_BASE + MADE_PAGE - 15,
	  .problem = no_versions },
	{ IN_DYNAMIC, .at = DT_VERDEF, .value = MADE_BASE + MADE_PAGE - 19,
	  .problem = no_versions },
	{ IN_BYTES, { 4, 4, 4, 4 }, MADE_VERSION_NEEDS, MADE_PAGE, no_versions },    /* vn_file */
	{ IN_BYTES, { 8, 4, 8, 4 }, MADE_VERSION_NEEDS, MADE_PAGE, no_versions },    /* vn_aux */
	{ IN_BYTES, { 12, 4, 12, 4 }, MADE_VERSION_NEEDS, 0x7fffffff, no_versions }, /* vn_next */
	{ IN_BYTES, { 28, 4, 28, 4 }, MADE_VERSION_NEEDS, 0x7fffffff, no_versions }, /* vna_next */
	{ IN_BYTES,
	  { 16, 4, 16, 4 },
	  MADE_VERSION_DEFINITIONS,
	  0x7fffffff,
	  no_versions }, /* vd_next */
	{ IN_BYTES,
	  { 12, 4, 12, 4 },
	  MADE_VERSION_DEFINITIONS,
	  0x7fffffff,
	  no_versions }, /* vd_aux */
};

static void tell(struct made *made, const struct lie *lie)
{
	switch (lie->location) {
	case IN_IDENT:
		made->bytes[lie->at] = (unsigned char)lie->value;
		break;
	case IN_HEADER:
		made_header_set(made, lie->field, lie->value);
		break;
	case IN_SEGMENT:
		made_segment_set(made, lie->at, lie->field, lie->value);
		break;
	case IN_DYNAMIC:
		made_dynamic_change(made, (int64_t)lie->at, (int64_t)lie->at, lie->value);
		break;
	case IN_BYTES:
		made_set_at(made, lie->at, lie->field, lie->value);
		break;
	}
}

TEST_EACH(each_lie_has_its_words, ARRAY_SIZE(lies))
{
	for (int form = 0; form < N_FORMS; form++) {
		const struct elf_object *object;
		struct made made;

		make_form(&made, form);
		tell(&made, &lies[_i]);
		object = read_made(&made);
		ck_assert_uint_eq(object->state, ELF_OBJECT_CORRUPT);
		ck_assert_str_eq(object->problem, lies[_i].problem);
		/* The header's facts stand even so. */
		ck_assert_uint_eq(object->ident[EI_VERSION], EV_CURRENT);
	}
}

static const struct lie interp_lies[] = {
	{ IN_SEGMENT, { 8, 8, 4, 4 }, MADE_SEGMENT_INTERP, MADE_SIZE - 1, no_interp },
	{ IN_SEGMENT, { 8, 8, 4, 4 }, MADE_SEGMENT_INTERP, UINT64_MAX, no_interp },
	{ IN_SEGMENT, { 32, 8, 16, 4 }, MADE_SEGMENT_INTERP, 0, no_interp },
	{ IN_SEGMENT, { 32, 8, 16, 4 }, MADE_SEGMENT_INTERP, 4, no_interp },
	{ IN_SEGMENT, { 32, 8, 16, 4 }, MADE_SEGMENT_INTERP, 4097, no_interp },
};

/* No loader looks at PT_INTERP in a library; who starts the file does. */
TEST_EACH(a_bad_name_of_a_loader_is_the_kernels_affair, ARRAY_SIZE(interp_lies))
{
	for (int form = 0; form < N_FORMS; form++) {
		const struct elf_object *object;
		struct made made;

		make_form(&made, form);
		tell(&made, &interp_lies[_i]);
		object = read_made(&made);
		ck_assert_uint_eq(object->state, ELF_OBJECT_VALID);
		ck_assert_str_eq(object->interp, "");
		ck_assert_str_eq(object->unstartable, interp_lies[_i].problem);
		ck_assert_uint_gt(object->n_dependencies, 0);
	}
}

/* The loader goes by its address alone. */
TEST_EACH(a_dynamic_segment_out_of_the_memory, N_FORMS)
{
	const struct elf_object *object;
	struct made made;

	make_form(&made, _i);
	made_segment_set(&made, MADE_SEGMENT_DYNAMIC, made_p_offset, MADE_SIZE - 8);
	ck_assert_uint_eq(read_valid(&made)->n_dependencies, 4);
	made_segment_set(&made, MADE_SEGMENT_DYNAMIC, made_p_vaddr, 0x7fff0000);
	object = read_made(&made);
	ck_assert_uint_eq(object->state, ELF_OBJECT_CORRUPT);
	ck_assert_str_eq(object->problem, no_dynamic);
}

/* One lie that the file is whole in spite of, and what refuses it for it. */
static const struct refusal {
	struct made_field field;
	uint64_t value;
	const char *unloadable, *unstartable;
} refusals[] = {
	{ { 8, 8, 4, 4 }, 0x10, misaligned, misaligned },
	{ { 16, 8, 8, 4 }, MADE_BASE - 0x10, misaligned, misaligned },
	{ { 0, 4, 0, 4 },
	  PT_NULL,
	  "object file has no loadable segments",
	  "has no loadable segments" },
	{ { 40, 8, 20, 4 },
	  MADE_SIZE - 1,
	  NULL,
	  "a segment is larger in the file than in memory: the kernel refuses it" },
	{ { 40, 8, 20, 4 },
	  UINT64_MAX / 2,
	  "failed to map segment from shared object",
	  "a segment is beyond all memory: the kernel refuses it" },
	{ { 40, 8, 20, 4 }, MADE_SIZE, NULL, NULL },
	{ { 48, 8, 28, 4 }, 3, NULL, NULL },
};

TEST_EACH(what_the_loader_or_the_kernel_refuses_at_once, ARRAY_SIZE(refusals))
{
	const struct refusal *refusal = &refusals[_i];

	for (int form = 0; form < N_FORMS; form++) {
		const struct elf_object *object;
		struct made made;

		make_form(&made, form);
		made_segment_set(&made, MADE_SEGMENT_LOAD, refusal->field, refusal->value);
		object = read_made(&made);
		ck_assert_pstr_eq(object->unloadable, refusal->unloadable);
		ck_assert_pstr_eq(object->unstartable, refusal->unstartable);
	}
}

static size_t headers_end(const struct made *made)
{
	return MADE_SEGMENTS +
	       MADE_N_SEGMENTS * (made->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr));
}

/*
 * Cut off anywhere: before the end of the header it is no ELF file, in the program headers one that
 * is broken; behind them, what the loader sees of it ends in the zeros of its last page. The
 * kernel, which reads the name of the loader from the file, refuses one that ends before that.
 */
TEST_EACH(a_file_that_ends_early, N_FORMS)
{
	struct made made;
	size_t header;

	make_form(&made, _i);
	header = made.is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	for (size_t size = 0; size < MADE_SIZE; size++) {
		/* Exactly as large, so that a sanitizer sees what is read behind it. */
		void *bytes = malloc(size + 1);
		unsigned char padded[MADE_PAGE] = { 0 };
		const struct elf_object *object;
		const struct elf_object *whole;

		ck_assert_ptr_nonnull(bytes);
		memcpy(bytes, made.bytes, size);
		memcpy(padded, made.bytes, size);
		bytes = realloc(bytes, size ? size : 1);
		object = read_bytes(bytes, size);
		whole = read_bytes(padded, sizeof(padded));
		if (size < header)
			ck_assert_str_eq(object->problem, "file too short");
		else if (size < headers_end(&made))
			ck_assert_uint_eq(object->state, ELF_OBJECT_CORRUPT);
		else
			ck_assert_uint_eq(object->state, whole->state);
		if (size >= headers_end(&made) && size < MADE_INTERP + sizeof(MADE_INTERP_NAME)) {
			ck_assert_str_eq(object->interp, "");
			ck_assert_str_eq(object->unstartable, no_interp);
		}
		if (object->state == ELF_OBJECT_VALID) {
			ck_assert_uint_eq(object->n_dependencies, whole->n_dependencies);
			ck_assert_uint_eq(object->n_version_needs, whole->n_version_needs);
			for (size_t i = 0; i < object->n_dependencies; i++)
				ck_assert_str_eq(object->dependencies[i].name,
						 whole->dependencies[i].name);
		}
		free(bytes);
	}
}

/* glibc's loader wants a header's worth of bytes before it looks at any of them. */
TEST(text_is_too_short_before_it_is_no_elf_file)
{
	char text[sizeof(Elf64_Ehdr) + 1];

	memset(text, 'x', sizeof(text));
	for (size_t size = 0; size <= sizeof(text); size++) {
		const struct elf_object *object = read_bytes(text, size);

		ck_assert_uint_eq(object->state, ELF_OBJECT_FOREIGN);
		ck_assert_str_eq(object->problem, size < sizeof(Elf64_Ehdr) ? "file too short"
									    : "invalid ELF header");
	}
}

TEST_EACH(notes_end_where_they_break, N_FORMS)
{
	struct root_file file;
	const struct elf_note *notes;
	struct made made;
	size_t count;

	make_form(&made, _i);
	file = made_file(made.bytes, sizeof(made.bytes));
	made_put(&made, MADE_NOTES + 32, 4, 0xffffffff);     /* the build id's name */
	made_put(&made, MADE_PROPERTIES + 4, 4, 0x7fffffff); /* the properties' size */
	ck_assert_int_eq(elf_object_notes(&file, arena, &notes, &count), 0);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(notes[0].type, NT_GNU_ABI_TAG);
	ck_assert(read_valid(&made)->has_abi_tag);
	ck_assert_uint_eq(read_valid(&made)->x86_isa_needed, 0);
	/* An owner's name that does not end is no name. */
	made_put(&made, MADE_NOTES + 15, 1, 'x');
	ck_assert_int_eq(elf_object_notes(&file, arena, &notes, &count), 0);
	ck_assert_str_eq(notes[0].owner, "");
	ck_assert(!read_valid(&made)->has_abi_tag);
	/* A segment out of the file has none. */
	made_segment_set(&made, MADE_SEGMENT_NOTES, made_p_offset, UINT64_MAX);
	ck_assert_int_eq(elf_object_notes(&file, arena, &notes, &count), 0);
	ck_assert_uint_eq(count, 0);
}

TEST_EACH(symbol_tables_that_lie_have_no_symbols, N_FORMS)
{
	static const struct lie hashes[] = {
		{ IN_DYNAMIC, .at = DT_HASH, .value = 1 },
		{ IN_DYNAMIC, .at = DT_SYMTAB, .value = 1 },
		{ IN_DYNAMIC, .at = DT_VERSYM, .value = 1 },
		{ IN_BYTES, { 4, 4, 4, 4 }, MADE_HASH, 0xffffffff },
		{ IN_BYTES, { 24, 4, 16, 4 }, MADE_SYMBOLS, 0xffffffff },
	};
	const struct elf_symbol *symbols;
	struct made made;

	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++) {
		make_form(&made, _i);
		tell(&made, &hashes[i]);
		ck_assert_uint_eq(read_symbols(&made, &symbols), 0);
	}
	/* Each word of DT_GNU_HASH but the bloom filter's shift: as large as can be. */
	for (size_t at = 0; at < 36; at += 4) {
		make_form(&made, _i);
		made_dynamic_change(&made, DT_HASH, DT_DEBUG, 0);
		made_put(&made, MADE_GNU_HASH + at, 4, 0xfffffffe);
		ck_assert_uint_le(read_symbols(&made, &symbols), MADE_N_SYMBOLS - 1);
	}
}

/* Many records that name one long string: memory stays in proportion to the file. */
TEST(a_name_repeated_is_not_copied_forever)
{
	enum {
		N_ENTRIES = 100000,
		NAME_SIZE = 60000,
		DYNAMIC = MADE_SIZE,
		STRINGS = DYNAMIC + (N_ENTRIES + 2) * sizeof(Elf64_Dyn),
		SIZE = STRINGS + NAME_SIZE + 1,
	};
	unsigned char *bytes = calloc(1, SIZE);
	const struct elf_object *object;
	struct made made;

	ck_assert_ptr_nonnull(bytes);
	made_elf(&made, true, false);
	made_segment_set(&made, MADE_SEGMENT_LOAD, made_p_filesz, SIZE);
	made_segment_set(&made, MADE_SEGMENT_DYNAMIC, made_p_vaddr, MADE_BASE + DYNAMIC);
	made_segment_set(&made, MADE_SEGMENT_DYNAMIC, made_p_filesz, STRINGS - DYNAMIC);
	memcpy(bytes, made.bytes, sizeof(made.bytes));
	memset(bytes + STRINGS, 'x', NAME_SIZE);
	for (size_t i = 0; i < N_ENTRIES; i++)
		bytes_put(bytes + DYNAMIC + i * 16, 8, false, DT_NEEDED);
	bytes_put(bytes + DYNAMIC + N_ENTRIES * 16, 8, false, DT_STRTAB);
	bytes_put(bytes + DYNAMIC + N_ENTRIES * 16 + 8, 8, false, MADE_BASE + STRINGS);
	object = read_bytes(bytes, SIZE);
	ck_assert_uint_eq(object->state, ELF_OBJECT_CORRUPT);
	ck_assert_uint_lt(object->n_dependencies, 1000);
	free(bytes);
}

SUITE(elf_lies, set_up, tear_down);
