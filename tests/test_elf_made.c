/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files made by hand: every fact, in both classes and byte orders. */
#include "elf/store.h"
#include "made_suite.h"
#include "scratch.h"

TEST_EACH(every_fact_of_the_dynamic_segment, N_FORMS)
{
	static const struct {
		int64_t tag;
		const char *name;
	} dependencies[] = {
		{ DT_NEEDED, "libone.so.1" },
		{ DT_FILTER, "filter.so" },
		{ DT_NEEDED, "libtwo.so.2" },
		{ DT_AUXILIARY, "auxiliary.so" },
	};
	const struct elf_object *object;
	struct made made;

	make_form(&made, _i);
	object = read_valid(&made);
	ck_assert_int_eq(object->is64, made.is64);
	ck_assert_int_eq(object->big_endian, made.big_endian);
	ck_assert_uint_eq(object->type, ET_DYN);
	ck_assert_uint_eq(object->machine, EM_X86_64);
	ck_assert_uint_eq(object->version, EV_CURRENT);
	ck_assert_uint_eq(object->size, MADE_SIZE);
	ck_assert(object->dynamic);
	ck_assert_str_eq(object->interp, MADE_INTERP_NAME);
	ck_assert_str_eq(object->soname, "libme.so.3");
	ck_assert_str_eq(object->rpath, "/rpath");
	ck_assert_str_eq(object->runpath, "$ORIGIN/runpath");
	ck_assert_str_eq(object->audit, "audit.so");
	ck_assert_str_eq(object->depaudit, "depaudit.so");
	ck_assert_uint_eq(object->dt_flags_1, DF_1_NODEFLIB);
	ck_assert_uint_eq(object->n_dependencies, ARRAY_SIZE(dependencies));
	for (size_t i = 0; i < ARRAY_SIZE(dependencies); i++) {
		ck_assert_int_eq(object->dependencies[i].tag, dependencies[i].tag);
		ck_assert_str_eq(object->dependencies[i].name, dependencies[i].name);
	}
}

static void check_versions(const struct elf_object *object)
{
	const struct elf_version_need *needs = object->version_needs;
	const struct elf_version_definition *definitions = object->version_definitions;

	ck_assert_uint_eq(object->n_version_needs, 2);
	ck_assert_str_eq(needs[0].file, "libone.so.1");
	ck_assert_str_eq(needs[0].name, "ONE_1");
	ck_assert_uint_eq(needs[0].hash, 0x11111111);
	ck_assert_uint_eq(needs[0].index, 2);
	ck_assert(!needs[0].weak);
	ck_assert_str_eq(needs[1].file, "libone.so.1");
	ck_assert_str_eq(needs[1].name, "ONE_2");
	ck_assert_uint_eq(needs[1].hash, 0x22222222);
	ck_assert_uint_eq(needs[1].index, 3);
	ck_assert(needs[1].weak);
	ck_assert_uint_eq(object->n_version_definitions, 2);
	ck_assert_str_eq(definitions[0].name, "libme.so.3");
	ck_assert(definitions[0].base);
	ck_assert_str_eq(definitions[1].name, "ME_1");
	ck_assert_uint_eq(definitions[1].hash, 0x44444444);
	ck_assert_uint_eq(definitions[1].index, 5);
	ck_assert(!definitions[1].base);
}

TEST_EACH(every_fact_of_the_versions, N_FORMS)
{
	struct made made;

	make_form(&made, _i);
	check_versions(read_valid(&made));
	/* The counts are not asked: elf/dl-version.c follows the chains to their ends. */
	made_put(&made, MADE_VERSION_NEEDS + 2, 2, 0);
	made_dynamic_change(&made, DT_VERNEEDNUM, DT_VERNEEDNUM, 0);
	made_dynamic_change(&made, DT_VERDEFNUM, DT_VERDEFNUM, 0x7fffffff);
	check_versions(read_valid(&made));
}

TEST_EACH(every_fact_of_the_notes, N_FORMS)
{
	static const unsigned char build_id[] = { 1, 2, 3 };
	const struct elf_object *object;
	const struct elf_note *notes;
	struct root_file file;
	struct made made;
	size_t count;

	make_form(&made, _i);
	object = read_valid(&made);
	ck_assert(object->has_abi_tag);
	for (uint32_t i = 0; i < 4; i++)
		ck_assert_uint_eq(object->abi_tag[i], i ? 4 - i : 0);
	ck_assert_uint_eq(object->x86_isa_needed, 5);
	file = made_file(made.bytes, sizeof(made.bytes));
	ck_assert_int_eq(elf_object_notes(&file, arena, &notes, &count), 0);
	ck_assert_uint_eq(count, 3);
	ck_assert_uint_eq(notes[1].type, NT_GNU_BUILD_ID);
	ck_assert_str_eq(notes[1].owner, "GNU");
	ck_assert_uint_eq(notes[1].size, sizeof(build_id));
	ck_assert_mem_eq(notes[1].description, build_id, sizeof(build_id));
	ck_assert_uint_eq(notes[2].type, NT_GNU_PROPERTY_TYPE_0);
	/* What it means is the psABI of x86; other machines number theirs alike. */
	made_header_set(&made, made_machine, EM_AARCH64);
	ck_assert_uint_eq(read_valid(&made)->x86_isa_needed, 0);
}

