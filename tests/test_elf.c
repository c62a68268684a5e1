/* SPDX-License-Identifier: Apache-2.0 */
#include "elf/attributes.h"
#include "elf/store.h"
#include "scratch.h"

#include <elf.h>

static struct scratch scratch;
static struct arena *arena;
static struct root *root;

static void set_up(void)
{
	scratch_open(&scratch);
	arena = arena_new();
	ck_assert_int_eq(root_disk_open(&root, "/"), 0);
}

static void tear_down(void)
{
	root_close(root);
	arena_free(arena);
	scratch_close(&scratch);
}

static const struct elf_object *read_object(const char *path)
{
	const struct elf_object *object;
	struct root_file file;

	ck_assert_int_eq(root_open(root, path, &file), 0);
	ck_assert_int_eq(elf_object_read(&file, arena, &object), 0);
	root_file_close(&file);
	return object;
}

static const struct elf_object *read_bytes(const void *bytes, size_t size)
{
	char *path = scratch_path(&scratch, "file");
	const struct elf_object *object;

	scratch_file(&scratch, "file", bytes, size);
	object = read_object(path);
	free(path);
	return object;
}

/* Files that are there wherever the suite can be built. */
static const char *const real_files[] = {
	"/bin/sh",
	"/usr/bin/env",
	"/usr/bin/git",
	"/usr/bin/redis-server",
	"/usr/bin/ffmpeg",
	"/lib/x86_64-linux-gnu/libc.so.6",
	"/lib64/ld-linux-x86-64.so.2",
	"/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
};

static bool exists(const char *path)
{
	struct stat stat_;

	if (stat(path, &stat_) == 0)
		return true;
	scratch_skip(path, "is not on this machine");
	return false;
}

/* What readelf says, by one of its tables and a pattern of sed. */
static char *readelf(const char *options, const char *sed, const char *path)
{
	char *command;
	char *output;

	ck_assert_int_gt(asprintf(&command, "readelf -W %s '%s' | sed -n '%s'", options, path, sed),
			 0);
	output = scratch_run(&scratch, command);
	free(command);
	ck_assert_ptr_nonnull(output);
	return output;
}

TEST_EACH(needs_are_those_of_readelf, ARRAY_SIZE(real_files))
{
	const char *path = real_files[_i];
	const struct elf_object *object;
	char ours[65536] = "";
	char *theirs;

	if (!exists(path))
		return;
	object = read_object(path);
	ck_assert_int_eq(object->state, ELF_OBJECT_VALID);
	theirs = readelf("-d", "s/.*(NEEDED).*\\[\\(.*\\)\\]/\\1/p", path);
	for (size_t i = 0; i < object->n_dependencies; i++) {
		strcat(ours, object->dependencies[i].name);
		strcat(ours, "\n");
	}
	ck_assert_str_eq(ours, theirs);
	free(theirs);
	theirs = readelf("-d", "s/.*(SONAME).*\\[\\(.*\\)\\]/\\1/p", path);
	theirs[strcspn(theirs, "\n")] = '\0';
	ck_assert_str_eq(object->soname ? object->soname : "", theirs);
	free(theirs);
	theirs = readelf("-l", "s/.*interpreter: \\(.*\\)\\]/\\1/p", path);
	theirs[strcspn(theirs, "\n")] = '\0';
	ck_assert_str_eq(object->interp ? object->interp : "", theirs);
	free(theirs);
}

TEST_EACH(versions_are_those_of_readelf, ARRAY_SIZE(real_files))
{
	const char *path = real_files[_i];
	const struct elf_object *object;
	char *theirs;
	size_t lines = 0;

	if (!exists(path))
		return;
	object = read_object(path);
	theirs = readelf("-V", "s/.*Name: \\(.*\\)  Flags: .*Version: \\(.*\\)/\\1 \\2/p", path);
	for (char *rest = theirs, *line; (line = strsep(&rest, "\n")) != NULL && *line; lines++) {
		char ours[512];

		ck_assert_uint_lt(lines, object->n_version_needs);
		snprintf(ours, sizeof(ours), "%s %u", object->version_needs[lines].name,
			 object->version_needs[lines].index);
		ck_assert_str_eq(ours, line);
	}
	ck_assert_uint_eq(lines, object->n_version_needs);
	free(theirs);
	theirs = readelf("-V", "s/.*Rev: 1 .*Index: \\([0-9]*\\) .*Name: \\(.*\\)/\\2 \\1/p", path);
	lines = 0;
	for (char *rest = theirs, *line; (line = strsep(&rest, "\n")) != NULL && *line; lines++) {
		char ours[512];

		ck_assert_uint_lt(lines, object->n_version_definitions);
		snprintf(ours, sizeof(ours), "%s %u", object->version_definitions[lines].name,
			 object->version_definitions[lines].index);
		ck_assert_str_eq(ours, line);
	}
	ck_assert_uint_eq(lines, object->n_version_definitions);
	free(theirs);
}

