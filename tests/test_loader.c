/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"
#include "loader/glibc.h"
#include "loader/loader.h"
#include "loader/musl.h"
#include "scratch.h"

static struct scratch scratch;
static struct arena *arena;
static struct elf_store *store;
static struct root *root;
static struct sysroot sysroot;

/* A sysroot at PATH that remembers nothing. */
static void open_sysroot(const char *path)
{
	root_close(root);
	ck_assert_int_eq(root_disk_open(&root, path), 0);
	sysroot = (struct sysroot){
		.arena = arena,
		.root = root,
		.store = store,
		.working_directory = "/",
	};
}

static void set_up(void)
{
	scratch_open(&scratch);
	arena = arena_new();
	store = elf_store_new();
	root = NULL;
	open_sysroot("/");
}

static void tear_down(void)
{
	root_close(root);
	elf_store_free(store);
	arena_free(arena);
	scratch_close(&scratch);
}

static const struct loader *open_loader(const struct elf_object *program)
{
	const struct loader *loader;

	ck_assert_int_ge(sysroot_loader(&sysroot, program, &loader), 0);
	return loader;
}

static const struct elf_object *read_object(const char *path)
{
	const struct elf_object *object;
	struct root_file file;

	ck_assert_int_eq(root_open(root, path, &file), 0);
	ck_assert_int_eq(elf_store_get(store, &file, path, &object), 0);
	root_file_close(&file);
	return object;
}

/* "  /lib/x86_64-linux-gnu (system search path)" of ld.so --help, one a line. */
TEST(default_directories_are_those_the_loader_tells)
{
	const struct elf_object *shell = read_object("/bin/sh");
	const struct loader *loader = open_loader(shell);
	char ours[4096] = "";
	char *theirs;
	char *command;

	if (loader->kind != LOADER_GLIBC || loader->minor < 33) {
		scratch_skip("default directories", "the loader has no --help that tells");
		return;
	}
	ck_assert_int_gt(asprintf(&command,
				  "%s --help | sed -n 's/^  \\(.*\\) (system search path)/\\1/p'",
				  loader->interp),
			 0);
	theirs = scratch_run(&scratch, command);
	ck_assert_ptr_nonnull(theirs);
	for (size_t i = 0; i < loader->n_default_directories; i++) {
		strcat(ours, loader->default_directories[i]);
		strcat(ours, "\n");
	}
	ck_assert_str_eq(ours, theirs);
	free(theirs);
	free(command);
}

TEST(its_version_and_cache_are_read_from_the_loader)
{
	const struct loader *loader = open_loader(read_object("/bin/sh"));
	char *theirs;
	char *command;

	if (loader->kind != LOADER_GLIBC) {
		scratch_skip("version", "no glibc here");
		return;
	}
	ck_assert_int_gt(asprintf(&command,
				  "%s --version | sed -n '1s/.* 2\\.\\([0-9]*\\)\\.*$/\\1/p'",
				  loader->interp),
			 0);
	theirs = scratch_run(&scratch, command);
	ck_assert_uint_eq(loader->minor, strtoul(theirs, NULL, 10));
	ck_assert_str_eq(loader->cache_path, "/etc/ld.so.cache");
	ck_assert_ptr_nonnull(loader->lib);
	ck_assert_str_eq(loader->soname, path_basename(loader->interp));
	free(theirs);
	free(command);
}

TEST(a_program_without_loader_has_none)
{
	const struct elf_object program = { .type = ET_EXEC, .machine = EM_X86_64, .is64 = true };
	const struct loader *loader = open_loader(&program);

	ck_assert_int_eq(loader->kind, LOADER_NONE);
	ck_assert_ptr_null(loader->interp);
}

/* A loader that is not there: upstream's and Debian's directories stand in. */
TEST(a_table_stands_in_for_a_missing_loader)
{
	const struct elf_object program = {
		.type = ET_DYN,
		.machine = EM_S390,
		.is64 = true,
		.big_endian = true,
		.dynamic = true,
		.interp = "/none/ld64.so.1",
	};
	const struct loader *loader;

	ck_assert_int_eq(sysroot_loader(&sysroot, &program, &loader), LOADER_MISSING);
	ck_assert_int_eq(loader->kind, LOADER_GLIBC);
	ck_assert_int_eq(loader->cache_flags, 0x0403);
	ck_assert_str_eq(loader->default_directories[0], "/lib/s390x-linux-gnu");
}

