/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/loader.h"
#include "base/bytes.h"
#include "base/path.h"
#include "loader/abi.h"
#include "loader/conf.h"

#include <errno.h>
#include <string.h>

enum {
	CACHE_SIZE_MAX = 64 << 20,
	TEXT_SIZE_MAX = 1 << 20, /* of configuration files */
	DEFAULT_DIRECTORIES_MAX = 16,
};

/* What is being found out about a loader, from the strings in its read-only data. */
struct explore {
	const struct sysroot *sysroot;
	struct loader *loader;
	const char *directories[DEFAULT_DIRECTORIES_MAX];
	size_t n_directories;
	bool lib_stands_alone; /* loader->lib stands as a string of its own */
	bool musl;
	int error;
};

/* Whether TEXT is an absolute directory that ends in '/', as in SYSTEM_DIRS. */
static bool is_system_directory(const char *text, size_t length)
{
	if (length < 3 || text[0] != '/' || text[length - 1] != '/')
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f || text[i] == '%' ||
		    (text[i] == '/' && i + 1 < length && text[i + 1] == '/'))
			return false;
	return memmem(text, length, "/lib", 4) != NULL;
}

/*
 * The system directories are one array of bytes, each directory with its trailing '/'
 * and a NUL (elf/Makefile: trusted-dirs.st): the longest run of such strings.
 */
static void survey_directories(struct explore *explore, const char *bytes, size_t size)
{
	const char *found[DEFAULT_DIRECTORIES_MAX];
	size_t n_found = 0;
	const char *end = bytes + size;

	while (bytes < end) {
		const char *nul = memchr(bytes, '\0', (size_t)(end - bytes));
		size_t length = nul ? (size_t)(nul - bytes) : 0;

		if (!nul)
			break;
		if (!is_system_directory(bytes, length)) {
			n_found = 0;
		} else if (n_found < DEFAULT_DIRECTORIES_MAX) {
			found[n_found++] = bytes;
			if (n_found > explore->n_directories) {
				memcpy(explore->directories, found, n_found * sizeof(found[0]));
				explore->n_directories = n_found;
			}
		}
		bytes = nul + 1;
	}
	/* The segment's memory does not outlive this visit. */
	for (size_t i = 0; i < explore->n_directories; i++) {
		const char *directory = explore->directories[i];
		char *copy =
			arena_strndup(explore->sysroot->arena, directory, strlen(directory) - 1);

		if (!copy)
			explore->error = -ENOMEM;
		explore->directories[i] = copy;
	}
}

/* The NUL-terminated string whose end is TAIL, or NULL. */
static const char *survey_string_ending_in(struct explore *explore, const char *bytes, size_t size,
					   const char *tail)
{
	size_t length = strlen(tail) + 1;
	const char *end = memmem(bytes, size, tail, length);
	const char *start = end;
	char *copy;

	if (!end)
		return NULL;
	while (start > bytes && start[-1] != '\0')
		start--;
	copy = arena_strdup(explore->sysroot->arena, start);
	if (!copy)
		explore->error = -ENOMEM;
	return copy;
}

static bool contains_string(const char *bytes, size_t size, const char *string)
{
	size_t length = strlen(string) + 1;

	for (;;) {
		const char *found = memmem(bytes, size, string, length);

		if (!found)
			return false;
		if (found == bytes || found[-1] == '\0')
			return true;
		size -= (size_t)(found - bytes) + 1;
		bytes = found + 1;
	}
}

/* "... release version 2.36." in the banner of every loader since it has --version. */
static unsigned survey_minor(const char *bytes, size_t size)
{
	static const char banner[] = "release version 2.";
	const char *found = memmem(bytes, size, banner, sizeof(banner) - 1);
	unsigned minor = 0;

	if (!found)
		return 0;
	found += sizeof(banner) - 1;
	while (found < bytes + size && *found >= '0' && *found <= '9' && minor < 1000)
		minor = minor * 10 + (unsigned)(*found++ - '0');
	return minor;
}

/*
 * $LIB is compiled in as a string (DL_DST_LIB): "lib/x86_64-linux-gnu" for Debian,
 * "lib64" or "lib" elsewhere. It is the end of a default directory.
 */