TEST_EACH(symbols_are_those_of_readelf, ARRAY_SIZE(real_files))
{
	const char *path = real_files[_i];
	const struct elf_symbol *symbols;
	struct root_file file;
	size_t count;
	char *theirs;
	size_t lines = 0;

	if (!exists(path))
		return;
	ck_assert_int_eq(root_open(root, path, &file), 0);
	ck_assert_int_eq(elf_object_symbols(&file, arena, &symbols, &count), 0);
	root_file_close(&file);
	theirs = readelf("--dyn-syms",
			 "s/^ *[1-9][0-9]*: .* \\([A-Z0-9]*\\) \\([^ ]*\\).*$/\\1 \\2/p", path);
	for (char *rest = theirs, *line; (line = strsep(&rest, "\n")) != NULL && *line; lines++) {
		size_t length = strcspn(strchr(line, ' ') + 1, "@");

		ck_assert_uint_lt(lines, count);
		ck_assert_int_eq(symbols[lines].defined, strncmp(line, "UND ", 4) != 0);
		ck_assert_msg(strlen(symbols[lines].name) == length &&
				      memcmp(symbols[lines].name, strchr(line, ' ') + 1, length) ==
					      0,
			      "%s is not %s", symbols[lines].name, line);
	}
	ck_assert_uint_eq(lines, count);
	free(theirs);
}

TEST(section_headers_do_not_matter)
{
	const struct elf_object *whole = read_object("/bin/sh");
	struct root_file file;
	char *bytes;
	size_t size;
	const struct elf_object *object;

	ck_assert_int_eq(root_open(root, "/bin/sh", &file), 0);
	ck_assert_int_eq(root_file_read(&file, arena, 1 << 26, &bytes, &size), 0);
	root_file_close(&file);
	memset(bytes + (whole->is64 ? 40 : 32), 0xff, whole->is64 ? 8 : 4); /* e_shoff */
	memset(bytes + (whole->is64 ? 60 : 48), 0xff, 4); /* e_shnum, e_shstrndx */
	object = read_bytes(bytes, size);
	ck_assert_int_eq(object->state, ELF_OBJECT_VALID);
	ck_assert_uint_eq(object->n_dependencies, whole->n_dependencies);
	ck_assert_str_eq(object->interp, whole->interp);
}

TEST(a_file_cut_off_anywhere_is_never_more_than_it_was)
{
	const struct elf_object *whole = read_object("/bin/sh");
	struct root_file file;
	char *bytes;
	size_t size;

	ck_assert_int_eq(root_open(root, "/bin/sh", &file), 0);
	ck_assert_int_eq(root_file_read(&file, arena, 1 << 26, &bytes, &size), 0);
	root_file_close(&file);
	for (size_t cut = 0; cut < size; cut += cut < 2048 ? 31 : 4099) {
		const struct elf_object *object = read_bytes(bytes, cut);

		if (cut < (whole->is64 ? 64 : 52)) {
			ck_assert_int_eq(object->state, ELF_OBJECT_FOREIGN);
			ck_assert_str_eq(object->problem, "file too short");
		}
		ck_assert_uint_le(object->n_dependencies, whole->n_dependencies);
		ck_assert_int_eq(object->state == ELF_OBJECT_VALID, object->problem == NULL);
	}
}

TEST(every_byte_of_the_head_can_lie)
{
	struct root_file file;
	char *bytes;
	size_t size;

	ck_assert_int_eq(root_open(root, "/bin/sh", &file), 0);
	ck_assert_int_eq(root_file_read(&file, arena, 1 << 26, &bytes, &size), 0);
	root_file_close(&file);
	for (size_t at = 0; at < 1024 && at < size; at++) {
		char kept = bytes[at];

		bytes[at] = (char)~kept;
		read_bytes(bytes, size > 65536 ? 65536 : size);
		bytes[at] = kept;
	}
}

