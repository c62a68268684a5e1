/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/glibc.h"
#include "loader/tokens.h"

#include <errno.h>
#include <string.h>

enum {
	ABI_TAG_MINOR_MAX = 35, /* the last minor version that looks at .note.ABI-tag */
};

static bool osabi_is_valid(const struct loader *loader, const struct elf_object *elf)
{
	unsigned char osabi = elf->ident[EI_OSABI];

	if (osabi == ELFOSABI_SYSV || osabi == ELFOSABI_GNU)
		return true;
	return loader->machine == EM_ARM && osabi == ELFOSABI_ARM_AEABI;
}

static bool abiversion_is_valid(const struct loader *loader, const struct elf_object *elf)
{
	enum {
		GNU_ABIVERSION_MAX = 4,	 /* libc-abis.h: below LIBC_ABI_MAX */
		MIPS_ABIVERSION_MAX = 5, /* sysdeps/mips/ldsodefs.h */
	};
	unsigned char version = elf->ident[EI_ABIVERSION];

	if (version == 0)
		return true;
	if (loader->machine == EM_MIPS)
		return version <= MIPS_ABIVERSION_MAX;
	return elf->ident[EI_OSABI] == ELFOSABI_GNU && version < GNU_ABIVERSION_MAX;
}

static const char *ident_problem(const struct loader *loader, const struct elf_object *elf)
{
	if (elf->big_endian != loader->big_endian)
		return loader->big_endian ? "ELF file data encoding not big-endian"
					  : "ELF file data encoding not little-endian";
	if (elf->ident[EI_VERSION] != EV_CURRENT)
		return "ELF file version ident does not match current one";
	if (!osabi_is_valid(loader, elf))
		return "ELF file OS ABI invalid";
	if (!abiversion_is_valid(loader, elf))
		return "ELF file ABI version invalid";
	for (unsigned i = EI_PAD; i < EI_NIDENT; i++)
		if (elf->ident[i])
			return "nonzero padding in e_ident";
	if (elf->version != EV_CURRENT)
		return "ELF file version does not match current one";
	return NULL;
}

/*
 * Until 2.35 a library whose ABI tag names another system than Linux was passed over. The
 * kernel's version in the tag is that of where the result will run, not of here.
 */
static bool abi_tag_is_wrong(const struct loader *loader, const struct elf_object *elf)
{
	return loader->minor != 0 && loader->minor <= ABI_TAG_MINOR_MAX && elf->has_abi_tag &&
	       elf->abi_tag[0] != ELF_NOTE_OS_LINUX;
}

/*
 * Where one machine has several ABIs, e_flags tell them apart: floating point and calls
 * (sysdeps/.../dl-machine.h: elf_machine_matches_host). x32 and n32 are told from their 64 bit
 * kin by class.
 */
static bool flags_fit(const struct loader *loader, const struct elf_object *elf)
{
	const uint32_t arm_float = EF_ARM_ABI_FLOAT_SOFT | EF_ARM_ABI_FLOAT_HARD;
	uint32_t others = elf->flags ^ loader->machine_flags;

	switch (loader->machine) {
	case EM_ARM: /* what says nothing fits all */
		return !(loader->machine_flags & arm_float) ||
		       !(elf->flags & ~loader->machine_flags & arm_float);
	case EM_MIPS:
		return !(others & EF_MIPS_NAN2008) && !(elf->flags & EF_MIPS_FP64) &&
		       (elf->is64 || !(others & EF_MIPS_ABI2));
	case EM_PPC64: /* so does 0; little-endian is the second ABI */
		return !(elf->flags & EF_PPC64_ABI) ||
		       (elf->flags & EF_PPC64_ABI) == (loader->big_endian ? 1 : 2);
	case EM_RISCV:
		return !(others & EF_RISCV_FLOAT_ABI);
	default:
		return true;
	}
}

int glibc_verify(const struct loader *loader, const struct elf_object *elf, const char **problem)
{
	*problem = elf->problem;
	if (elf->state == ELF_OBJECT_FOREIGN)
		return SEARCH_STOPPED;
	if (elf->is64 != loader->is64)
		return SEARCH_NOT_FOUND;
	*problem = ident_problem(loader, elf);
	if (*problem)
		return SEARCH_STOPPED;
	if (elf->machine != loader->machine || !flags_fit(loader, elf))
		return SEARCH_NOT_FOUND;
	if (elf->type != ET_DYN && elf->type != ET_EXEC)
		*problem = "only ET_DYN and ET_EXEC can be loaded";
	else if (elf->phentsize != (elf->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)))
		*problem = "ELF file's phentsize not the expected size";
	else if (elf->state == ELF_OBJECT_CORRUPT)
		*problem = elf->problem;
	else if (abi_tag_is_wrong(loader, elf))
		return SEARCH_NOT_FOUND;
	return *problem ? SEARCH_STOPPED : 0;
}