static void check_symbols(const struct made *made)
{
	const struct elf_symbol *symbols;

	ck_assert_uint_eq(read_symbols(made, &symbols), MADE_N_SYMBOLS - 1);
	ck_assert_str_eq(symbols[0].name, "wanted");
	ck_assert(!symbols[0].defined);
	ck_assert_uint_eq(symbols[0].type, STT_FUNC);
	ck_assert_uint_eq(symbols[0].bind, STB_GLOBAL);
	ck_assert_uint_eq(symbols[0].version, 2);
	ck_assert_str_eq(symbols[1].name, "given");
	ck_assert(symbols[1].defined && !symbols[1].hidden);
	ck_assert_uint_eq(symbols[1].type, STT_OBJECT);
	ck_assert_uint_eq(symbols[1].version, 5);
	ck_assert_str_eq(symbols[2].name, "hidden");
	ck_assert(symbols[2].defined && symbols[2].hidden);
	ck_assert_uint_eq(symbols[2].bind, STB_WEAK);
	ck_assert_uint_eq(symbols[2].version, 5);
}

TEST_EACH(symbols_are_counted_by_each_hash, N_FORMS)
{
	struct made made;

	make_form(&made, _i);
	check_symbols(&made);
	made_dynamic_change(&made, DT_HASH, DT_DEBUG, 0);
	check_symbols(&made);
	/* Names beyond what DT_STRSZ says are names all the same. */
	made_dynamic_change(&made, DT_STRSZ, DT_STRSZ, 1);
	check_symbols(&made);
}

TEST_EACH(symbols_are_counted_by_the_next_table_without_a_hash, N_FORMS)
{
	const struct elf_symbol *symbols;
	struct made made;
	size_t size;

	make_form(&made, _i);
	size = made.is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	made_dynamic_change(&made, DT_HASH, DT_DEBUG, 0);
	made_dynamic_change(&made, DT_GNU_HASH, DT_DEBUG, 0);
	made_dynamic_change(&made, DT_VERSYM, DT_VERSYM,
			    MADE_BASE + MADE_SYMBOLS + MADE_N_SYMBOLS * size);
	ck_assert_uint_eq(read_symbols(&made, &symbols), MADE_N_SYMBOLS - 1);
	ck_assert_str_eq(symbols[2].name, "hidden");
}

/* Alpha and s390x are the two whose DT_HASH has words of 8 bytes. */
TEST_EACH(hash_words_are_wide_on_two_machines, 2)
{
	static const struct {
		uint16_t machine;
		bool big_endian;
	} machines[] = { { EM_S390, true }, { EM_ALPHA, false } };
	struct made made;

	made_elf(&made, true, machines[_i].big_endian);
	made_header_set(&made, made_machine, machines[_i].machine);
	made_dynamic_change(&made, DT_GNU_HASH, DT_DEBUG, 0);
	made_put(&made, MADE_HASH, 8, 1);
	made_put(&made, MADE_HASH + 8, 8, MADE_N_SYMBOLS);
	check_symbols(&made);
}

/* What GNU ld and lld write where nothing is exported: their hash tables say different things. */
TEST_EACH(symbols_of_libraries_that_export_nothing, 4)
{
	static const struct {
		const char *linker;
		const char *source;
	} libraries[] = {
		{ "", "USED static int f(void) { return 0; }" },
		{ "", "int a(void), b(void); USED static int f(void) { return a() + b(); }" },
		{ "-fuse-ld=lld", "USED static int f(void) { return 0; }" },
		{ "-fuse-ld=lld",
		  "int a(void), b(void); USED static int f(void) { return a() + b(); }" },
	};
	CLEANUP(root_close) struct root *root = NULL;
	const struct elf_symbol *symbols;
	struct scratch scratch;
	struct root_file file;
	char options[256];
	char *theirs;
	size_t lines = 0;
	size_t count;

	scratch_open(&scratch);
	snprintf(options, sizeof(options),
		 "-shared -fPIC -nostdlib -Wl,--hash-style=gnu "
		 "'-DUSED=__attribute__((used))' %s",
		 libraries[_i].linker);
	if (!scratch_compile(&scratch, "lib.so", libraries[_i].source, options)) {
		scratch_skip("symbols_of_libraries_that_export_nothing", "no such linker");
		scratch_close(&scratch);
		return;
	}
	ck_assert_int_eq(root_disk_open(&root, scratch.path), 0);
	ck_assert_int_eq(root_open(root, "/lib.so", &file), 0);
	ck_assert_int_eq(elf_object_symbols(&file, arena, &symbols, &count), 0);
	root_file_close(&file);
	theirs = scratch_run(&scratch, "readelf -W --dyn-syms %s/lib.so | "
				       "sed -n 's/^ *[1-9][0-9]*: .* //p'");
	ck_assert_ptr_nonnull(theirs);
	for (char *rest = theirs, *line; (line = strsep(&rest, "\n")) != NULL && *line; lines++) {
		ck_assert_uint_lt(lines, count);
		ck_assert_str_eq(symbols[lines].name, line);
	}
	ck_assert_uint_eq(lines, count);
	free(theirs);
	scratch_close(&scratch);
}