static const struct {
	const char *bytes;
	size_t size;
	const char *problem;
} foreign[] = {
	{ "", 0, "file too short" },
	{ "\177ELF", 4, "file too short" },
	{ "#!/bin/sh\necho this is a text that is longer than any header can be, so it is looked "
	  "at",
	  80, "invalid ELF header" },
};

TEST_EACH(what_is_no_elf_file_is_an_object_with_a_problem, ARRAY_SIZE(foreign))
{
	const struct elf_object *object = read_bytes(foreign[_i].bytes, foreign[_i].size);

	ck_assert_int_eq(object->state, ELF_OBJECT_FOREIGN);
	ck_assert_str_eq(object->problem, foreign[_i].problem);
}

/* A header of each class and order, made by hand; without program headers. */
static const struct {
	unsigned char class_, data;
	uint16_t machine;
	const char *name;
} machines[] = {
	{ ELFCLASS64, ELFDATA2LSB, EM_X86_64, "x86_64" },
	{ ELFCLASS32, ELFDATA2LSB, EM_X86_64, "x32" },
	{ ELFCLASS32, ELFDATA2LSB, EM_386, "i686" },
	{ ELFCLASS64, ELFDATA2LSB, EM_AARCH64, "aarch64" },
	{ ELFCLASS32, ELFDATA2LSB, EM_ARM, "armv7l" },
	{ ELFCLASS64, ELFDATA2MSB, EM_S390, "s390x" },
	{ ELFCLASS64, ELFDATA2LSB, EM_PPC64, "ppc64le" },
	{ ELFCLASS64, ELFDATA2MSB, EM_PPC64, "ppc64" },
	{ ELFCLASS64, ELFDATA2LSB, EM_RISCV, "riscv64" },
	{ ELFCLASS64, ELFDATA2LSB, EM_MIPS, "mips64el" },
	{ ELFCLASS32, ELFDATA2MSB, EM_MIPS, "mips" },
};

TEST_EACH(headers_of_every_class_and_order, ARRAY_SIZE(machines))
{
	unsigned char header[64] = "\177ELF";
	bool big = machines[_i].data == ELFDATA2MSB;
	const struct elf_object *object;

	header[EI_CLASS] = machines[_i].class_;
	header[EI_DATA] = machines[_i].data;
	header[EI_VERSION] = EV_CURRENT;
	header[big ? 17 : 16] = ET_DYN;
	header[big ? 19 : 18] = (unsigned char)machines[_i].machine;
	header[big ? 18 : 19] = (unsigned char)(machines[_i].machine >> 8);
	header[big ? 23 : 20] = EV_CURRENT;
	object = read_bytes(header, sizeof(header));
	ck_assert_int_eq(object->state, ELF_OBJECT_VALID);
	ck_assert_uint_eq(object->type, ET_DYN);
	ck_assert_uint_eq(object->machine, machines[_i].machine);
	ck_assert_int_eq(object->is64, machines[_i].class_ == ELFCLASS64);
	ck_assert_int_eq(object->big_endian, big);
	ck_assert_str_eq(elf_machine_name(object), machines[_i].name);
	ck_assert(!object->dynamic);
}

TEST(notes_are_found_by_their_segment)
{
	const struct elf_note *notes;
	struct root_file file;
	size_t count;
	bool build_id = false;

	if (!exists("/usr/bin/git"))
		return;
	ck_assert_int_eq(root_open(root, "/usr/bin/git", &file), 0);
	ck_assert_int_eq(elf_object_notes(&file, arena, &notes, &count), 0);
	root_file_close(&file);
	for (size_t i = 0; i < count; i++)
		build_id |= notes[i].type == NT_GNU_BUILD_ID &&
			    strcmp(notes[i].owner, "GNU") == 0 && notes[i].size == 20;
	ck_assert(build_id);
	ck_assert(read_object("/usr/bin/git")->has_abi_tag);
}

TEST(a_store_reads_a_file_once)
{
	struct elf_store *store = elf_store_new();
	const struct elf_object *first;
	const struct elf_object *second;
	struct root_file file;

	ck_assert_int_eq(root_open(root, "/bin/sh", &file), 0);
	ck_assert_int_eq(elf_store_get(store, &file, "/bin/sh", &first), 0);
	ck_assert_int_eq(elf_store_get(store, &file, "/usr/bin/sh", &second), 0);
	ck_assert_ptr_eq(first, second);
	ck_assert_str_eq(second->path, "/bin/sh");
	root_file_close(&file);
	elf_store_free(store);
}