const char *glibc_refusal(const struct elf_object *elf)
{
	if (!elf->dynamic)
		return "object file has no dynamic section";
	if (elf->type == ET_EXEC)
		return "cannot dynamically load executable";
	if (elf->dt_flags_1 & DF_1_PIE)
		return "cannot dynamically load position-independent executable";
	return NULL;
}

/* A list of directories out of OBJECT, or of the library path. An empty list is none. */
static int search_list(struct search_context *context, const struct loaded *object,
		       const char *list, const char *separators, enum found_by found_by,
		       const char *name, struct search_result *result)
{
	if (!*list)
		return SEARCH_NOT_FOUND;
	for (;;) {
		size_t length = strcspn(list, separators);
		struct location directory;
		int r = expand_glibc(context, object, list, length, &directory);

		/* What expands to nothing is dropped; what stands there empty is the working
		 * directory. */
		if (r == 0 && length > 0 && !*directory.path)
			r = SEARCH_NOT_FOUND;
		else if (r == 0)
			r = search_in_directory(context, directory, found_by, name, result);
		if (r == SEARCH_ABANDONED)
			return SEARCH_NOT_FOUND;
		if (r != SEARCH_NOT_FOUND)
			return r;
		if (!list[length])
			return SEARCH_NOT_FOUND;
		list += length + 1;
	}
}

/* An object with DT_RUNPATH has no DT_RPATH any more (elf/get-dynamic-info.h). */
static const char *rpath_of(const struct loaded *object)
{
	return object->elf && !object->elf->runpath ? object->elf->rpath : NULL;
}

/*
 * The DT_RPATH of the requester, of who loaded it, and so on up; then the program's.
 * None of them where the requester has a DT_RUNPATH.
 */
static int search_rpaths(struct search_context *context, const struct loaded *requester,
			 const char *name, struct search_result *result)
{
	bool did_program = false;
	int r;

	if (requester->elf && requester->elf->runpath)
		return SEARCH_NOT_FOUND;
	for (const struct loaded *object = requester; object; object = object->requester) {
		const char *rpath = rpath_of(object);

		if (!rpath)
			continue;
		r = search_list(context, object, rpath, ":", FOUND_BY_RPATH, name, result);
		if (r != SEARCH_NOT_FOUND)
			return r;
		did_program |= object == context->program;
	}
	if (did_program || !context->program || !rpath_of(context->program))
		return SEARCH_NOT_FOUND;
	return search_list(context, context->program, rpath_of(context->program), ":",
			   FOUND_BY_RPATH, name, result);
}

/* The place of a hwcaps subdirectory in the processor's order from 1; 0: not for it. */
static unsigned hwcaps_priority(const struct processor *processor, const struct cache_entry *entry)
{
	if (processor->isa_level && !((1u << (entry->isa_level & 31)) & processor->isa_level))
		return 0;
	for (size_t i = 0; i < processor->n_hwcaps; i++)
		if (strcmp(processor->hwcaps[i], entry->hwcaps) == 0)
			return (unsigned)i + 1;
	return 0;
}

/* The first of the entries named NAME by the loader's own bisection (elf/dl-cache.c). */
static size_t cache_first(const struct cache *cache, const char *name)
{
	size_t left = 0;
	size_t right = cache->n_entries;

	while (left < right) {
		size_t middle = left + (right - left) / 2;
		int order = cache_compare_names(name, cache->entries[middle].name);

		if (order == 0) {
			while (middle > 0 &&
			       cache_compare_names(name, cache->entries[middle - 1].name) == 0)
				middle--;
			return middle;
		}
		/* Names stand in descending order. */
		if (order < 0)
			left = middle + 1;
		else
			right = middle;
	}
	return cache->n_entries;
}

/*
 * An entry of a legacy hwcaps directory is taken by a processor that has all its bits
 * (elf/dl-cache.c before 2.37), and by none since.
 */
static bool legacy_is_taken(struct search_context *context, const struct cache_entry *entry)
{
	static const uint64_t tls = UINT64_C(1) << 63; /* "tls": set, and never asked for */
	static const uint64_t platforms = UINT64_C(0xf) << 48;
	const struct processor *processor = context->processor;
	uint64_t platform = entry->legacy_hwcap & platforms;

	if (entry->legacy_hwcap == 0)
		return true;
	if (!loader_has_legacy_hwcaps(context->loader))
		return false;
	context->cpu_dependent = true;
	if (entry->legacy_hwcap & ~(processor->legacy_hwcap | platforms | tls))
		return false;
	return platform == 0 || platform == processor->legacy_platform;
}