TEST_EACH(the_last_of_several_counts, N_FORMS)
{
	const struct elf_object *object;
	struct made made;

	make_form(&made, _i);
	made_dynamic_change(&made, DT_AUDIT, DT_RPATH, made_string("libone.so.1"));
	object = read_valid(&made);
	ck_assert_str_eq(object->rpath, "libone.so.1");
	ck_assert_str_eq(object->runpath, "$ORIGIN/runpath");
	/* Of dynamic segments too. An empty one is none in a library: debug files have those. */
	made_segment_set(&made, MADE_SEGMENT_NOTES, made_p_type, PT_DYNAMIC);
	made_segment_set(&made, MADE_SEGMENT_NOTES, made_p_filesz, 0);
	made_segment_set(&made, MADE_SEGMENT_NOTES, made_p_vaddr, MADE_BASE + MADE_DYNAMIC);
	ck_assert_uint_eq(read_valid(&made)->n_dependencies, 4);
	made_segment_set(&made, MADE_SEGMENT_INTERP, made_p_type, PT_NULL);
	ck_assert(!read_valid(&made)->dynamic);
	/* The file's end is all zeros: a dynamic segment that ends at once. */
	memset(made.bytes + MADE_SIZE - 32, 0, 32);
	made_segment_set(&made, MADE_SEGMENT_NOTES, made_p_vaddr, MADE_BASE + MADE_SIZE - 32);
	made_segment_set(&made, MADE_SEGMENT_NOTES, made_p_filesz, 32);
	object = read_valid(&made);
	ck_assert(object->dynamic);
	ck_assert_uint_eq(object->n_dependencies, 0);
}

TEST_EACH(without_a_dynamic_segment_there_are_no_facts_of_it, N_FORMS)
{
	const struct elf_object *object;
	const struct elf_symbol *symbols;
	struct made made;

	make_form(&made, _i);
	made_segment_set(&made, MADE_SEGMENT_DYNAMIC, made_p_type, PT_NULL);
	object = read_valid(&made);
	ck_assert(!object->dynamic);
	ck_assert_uint_eq(object->n_dependencies, 0);
	ck_assert_str_eq(object->interp, MADE_INTERP_NAME);
	ck_assert_uint_eq(read_symbols(&made, &symbols), 0);
	/* An object file of a compiler has no program headers, nor a size for them. */
	made_header_set(&made, made_phoff, 0);
	made_header_set(&made, made_phnum, 0);
	made_header_set(&made, made_phentsize, 0);
	ck_assert_ptr_null(read_valid(&made)->interp);
}

/* Which segments were seen, and by which bytes. */
struct seen {
	unsigned count;
	uint64_t address;
	size_t size;
	int answer;
};

static int see(void *data, const unsigned char *bytes, size_t size, uint64_t address)
{
	struct seen *seen = data;

	seen->count++;
	seen->address = address;
	seen->size = size;
	return seen->answer;
}

TEST_EACH(read_only_data_is_that_of_segments_not_written_to, N_FORMS)
{
	struct seen seen = { 0 };
	struct root_file file;
	struct made made;

	make_form(&made, _i);
	file = made_file(made.bytes, sizeof(made.bytes));
	made_segment_set(&made, MADE_SEGMENT_NOTES, made_p_type, PT_LOAD);
	made_segment_set(&made, MADE_SEGMENT_PROPERTIES, made_p_type, PT_LOAD);
	made_segment_set(&made, MADE_SEGMENT_LOAD, made_p_flags, PF_R | PF_W);
	made_segment_set(&made, MADE_SEGMENT_PROPERTIES, made_p_offset, MADE_SIZE);
	ck_assert_int_eq(elf_object_read_only_data(&file, see, &seen), 0);
	ck_assert_uint_eq(seen.count, 1);
	ck_assert_uint_eq(seen.address, MADE_BASE + MADE_NOTES);
	ck_assert_uint_eq(seen.size, 52);
	made_segment_set(&made, MADE_SEGMENT_LOAD, made_p_flags, PF_R);
	seen.answer = 7;
	ck_assert_int_eq(elf_object_read_only_data(&file, see, &seen), 7);
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_uint_eq(seen.address, MADE_BASE);
}