static void survey_lib(struct explore *explore, const char *bytes, size_t size)
{
	for (size_t i = 0; i < explore->n_directories && !explore->loader->lib; i++) {
		const char *directory = explore->directories[i];

		if (!directory)
			continue;
		if (strncmp(directory, "/usr/", 5) == 0)
			directory += 4;
		if (contains_string(bytes, size, directory + 1))
			explore->loader->lib = directory + 1;
		else if (contains_string(bytes, size, path_basename(directory)))
			explore->loader->lib = path_basename(directory);
	}
}

static int survey_segment(void *data, const unsigned char *segment, size_t size, uint64_t address)
{
	struct explore *explore = data;
	const char *bytes = (const char *)segment;
	struct loader *loader = explore->loader;

	(void)address;
	if (memmem(bytes, size, "/lib:/usr/local/lib:/usr/lib", 29))
		explore->musl = true;
	if (!loader->cache_path)
		loader->cache_path = survey_string_ending_in(explore, bytes, size, "/ld.so.cache");
	if (!loader->minor)
		loader->minor = survey_minor(bytes, size);
	if (explore->n_directories == 0)
		survey_directories(explore, bytes, size);
	survey_lib(explore, bytes, size);
	return explore->error;
}

/* The last "GLIBC_2.N" that the loader defines, where its banner does not tell. */
static unsigned minor_of_definitions(const struct elf_object *elf)
{
	unsigned minor = 0;

	for (size_t i = 0; i < elf->n_version_definitions; i++) {
		const char *name = elf->version_definitions[i].name;
		unsigned value = 0;

		if (strncmp(name, "GLIBC_2.", 8) != 0)
			continue;
		for (name += 8; *name >= '0' && *name <= '9' && value < 1000; name++)
			value = value * 10 + (unsigned)(*name - '0');
		if (value > minor)
			minor = value;
	}
	return minor;
}

static bool defines_version(const struct elf_object *elf, const char *name)
{
	for (size_t i = 0; i < elf->n_version_definitions; i++)
		if (strcmp(elf->version_definitions[i].name, name) == 0)
			return true;
	return false;
}

/* Upstream's and Debian's directories, for a loader whose file does not tell. */
static int default_directories_of_table(struct arena *arena, const struct abi *abi,
					struct explore *explore)
{
	const char *const forms[] = {
		arena_printf(arena, "/lib/%s", abi->multiarch),
		arena_printf(arena, "/usr/lib/%s", abi->multiarch),
		arena_printf(arena, "/%s", abi->plain),
		arena_printf(arena, "/usr/%s", abi->plain),
		"/lib",
		"/usr/lib",
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		if (!forms[i])
			return -ENOMEM;
		if (i >= 4 && strcmp(abi->plain, "lib") == 0)
			break;
		explore->directories[explore->n_directories++] = forms[i];
	}
	if (!explore->loader->lib)
		explore->loader->lib = abi->plain;
	return 0;
}

/*
 * '#' starts a comment. The loader always searches from the file's beginning, in as many
 * bytes as are left behind the last comment: one that is further down than that is not seen
 * (elf/rtld.c). So it is here.
 */
static void blank_comments(char *text, size_t size)
{
	size_t rest = size;

	while (rest > 0) {
		char *comment = memchr(text, '#', rest);

		if (!comment)
			return;
		rest -= (size_t)(comment - text);
		do
			*comment = ' ';
		while (--rest > 0 && *++comment != '\n');
	}
}

/* Words separated by white space or ':', '#' starts a comment (elf/rtld.c: do_preload of the file).
 */
static int read_preload(const struct sysroot *sysroot, struct loader *loader)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	size_t capacity = 0;
	const char **words = NULL;
	char *text;
	size_t size;
	int r;

	r = root_open(sysroot->root, "/etc/ld.so.preload", &file);
	if (r == -ENOENT || r == -ENOTDIR || r == -EACCES)
		return 0;
	if (r == 0)
		r = root_file_read(&file, sysroot->arena, TEXT_SIZE_MAX, &text, &size);
	if (r < 0)
		return diag_errno(sysroot->diag, -r, "/etc/ld.so.preload");
	blank_comments(text, size);
	for (char *word = strtok_r(text, ": \t\n", &text); word;
	     word = strtok_r(NULL, ": \t\n", &text)) {
		r = arena_grow(sysroot->arena, &words, loader->n_preload, &capacity,
			       sizeof(*words));
		if (r < 0)
			return r;
		words[loader->n_preload++] = word;
	}
	loader->preload = words;
	if (loader->n_preload > 0)
		diag_warning(sysroot->diag, "/etc/ld.so.preload",
			     "is followed: its libraries come along");
	return 0;
}