static const char *cache_lookup(struct search_context *context, const char *name)
{
	const struct loader *loader = context->loader;
	const struct cache *cache = &loader->cache;
	const char *best = NULL;
	unsigned best_priority = 0;

	for (size_t i = cache_first(cache, name);
	     i < cache->n_entries && cache_compare_names(name, cache->entries[i].name) == 0; i++) {
		const struct cache_entry *entry = &cache->entries[i];
		unsigned priority;

		if (entry->flags != loader->cache_flags)
			continue;
		if (!entry->hwcaps) {
			/* Those of glibc-hwcaps directories stand first; one of them was best. */
			if (best)
				break;
			if (!legacy_is_taken(context, entry))
				continue;
			return entry->path;
		}
		context->cpu_dependent = true;
		priority = hwcaps_priority(context->processor, entry);
		if (priority && (!best || priority < best_priority)) {
			best = entry->path;
			best_priority = priority;
		}
	}
	return best;
}

/* DF_1_NODEFLIB: no cache entry whose path begins with a default directory. */
static bool is_below_default(const struct loader *loader, const char *path)
{
	for (size_t i = 0; i < loader->n_default_directories; i++) {
		size_t length = strlen(loader->default_directories[i]);

		if (strncmp(path, loader->default_directories[i], length) == 0 &&
		    path[length] == '/')
			return true;
	}
	return false;
}

static bool no_default_libraries(const struct loaded *requester)
{
	return requester->elf && requester->elf->dt_flags_1 & DF_1_NODEFLIB;
}

static int search_cache(struct search_context *context, const struct loaded *requester,
			const char *name, struct search_result *result)
{
	const struct loader *loader = context->loader;
	const char *path;
	int r;

	for (size_t i = 0; i < loader->n_conf_directories; i++) {
		const char *directory = loader->conf_directories[i];

		if (no_default_libraries(requester) &&
		    (is_below_default(loader, directory) || !*directory))
			continue;
		r = search_in_directory(context, (struct location){ directory, directory },
					FOUND_BY_CACHE, name, result);
		if (r != SEARCH_NOT_FOUND && r != SEARCH_ABANDONED)
			return r;
	}
	if (loader->cache_from_conf)
		return SEARCH_NOT_FOUND;
	path = cache_lookup(context, name);
	if (path && no_default_libraries(requester) && is_below_default(loader, path))
		path = NULL;
	if (!path)
		return search_note(context, result, loader->cache_path) < 0 ? -ENOMEM
									    : SEARCH_NOT_FOUND;
	r = search_file(context, (struct location){ path, path }, FOUND_BY_CACHE, result);
	if (r == SEARCH_NOT_FOUND && search_note(context, result, path) < 0)
		return -ENOMEM;
	return r == SEARCH_ABANDONED ? SEARCH_NOT_FOUND : r;
}

static int search_defaults(struct search_context *context, const struct loaded *requester,
			   const char *name, struct search_result *result)
{
	const struct loader *loader = context->loader;

	if (no_default_libraries(requester))
		return SEARCH_NOT_FOUND;
	for (size_t i = 0; i < loader->n_default_directories; i++) {
		const char *directory = loader->default_directories[i];
		int r = search_in_directory(context, (struct location){ directory, directory },
					    FOUND_BY_DEFAULT, name, result);

		if (r == SEARCH_ABANDONED)
			return SEARCH_NOT_FOUND;
		if (r != SEARCH_NOT_FOUND)
			return r;
	}
	return SEARCH_NOT_FOUND;
}

int glibc_search(struct search_context *context, const struct loaded *requester, const char *name,
		 struct search_result *result)
{
	bool secure = context->program && context->program->secure;
	int r;

	r = search_rpaths(context, requester, name, result);
	if (r == SEARCH_NOT_FOUND && context->library_path && !secure)
		r = search_list(context, context->program ? context->program : requester,
				context->library_path, ":;", FOUND_BY_LIBRARY_PATH, name, result);
	if (r == SEARCH_NOT_FOUND && requester->elf && requester->elf->runpath)
		r = search_list(context, requester, requester->elf->runpath, ":", FOUND_BY_RUNPATH,
				name, result);
	if (r == SEARCH_NOT_FOUND)
		r = search_cache(context, requester, name, result);
	if (r == SEARCH_NOT_FOUND)
		r = search_defaults(context, requester, name, result);
	return r;
}