/* What is seen of big data: how much, and how often a text is whole. */
struct windows {
	size_t longest;
	size_t size;
	unsigned texts;
};

static const char window_text[] = "/usr/share/text";

static int see_window(void *data, const unsigned char *bytes, size_t size, uint64_t address)
{
	struct windows *windows = data;
	const unsigned char *end = bytes + size;

	windows->longest = size > windows->longest ? size : windows->longest;
	windows->size += size;
	while ((bytes = memmem(bytes, (size_t)(end - bytes), window_text,
			       sizeof(window_text) - 1))) {
		windows->texts++;
		bytes += sizeof(window_text) - 1;
	}
	return 0;
}

/* 100 MiB are seen in pieces, and a text that one would cut is whole in it or in the next. */
TEST_EACH(big_data_comes_in_windows, 4)
{
	static const size_t size = (size_t)100 << 20;
	static const size_t at = ((size_t)8 << 20) - 4;
	struct windows windows = { 0 };
	struct root_file file;
	struct made made;
	unsigned char *bytes = calloc(1, size);

	ck_assert_ptr_nonnull(bytes);
	make_form(&made, 3);
	made_segment_set(&made, MADE_SEGMENT_LOAD, made_p_flags, PF_R);
	made_segment_set(&made, MADE_SEGMENT_LOAD, made_p_offset, MADE_SIZE);
	made_segment_set(&made, MADE_SEGMENT_LOAD, made_p_filesz, size - MADE_SIZE);
	/* Nothing, texts with a NUL behind each, and without. */
	if (_i > 0)
		memset(bytes + MADE_SIZE, 'x', size - MADE_SIZE);
	memcpy(bytes, made.bytes, sizeof(made.bytes));
	for (size_t i = MADE_SIZE + 99; _i == 1 && i < size; i += 100)
		bytes[i] = '\0';
	if (_i == 3)
		memset(bytes + MADE_SIZE + at - 100, 0, 32);
	memcpy(bytes + MADE_SIZE + at, window_text, sizeof(window_text) - 1);
	memcpy(bytes + size - sizeof(window_text), window_text, sizeof(window_text) - 1);
	file = made_file(bytes, size);
	ck_assert_int_eq(elf_object_read_only_data(&file, see_window, &windows), 0);
	ck_assert_uint_eq(windows.texts, 2);
	ck_assert_uint_le(windows.longest, 8 << 20);
	ck_assert_uint_ge(windows.size, size - MADE_SIZE);
	ck_assert(_i > 1 || windows.size == size - MADE_SIZE);
	free(bytes);
}

/* One device and inode is one object; what is no ELF file is known as well. */
TEST_EACH(a_store_knows_files_by_identity, N_FORMS)
{
	CLEANUP(elf_store_free) struct elf_store *store = elf_store_new();
	const struct elf_object *first;
	const struct elf_object *again;
	struct root_file file;
	struct made made;

	ck_assert_ptr_nonnull(store);
	make_form(&made, _i);
	file = made_file(made.bytes, sizeof(made.bytes));
	for (ino_t inode = 1; inode <= 1000; inode++) {
		file.stat.st_ino = inode;
		ck_assert_int_eq(elf_store_get(store, &file, "/first", &first), 0);
		ck_assert_uint_eq(first->ino, inode);
	}
	/* Not read again: there is nothing to read any more. */
	file = made_file("", 0);
	for (ino_t inode = 1; inode <= 1000; inode++) {
		file.stat.st_ino = inode;
		ck_assert_int_eq(elf_store_get(store, &file, "/again", &again), 0);
		ck_assert_uint_eq(again->ino, inode);
		ck_assert_str_eq(again->path, "/first");
		ck_assert_uint_eq(again->state, ELF_OBJECT_VALID);
	}
	file.stat.st_dev = 1;
	ck_assert_int_eq(elf_store_get(store, &file, "/other", &first), 0);
	ck_assert_uint_eq(first->state, ELF_OBJECT_FOREIGN);
	ck_assert_int_eq(elf_store_get(store, &file, "/other", &again), 0);
	ck_assert_ptr_eq(first, again);
}

SUITE(elf_made, set_up, tear_down);