/* Attributes as the Arm ABI's addenda have them, behind 'A' and the lengths that are put there. */
static const struct {
	const char *attributes;
	size_t size;
	unsigned version;
} arm_cases[] = {
	{ "\005"
	  "7-A\0\006\012\007A",
	  9, 7 },				 /* CPU_name, CPU_arch, CPU_arch_profile */
	{ "\006\004", 2, 5 },			 /* v5TE */
	{ "\006\007", 2, 6 },			 /* v6KZ */
	{ "\006\016", 2, 8 },			 /* v8-A */
	{ "\006\0", 2, 4 },			 /* before v4 */
	{ "\043text\0\042\001\006\015", 10, 7 }, /* of a tag that nobody knows, a text */
	{ "\040\001gnu\0\006\012", 8, 7 },	 /* compatibility: a number and a text */
	{ "\202\001\006\006\012", 5, 7 },	 /* a long number for a tag, and its value */
	{ "\005"
	  "7-A",
	  4, 0 },				  /* a text without an end */
	{ "\006\200\200\200\200\200\001", 7, 0 }, /* a number without one */
	{ "\006", 1, 0 },
	{ "", 0, 0 },
};

/* VENDOR's attributes, SIZE bytes, in an ELF file of one section; LIE is added to its lengths. */
static size_t make_arm(unsigned char *bytes, const char *vendor, const char *attributes,
		       size_t size, uint32_t lie)
{
	const Elf32_Ehdr header = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_DYN,
		.e_machine = EM_ARM,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(Elf32_Ehdr),
		.e_shentsize = sizeof(Elf32_Shdr),
		.e_shnum = 2,
		.e_shoff = sizeof(Elf32_Ehdr),
	};
	const uint32_t part = (uint32_t)size + 5 + lie;
	const uint32_t all = (uint32_t)(size + 5 + strlen(vendor) + 1 + 4) + lie;
	Elf32_Shdr sections[2] = { { 0 } };
	unsigned char *at = bytes + sizeof(header) + sizeof(sections);

	sections[1].sh_type = SHT_ARM_ATTRIBUTES;
	sections[1].sh_offset = (Elf32_Off)(at - bytes);
	*at++ = 'A';
	memcpy(at, &all, 4);
	strcpy((char *)at + 4, vendor);
	at += 4 + strlen(vendor) + 1;
	*at++ = 1;
	memcpy(at, &part, 4);
	memcpy(at + 4, attributes, size);
	at += 4 + size;
	sections[1].sh_size = (Elf32_Word)(at - bytes) - sections[1].sh_offset;
	memcpy(bytes, &header, sizeof(header));
	memcpy(bytes + sizeof(header), sections, sizeof(sections));
	return (size_t)(at - bytes);
}

static unsigned arm_version(const void *bytes, size_t size)
{
	char *path = scratch_path(&scratch, "arm");
	struct root_file file;
	unsigned version;

	scratch_file(&scratch, "arm", bytes, size);
	ck_assert_int_eq(root_open(root, path, &file), 0);
	ck_assert_int_eq(elf_arm_version(&file, &version), 0);
	root_file_close(&file);
	free(path);
	return version;
}

TEST_EACH(arm_versions_are_those_of_the_attributes, ARRAY_SIZE(arm_cases))
{
	unsigned char bytes[512];
	size_t size = make_arm(bytes, "aeabi", arm_cases[_i].attributes, arm_cases[_i].size, 0);

	ck_assert_uint_eq(arm_version(bytes, size), arm_cases[_i].version);
	/* Cut short anywhere, it says no more than before. */
	for (size_t i = 0; i < size; i++)
		ck_assert(arm_version(bytes, i) == 0);
	size = make_arm(bytes, "gnu", arm_cases[_i].attributes, arm_cases[_i].size, 0);
	ck_assert_uint_eq(arm_version(bytes, size), 0);
	for (uint32_t lie = 1; lie; lie <<= 1) {
		size = make_arm(bytes, "aeabi", arm_cases[_i].attributes, arm_cases[_i].size, lie);
		ck_assert_uint_eq(arm_version(bytes, size), 0);
	}
}

SUITE(elf, set_up, tear_down);
