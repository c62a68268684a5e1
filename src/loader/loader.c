/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/loader.h"
#include "base/error.h"
#include "base/path.h"
#include "loader/abi.h"
#include "loader/configuration.h"
#include "loader/explore.h"
#include "loader/foreign.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* The last "GLIBC_2.N" that the loader defines, where its banner does not tell. */
static unsigned minor_of_definitions(const struct elf_object *elf)
{
	static const char prefix[] = "GLIBC_2.";
	unsigned minor = 0;

	for (size_t i = 0; i < elf->n_version_definitions; i++) {
		const char *name = elf->version_definitions[i].name;
		unsigned value;

		if (strncmp(name, prefix, strlen(prefix)) != 0)
			continue;
		value = explore_minor(name, strlen(name), prefix);
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

/* Debian's and upstream's directories, for a loader whose file does not tell. */
static int add_usual_directories(struct arena *arena, const struct abi *abi,
				 struct texts *directories)
{
	const char *const forms[] = {
		arena_printf(arena, "/lib/%s", abi->multiarch),
		arena_printf(arena, "/usr/lib/%s", abi->multiarch),
		arena_printf(arena, "/%s", abi->plain),
		arena_printf(arena, "/usr/%s", abi->plain),
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		TRY(texts_add(arena, directories, forms[i]));
	TRY(texts_add_once(arena, directories, "/lib"));
	return texts_add_once(arena, directories, "/usr/lib");
}

/* The loader stands in the store itself, as STORE/glibc-2.35/lib: its own directory is a default
 * one. */
static int set_store(struct arena *arena, const struct explored *explored, struct loader *loader)
{
	const char *item = path_dirname(arena, explored->directories.items[0]);

	loader->cache_path = NULL;
	loader->store = item ? path_dirname(arena, item) : NULL;
	return loader->store ? 0 : -ENOMEM;
}

static const char usual_preload[] = "/etc/ld.so.preload";

/* Completes the model of glibc's loader, as far as its file has told, from the table of ABIs. */
static int open_glibc(const struct sysroot *sysroot, const struct elf_object *program,
		      struct explored *explored, struct loader *loader)
{
	const struct abi *abi = abi_find(loader->elf ? loader->elf : program);

	loader->kind = LOADER_GLIBC;
	loader->cache_flags = abi ? abi->cache_flags : CACHE_ID_LIBC6;
	loader->cache_path = explored->cache_path ? explored->cache_path : "/etc/ld.so.cache";
	loader->preload_path = explored->preload_path ? explored->preload_path : usual_preload;
	loader->reads_notes = explored->reads_notes;
	loader->vdso = abi_vdso(program);
	loader->minor = explored->minor;
	if (!loader->minor && loader->elf)
		loader->minor = minor_of_definitions(loader->elf);
	loader->lib = explored->lib;
	if (!loader->lib)
		loader->lib = abi ? abi->plain : "lib";
	if (explored->directories.count == 0 && abi)
		TRY(add_usual_directories(sysroot->arena, abi, &explored->directories));
	if (explored->has_own_caches && explored->directories.count > 0)
		TRY(set_store(sysroot->arena, explored, loader));
	loader->default_directories = explored->directories.items;
	loader->n_default_directories = explored->directories.count;
	return configuration_read_glibc(sysroot, loader);
}

static int open_musl(const struct sysroot *sysroot, struct loader *loader)
{
	loader->kind = LOADER_MUSL;
	loader->vdso = "linux-gate.so.1"; /* whatever its soname (ldso/dynlink.c) */
	return configuration_read_musl(sysroot, loader);
}

/* The loader's file: 0 with its ELF and what it tells, LOADER_MISSING, or -errno. */
static int read_file(const struct sysroot *sysroot, struct loader *loader,
		     struct explored *explored)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	int r;

	*explored = (struct explored){ 0 };
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
	if (loader->elf->is64 != loader->is64 || loader->elf->big_endian != loader->big_endian ||
	    loader->elf->machine != loader->machine)
		return diag_error(sysroot->diag, ENOEXEC, loader->interp,
				  "the loader is for %s, the program that names it is not",
				  elf_machine_name(loader->elf));
	if (loader->elf->unstartable)
		return diag_error(sysroot->diag, ENOEXEC, loader->interp, "%s",
				  loader->elf->unstartable);
	if (!(file.stat.st_mode & 0111))
		return diag_error_hint(sysroot->diag, EACCES, loader->interp,
				       "make it executable: chmod +x",
				       "the loader is not executable: the kernel refuses it");
	loader->soname = loader->elf->soname;
	r = explore_loader(&file, sysroot->arena, explored);
	return r < 0 ? diag_errno(sysroot->diag, -r, loader->interp) : 0;
}

/* Whether LOADER is musl's: by its file, or where that is missing by its name. */
static bool is_musl(const struct loader *loader, const struct explored *explored)
{
	bool named = strncmp(path_basename(loader->interp), "ld-musl-", 8) == 0;

	if (!loader->elf)
		return named;
	return !defines_version(loader->elf, "GLIBC_PRIVATE") && (named || explored->musl);
}

static bool defines_glibc(const struct loader *loader)
{
	const struct elf_object *elf = loader->elf;

	for (size_t i = 0; elf && i < elf->n_version_definitions; i++)
		if (strncmp(elf->version_definitions[i].name, "GLIBC_", 6) == 0)
			return true;
	return false;
}

/*
 * Whether LOADER, which is not musl's, is not glibc's either. One that is not in the root is taken
 * for glibc's, unless its name is another's.
 */
static bool is_foreign(struct loader *loader, const struct explored *explored)
{
	const struct foreign_system *system = foreign_by_interp(loader->interp);

	if (defines_glibc(loader))
		return false;
	loader->system = system ? system->name : NULL;
	return system || (loader->elf && !explored->cache_path && !explored->minor);
}

static bool is_file(const struct root *root, const char *path)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;

	return root_open(root, path, &file) == 0 && S_ISREG(file.stat.st_mode);
}

static bool is_library(const struct elf_object *object)
{
	return object->type == ET_DYN && object->soname && !(object->dt_flags_1 & DF_1_PIE);
}

/* The loader of a library, which does not say. */
static const char *interp_of_library(const struct root *root, const struct elf_object *object)
{
	const struct foreign_system *system = foreign_by_object(object);
	const char *glibc = loader_usual_interp(object);
	const char *musl = abi_musl_interp(object);

	if (system)
		return foreign_interp(system, object);
	for (size_t i = 0; i < object->n_dependencies && musl; i++) {
		const char *name = object->dependencies[i].name;

		if (strcmp(name, "libc.so") == 0 || strncmp(name, "libc.musl-", 10) == 0)
			return musl;
		if (strncmp(name, "libc.so.", 8) == 0)
			return glibc;
	}
	return musl && (!glibc || (!is_file(root, glibc) && is_file(root, musl))) ? musl : glibc;
}

const char *loader_interp_for(const struct root *root, const struct elf_object *object)
{
	const char *usual;

	if (!object->dynamic || object->n_dependencies == 0)
		return object->interp;
	if (!object->interp)
		return interp_of_library(root, object);
	if (!is_library(object) || is_file(root, object->interp) ||
	    foreign_by_interp(object->interp))
		return object->interp;
	usual = interp_of_library(root, object);
	return usual && is_file(root, usual) ? usual : object->interp;
}

int loader_open(const struct sysroot *sysroot, const struct elf_object *program,
		const struct loader **out)
{
	struct loader *loader = arena_alloc(sysroot->arena, sizeof(*loader));
	struct explored explored;
	int found;

	assert(sysroot->root && sysroot->store);
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
	found = TRY(read_file(sysroot, loader, &explored));
	loader->missing = found == LOADER_MISSING;
	if (is_musl(loader, &explored))
		TRY(open_musl(sysroot, loader));
	else if (is_foreign(loader, &explored))
		loader->kind = LOADER_FOREIGN;
	else
		TRY(open_glibc(sysroot, program, &explored, loader));
	return found;
}