TEST(a_model_is_made_once_for_each_loader_and_abi)
{
	struct elf_object program = {
		.type = ET_DYN,
		.machine = EM_X86_64,
		.is64 = true,
		.dynamic = true,
		.interp = "/none/ld.so.1",
	};
	const struct loader *first;
	const struct loader *again;
	const struct loader *other;

	ck_assert_int_eq(sysroot_loader(&sysroot, &program, &first), LOADER_MISSING);
	program.interp = "/none/ld.so.2";
	ck_assert_int_eq(sysroot_loader(&sysroot, &program, &other), LOADER_MISSING);
	ck_assert_ptr_ne(first, other);
	program.interp = "/none/ld.so.1";
	ck_assert_int_eq(sysroot_loader(&sysroot, &program, &again), LOADER_MISSING);
	ck_assert_ptr_eq(first, again);
	program.machine = EM_386;
	program.is64 = false;
	ck_assert_int_eq(sysroot_loader(&sysroot, &program, &other), LOADER_MISSING);
	ck_assert_ptr_ne(first, other);
}

/* A file that is a loader to the survey: an ELF file whose one segment holds the strings. */
static const struct loader *explore(const char *interp, const char *strings, size_t size)
{
	unsigned char bytes[4096] = { 0 };
	Elf64_Ehdr header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_DYN,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(header),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1,
	};
	Elf64_Phdr segment = {
		.p_type = PT_LOAD,
		.p_flags = PF_R,
		.p_filesz = sizeof(bytes),
		.p_memsz = sizeof(bytes),
	};
	const struct elf_object program = {
		.type = ET_DYN,
		.machine = EM_X86_64,
		.is64 = true,
		.dynamic = true,
		.interp = interp,
	};
	char *file_path;

	memcpy(bytes, &header, sizeof(header));
	memcpy(bytes + sizeof(header), &segment, sizeof(segment));
	memcpy(bytes + 1024, strings, size);
	scratch_file(&scratch, interp + 1, bytes, sizeof(bytes));
	file_path = scratch_path(&scratch, interp + 1);
	ck_assert_int_eq(chmod(file_path, 0755), 0);
	free(file_path);
	open_sysroot(scratch.path);
	return open_loader(&program);
}

TEST(a_loader_of_nix_tells_its_prefix)
{
	static const char strings[] =
		"\0/nix/store/x-glibc-2.38/lib/\0lib\0/nix/store/x-glibc-2.38/etc/ld.so.cache\0"
		"ld.so (GNU libc) stable release version 2.38.\n";
	const struct loader *loader = explore("/nix/store/x-glibc-2.38/lib/ld-linux-x86-64.so.2",
					      strings, sizeof(strings));

	ck_assert_uint_eq(loader->n_default_directories, 1);
	ck_assert_str_eq(loader->default_directories[0], "/nix/store/x-glibc-2.38/lib");
	ck_assert_str_eq(loader->cache_path, "/nix/store/x-glibc-2.38/etc/ld.so.cache");
	ck_assert_str_eq(loader->lib, "lib");
	ck_assert_uint_eq(loader->minor, 38);
}

TEST(a_loader_of_fedora_tells_lib64)
{
	static const char strings[] = "\0/lib64/\0/usr/lib64/\0x/\0lib64\0/etc/ld.so.cache\0";
	const struct loader *loader =
		explore("/lib64/ld-linux-x86-64.so.2", strings, sizeof(strings));

	ck_assert_uint_eq(loader->n_default_directories, 2);
	ck_assert_str_eq(loader->default_directories[0], "/lib64");
	ck_assert_str_eq(loader->default_directories[1], "/usr/lib64");
	ck_assert_str_eq(loader->lib, "lib64");
}

TEST(a_loader_of_musl_is_told_by_its_path)
{
	static const char strings[] = "\0/lib:/usr/local/lib:/usr/lib\0";
	const struct loader *loader = explore("/lib/ld-musl-x86_64.so.1", strings, sizeof(strings));

	ck_assert_int_eq(loader->kind, LOADER_MUSL);
	ck_assert_uint_eq(loader->n_default_directories, 3);
	ck_assert_str_eq(loader->default_directories[1], "/usr/local/lib");
	ck_assert_ptr_null(loader->cache_path);
}