/*
 * Some loaders take entries of one more id than their own, as if they had it (dl-cache.h:
 * _dl_cache_check_flags): ARM's those that tell nothing of floating point, and those without
 * an id of their own what needs no libc.
 */
static int adopt_entries(struct arena *arena, struct loader *loader)
{
	struct cache *cache = &loader->cache;
	struct cache_entry *entries;
	int32_t adopted;

	if (loader->machine == EM_ARM)
		adopted = CACHE_ID_LIBC6;
	else if (loader->cache_flags == CACHE_ID_LIBC6)
		adopted = CACHE_ID_ELF;
	else
		return 0;
	entries = arena_memdup(arena, cache->entries, cache->n_entries * sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	for (size_t i = 0; i < cache->n_entries; i++)
		if (entries[i].flags == adopted)
			entries[i].flags = loader->cache_flags;
	cache->entries = entries;
	return 0;
}

/* ld.so reads the cache and never ld.so.conf; that one stands in where there is no cache. */
static int read_cache(const struct sysroot *sysroot, struct loader *loader)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	const char *directory;
	const char *conf;
	char *bytes;
	size_t size;
	int r;

	r = root_open(sysroot->root, loader->cache_path, &file);
	if (r == 0 && S_ISREG(file.stat.st_mode)) {
		r = root_file_read(&file, sysroot->arena, CACHE_SIZE_MAX, &bytes, &size);
		if (r == 0)
			r = cache_parse(sysroot->arena, bytes, size, loader->big_endian,
					&loader->cache);
		if (r == -EINVAL) {
			diag_warning(sysroot->diag, loader->cache_path,
				     "is no cache that %s accepts", loader->interp);
			return 0;
		}
		if (r == 0)
			r = adopt_entries(sysroot->arena, loader);
		return r < 0 ? diag_errno(sysroot->diag, -r, loader->cache_path) : 0;
	}
	directory = path_dirname(sysroot->arena, loader->cache_path);
	conf = directory ? path_join(sysroot->arena, directory, "ld.so.conf") : NULL;
	if (!conf)
		return -ENOMEM;
	loader->cache_from_conf = true;
	return conf_read(sysroot->root, sysroot->arena, conf, sysroot->diag,
			 &loader->conf_directories, &loader->n_conf_directories);
}

static int glibc_open(const struct elf_object *program, struct explore *explore)
{
	const struct sysroot *sysroot = explore->sysroot;
	struct loader *loader = explore->loader;
	const struct abi *abi = abi_find(loader->elf ? loader->elf : program);
	const char **directories;
	int r;

	loader->kind = LOADER_GLIBC;
	loader->cache_flags = abi ? abi->cache_flags : CACHE_ID_LIBC6;
	if (!loader->cache_path)
		loader->cache_path = "/etc/ld.so.cache";
	if (!loader->minor && loader->elf)
		loader->minor = minor_of_definitions(loader->elf);
	if (explore->n_directories == 0 && abi) {
		r = default_directories_of_table(sysroot->arena, abi, explore);
		if (r < 0)
			return r;
	}
	if (!loader->lib)
		loader->lib = abi ? abi->plain : "lib";
	directories = arena_memdup(sysroot->arena, explore->directories,
				   explore->n_directories * sizeof(explore->directories[0]));
	if (!directories)
		return -ENOMEM;
	loader->default_directories = directories;
	loader->n_default_directories = explore->n_directories;
	r = read_cache(sysroot, loader);
	return r < 0 ? r : read_preload(sysroot, loader);
}

/*
 * musl's system path stands in <prefix>/etc/ld-musl-ARCH.path, the prefix being two
 * directories above the loader (ldso/dynlink.c). A file that cannot be read means an
 * empty path; one that does not exist, the default: PATH_FILE_ABSENT.
 */
enum { PATH_FILE_ABSENT = 1 };
static int musl_read_path(const struct sysroot *sysroot, const char *path, char **text)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	size_t size;
	int r;

	r = root_open(sysroot->root, path, &file);
	if (r == -ENOENT) {
		*text = arena_strdup(sysroot->arena, "/lib:/usr/local/lib:/usr/lib");
		return *text ? PATH_FILE_ABSENT : -ENOMEM;
	}
	if (r == 0)
		r = root_file_read(&file, sysroot->arena, TEXT_SIZE_MAX, text, &size);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		*text = arena_strdup(sysroot->arena, "");
	return *text ? 0 : -ENOMEM;
}