TEST(a_loader_of_musl_has_its_path_beside_it)
{
	static const char strings[] = "\0/lib:/usr/local/lib:/usr/lib\0";
	static const char path[] = "/opt/x:/opt/y\n/opt/z";
	const struct loader *loader;

	scratch_file(&scratch, "opt/musl/etc/ld-musl-x86_64.path", path, sizeof(path) - 1);
	loader = explore("/opt/musl/lib/ld-musl-x86_64.so.1", strings, sizeof(strings));
	ck_assert_uint_eq(loader->n_default_directories, 3);
	ck_assert_str_eq(loader->default_directories[2], "/opt/z");
	ck_assert_str_eq(loader->cache_path, "/opt/musl/etc/ld-musl-x86_64.path");
}

/* What a library needs tells whose it is; else the loader that there is. */
static const struct {
	const char *needed;
	const char *there;
	const char *interp;
} libraries[] = {
	{ "libc.so.6", "lib/ld-musl-x86_64.so.1", "/lib64/ld-linux-x86-64.so.2" },
	{ "libc.so", "lib64/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1" },
	{ "libc.musl-x86_64.so.1", "other", "/lib/ld-musl-x86_64.so.1" },
	{ "libz.so.1", "lib/ld-musl-x86_64.so.1", "/lib/ld-musl-x86_64.so.1" },
	{ "libz.so.1", "lib64/ld-linux-x86-64.so.2", "/lib64/ld-linux-x86-64.so.2" },
	{ "libz.so.1", "other", "/lib64/ld-linux-x86-64.so.2" },
};

TEST_EACH(a_library_tells_its_loader, ARRAY_SIZE(libraries))
{
	const struct elf_dependency needed = { DT_NEEDED, libraries[_i].needed };
	const struct elf_object library = {
		.type = ET_DYN,
		.machine = EM_X86_64,
		.is64 = true,
		.dynamic = true,
		.dependencies = &needed,
		.n_dependencies = 1,
	};

	scratch_file(&scratch, libraries[_i].there, "", 0);
	open_sysroot(scratch.path);
	ck_assert_str_eq(loader_interp_for(root, &library), libraries[_i].interp);
}

static const struct {
	const char *text;
	const char *expanded; /* NULL: the element is dropped */
	bool secure;
	const char *origin;
} tokens[] = {
	{ "/plain", "/plain", false, "/opt/bin" },
	{ "$ORIGIN/../lib", "/opt/bin/../lib", false, "/opt/bin" },
	{ "${ORIGIN}/x", "/opt/bin/x", false, "/opt/bin" },
	{ "a$ORIGIN", "a/opt/bin", false, "/opt/bin" },
	{ "$ORIGINAL", "$ORIGINAL", false, "/opt/bin" },
	{ "$ORIGIN_", "$ORIGIN_", false, "/opt/bin" },
	{ "${ORIGIN", "${ORIGIN", false, "/opt/bin" },
	{ "$OTHER/$", "$OTHER/$", false, "/opt/bin" },
	{ "/a/$LIB/x", "/a/lib64/x", false, "/opt/bin" },
	{ "/${PLATFORM}", "/x86_64", false, "/opt/bin" },
	{ "$ORIGIN", NULL, false, NULL },
	/* A set-id program: $ORIGIN first, alone or with a '/', and in a default directory. */
	{ "$ORIGIN/../lib", "/usr/lib64/bin/../lib", true, "/usr/lib64/bin" },
	{ "$ORIGIN/../../../tmp", NULL, true, "/usr/lib64/bin" },
	{ "/x/$ORIGIN", NULL, true, "/usr/lib64/bin" },
	{ "$ORIGIN.so", NULL, true, "/usr/lib64/bin" },
	{ "$ORIGIN/x", NULL, true, "/home/me" },
	{ "/a/$LIB", "/a/lib64", true, "/home/me" },
};

TEST_EACH(tokens_are_expanded_by_the_book, ARRAY_SIZE(tokens))
{
	static const char *const directories[] = { "/lib64", "/usr/lib64" };
	static const struct loader loader = {
		.kind = LOADER_GLIBC,
		.lib = "lib64",
		.default_directories = directories,
		.n_default_directories = 2,
	};
	static const struct processor processor = { .platform = "x86_64" };
	struct loaded program = {
		.origin = { tokens[_i].origin, tokens[_i].origin },
		.secure = tokens[_i].secure,
	};
	struct search_context context = {
		.sysroot = &sysroot,
		.loader = &loader,
		.processor = &processor,
		.program = &program,
	};
	struct location location;
	int r = glibc_expand(&context, &program, tokens[_i].text, strlen(tokens[_i].text),
			     &location);

	ck_assert_int_eq(r, tokens[_i].expanded ? 0 : SEARCH_NOT_FOUND);
	if (tokens[_i].expanded)
		ck_assert_str_eq(location.path, tokens[_i].expanded);
}

/* elf/dl-load.c: open_verify looked at .note.ABI-tag until 2.35. */
static const struct {
	unsigned minor;
	uint32_t system;
	bool taken;
} abi_tags[] = {
	{ 31, ELF_NOTE_OS_LINUX, true },
	{ 31, ELF_NOTE_OS_FREEBSD, false },
	{ 35, ELF_NOTE_OS_GNU, false },
	{ 36, ELF_NOTE_OS_GNU, true },
};

TEST_EACH(another_system_is_passed_over_by_old_loaders, ARRAY_SIZE(abi_tags))
{
	const struct loader loader = {
		.kind = LOADER_GLIBC,
		.machine = EM_X86_64,
		.is64 = true,
		.minor = abi_tags[_i].minor,
	};
	const struct elf_object library = {
		.ident = { [EI_VERSION] = EV_CURRENT },
		.version = EV_CURRENT,
		.type = ET_DYN,
		.machine = EM_X86_64,
		.is64 = true,
		.phentsize = sizeof(Elf64_Phdr),
		.has_abi_tag = true,
		.abi_tag = { abi_tags[_i].system, 3, 2, 0 },
	};
	const char *problem;

	ck_assert_int_eq(glibc_verify(&loader, &library, &problem),
			 abi_tags[_i].taken ? 0 : SEARCH_NOT_FOUND);
}

static const struct {
	const char *name;
	bool reserved;
} musl_names[] = {
	{ "libc.so", true },	     { "libc.musl-x86_64.so.1", true },
	{ "libm.so.6", true },	     { "libpthread.so.0", true },
	{ "librt.so.1", true },	     { "libdl.so.2", true },
	{ "libutil.so.1", true },    { "libxnet.so", true },
	{ "libcrypt.so.1", false },  { "libmount.so.1", false },
	{ "libresolv.so.2", false }, { "libc", false },
	{ "/lib/libc.so", false },
};

TEST_EACH(names_that_mean_musl_itself, ARRAY_SIZE(musl_names))
{
	ck_assert_int_eq(musl_is_reserved(musl_names[_i].name), musl_names[_i].reserved);
}

TEST(processors_begin_with_the_baseline)
{
	static const uint16_t known[] = { EM_X86_64, EM_386, EM_AARCH64, EM_PPC64,
					  EM_S390,   EM_ARM, EM_RISCV };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const struct loader loader = {
			.kind = LOADER_GLIBC,
			.machine = known[i],
			.is64 = known[i] != EM_386 && known[i] != EM_ARM,
			.big_endian = known[i] == EM_S390,
		};
		const struct processor *processors;
		size_t count;

		loader_processors(&loader, &processors, &count);
		ck_assert_uint_ge(count, 1);
		ck_assert_str_eq(processors[0].name, "baseline");
		ck_assert_uint_eq(processors[0].n_hwcaps, 0);
	}
}

/* "  x86-64-v3 (supported, searched)" of ld.so --help. */
TEST(this_processor_is_what_the_loader_says)
{
	const struct loader *loader = open_loader(read_object("/bin/sh"));
	const struct processor *native = loader_native_processor(loader);
	char ours[256] = "";
	char *theirs;
	char *command;

	if (loader->kind != LOADER_GLIBC || loader->minor < 33) {
		scratch_skip("processor", "the loader has no --help that tells");
		return;
	}
	ck_assert_int_gt(asprintf(&command,
				  "%s --help | sed -n '/^Legacy/q; s/^  \\(.*\\) (supported, "
				  "searched)/\\1/p'",
				  loader->interp),
			 0);
	theirs = scratch_run(&scratch, command);
	for (size_t i = 0; i < native->n_hwcaps; i++) {
		strcat(ours, native->hwcaps[i]);
		strcat(ours, "\n");
	}
	ck_assert_str_eq(ours, theirs);
	free(theirs);
	free(command);
}

SUITE(loader, set_up, tear_down);