static int musl_open(const struct sysroot *sysroot, struct loader *loader)
{
	const char *base = path_basename(loader->interp);
	const char *dot = strstr(base, ".so");
	size_t length = dot ? (size_t)(dot - base) : strlen(base);
	const char *directory = path_dirname(sysroot->arena, loader->interp);
	const char *prefix = directory ? path_dirname(sysroot->arena, directory) : NULL;
	const char **directories = NULL;
	size_t capacity = 0;
	char *text;
	char *path;
	int r;

	loader->kind = LOADER_MUSL;
	if (!prefix)
		return -ENOMEM;
	path = arena_printf(sysroot->arena, "%s/etc/%.*s.path",
			    strcmp(prefix, "/") == 0 ? "" : prefix, (int)length, base);
	if (!path)
		return -ENOMEM;
	r = musl_read_path(sysroot, path, &text);
	if (r < 0)
		return r;
	loader->cache_path = r == PATH_FILE_ABSENT ? NULL : path;
	for (char *word = strtok_r(text, ":\n", &text); word; word = strtok_r(NULL, ":\n", &text)) {
		r = arena_grow(sysroot->arena, &directories, loader->n_default_directories,
			       &capacity, sizeof(*directories));
		if (r < 0)
			return r;
		directories[loader->n_default_directories++] = word;
	}
	loader->default_directories = directories;
	return 0;
}

/* The loader's file: 0 with its ELF and survey, LOADER_MISSING, or -errno. */
static int read_loader(struct explore *explore)
{
	const struct sysroot *sysroot = explore->sysroot;
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	struct loader *loader = explore->loader;
	int r;

	r = root_open(sysroot->root, loader->interp, &file);
	if (r == -ENOENT || r == -ENOTDIR || r == -ELOOP)
		return LOADER_MISSING;
	if (r < 0)
		return diag_errno(sysroot->diag, -r, loader->interp);
	if (!S_ISREG(file.stat.st_mode))
		return diag_error(sysroot->diag, ENOEXEC, loader->interp,
				  "the loader is not a regular file");
	r = elf_store_get(sysroot->store, &file, loader->interp, &loader->elf);
	if (r < 0)
		return diag_errno(sysroot->diag, -r, loader->interp);
	if (loader->elf->state != ELF_OBJECT_VALID)
		return diag_error(sysroot->diag, ENOEXEC, loader->interp, "%s",
				  loader->elf->problem);
	loader->soname = loader->elf->soname;
	return elf_object_read_only_data(&file, survey_segment, explore);
}

static bool is_file(const struct root *root, const char *path)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;

	return root_open(root, path, &file) == 0 && S_ISREG(file.stat.st_mode);
}

const char *loader_interp_for(const struct root *root, const struct elf_object *object)
{
	const char *glibc = loader_usual_interp(object);
	const char *musl = abi_musl_interp(object);

	if (object->interp || !object->dynamic || object->n_dependencies == 0)
		return object->interp;
	for (size_t i = 0; i < object->n_dependencies && musl; i++) {
		const char *name = object->dependencies[i].name;

		if (strcmp(name, "libc.so") == 0 || strncmp(name, "libc.musl-", 10) == 0)
			return musl;
		if (strncmp(name, "libc.so.", 8) == 0)
			return glibc;
	}
	return musl && (!glibc || (!is_file(root, glibc) && is_file(root, musl))) ? musl : glibc;
}

int loader_open(const struct sysroot *sysroot, const struct elf_object *program,
		const struct loader **out)
{
	struct loader *loader = arena_alloc(sysroot->arena, sizeof(*loader));
	struct explore explore = { .sysroot = sysroot, .loader = loader };
	bool musl;
	int found;
	int r;

	if (!loader)
		return -ENOMEM;
	*out = loader;
	loader->is64 = program->is64;
	loader->big_endian = program->big_endian;
	loader->machine = program->machine;
	loader->machine_flags = program->flags;
	loader->interp = loader_interp_for(sysroot->root, program);
	if (!loader->interp)
		return 0;
	found = read_loader(&explore);
	if (found < 0)
		return found;
	loader->missing = found == LOADER_MISSING;
	musl = strncmp(path_basename(loader->interp), "ld-musl-", 8) == 0;
	if (loader->elf)
		musl = !defines_version(loader->elf, "GLIBC_PRIVATE") && (musl || explore.musl);
	r = musl ? musl_open(sysroot, loader) : glibc_open(program, &explore);
	return r < 0 ? r : found;
}
