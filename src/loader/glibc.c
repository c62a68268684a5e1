/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glibc's search: DT_RPATHs, library path, DT_RUNPATH, cache, default directories
 * (elf/dl-load.c: _dl_map_object; ld.so(8)).
 */
#include "loader/glibc.h"
#include "base/error.h"
#include "base/path.h"
#include "loader/cache_lookup.h"
#include "loader/candidate.h"
#include "loader/rules.h"
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
 * Until 2.35 a library whose ABI tag names another system than Linux was passed over. The kernel's
 * version in the tag does not matter: the result runs on another kernel.
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
	case EM_PPC64: /* 0 fits all; the second ABI is little-endian */
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

static int take(struct search_context *context, struct root_file *file, const char *path,
		struct search_result *result)
{
	int r;

	if (!S_ISREG(file->stat.st_mode)) {
		result->problem = S_ISDIR(file->stat.st_mode) ? "cannot read file data: Error 21"
							      : "is not a regular file";
		return SEARCH_STOPPED;
	}
	r = elf_store_get(context->sysroot->store, file, path, &result->elf);
	if (r < 0)
		return diag_errno(context->sysroot->diag, -r, path);
	return glibc_verify(context->loader, result->elf, &result->problem);
}

/* open_path: what is not there, or may not be read, is passed over; all else ends the list. */
static int pass_over(struct search_context *context, int error)
{
	return error == ENOENT || error == ENOTDIR || error == EACCES ? SEARCH_NOT_FOUND
								      : SEARCH_ABANDONED;
}

static const char *refuse(const struct elf_object *elf)
{
	if (elf->unloadable)
		return elf->unloadable;
	if (elf->type == ET_EXEC)
		return "cannot dynamically load executable";
	if (!elf->dynamic || elf->dynamic_is_empty)
		return "object file has no dynamic section";
	if (elf->inconsistent)
		return elf->inconsistent;
	if (elf->dt_flags_1 & DF_1_PIE)
		return "cannot dynamically load position-independent executable";
	return NULL;
}

static bool is_libc(const struct loader *loader, const char *name)
{
	return false;
}

/* AT_SECURE: a set-id program's loader trusts neither the environment nor most of $ORIGIN. */
static bool is_secure(const struct search_context *context)
{
	return context->program && context->program->secure;
}

static bool has_token(const char *text)
{
	static const char *const names[] = { "ORIGIN", "PLATFORM", "LIB" };
	const char *end = text + strlen(text);

	while ((text = strchr(text, '$'))) {
		text++;
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (token_length(text, end, names[i]))
				return true;
	}
	return false;
}

/* An unknown token stays as it is; a known one without a value drops the text. */
static int token_value(struct search_context *context, const struct token *token, size_t *length,
		       struct location *value)
{
	const char *at = token->at;

	*value = location_of("$");
	if ((*length = token_length(at, token->end, "ORIGIN")) != 0) {
		const char *behind = at + *length;
		bool first = at == token->text + 1 && (behind == token->end || *behind == '/');

		if (is_secure(context) && !first)
			return SEARCH_NOT_FOUND;
		*value = token->object->origin;
	} else if ((*length = token_length(at, token->end, "PLATFORM")) != 0) {
		*value = location_of(context->processor->platform);
		context->cpu_dependent = true;
	} else if ((*length = token_length(at, token->end, "LIB")) != 0) {
		*value = location_of(context->loader->lib);
	}
	return value->path ? 0 : SEARCH_NOT_FOUND;
}

static bool is_below_default(const struct loader *loader, const char *path)
{
	for (size_t i = 0; i < loader->n_default_directories; i++)
		if (path_is_below(path, loader->default_directories[i]))
			return true;
	return false;
}

/* A path that a set-id program's own $ORIGIN leads to must be in a default directory. */
static int check_trust(const struct search_context *context, const struct loaded *object,
		       const char *text, size_t size, const char *path)
{
	const char *normal;

	if (!is_secure(context) || object != context->program || size == 0 || text[0] != '$' ||
	    token_length(text + 1, text + size, "ORIGIN") == 0)
		return 0;
	normal = path_normalize(context->sysroot->arena, "/", path);
	if (!normal)
		return -ENOMEM;
	return is_below_default(context->loader, normal) ? 0 : SEARCH_NOT_FOUND;
}

int glibc_expand(struct search_context *context, const struct loaded *object, const char *text,
		 size_t size, struct location *out)
{
	int r = tokens_expand(context, object, text, size, token_value, out);

	return r == 0 ? check_trust(context, object, text, size, out->path) : r;
}

/* expand_dst (elf/dl-deps.c) */
static int expand_name(struct search_context *context, const struct loaded *requester,
		       const char *name, struct location *out, const char **problem)
{
	*problem = "DST not allowed in SUID/SGID programs";
	if (is_secure(context) && has_token(name))
		return SEARCH_STOPPED;
	*problem = "empty dynamic string token substitution";
	return TRY(glibc_expand(context, requester, name, strlen(name), out)) == 0 ? 0
										   : SEARCH_STOPPED;
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
		int r = TRY(glibc_expand(context, object, list, length, &directory));

		/* What expands to nothing is dropped; an empty element of the list is the working
		 * directory. */
		if (r == 0 && (length == 0 || *directory.path))
			r = candidate_in_directory(context, directory, found_by, name, result);
		else
			r = SEARCH_NOT_FOUND;
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

/* DF_1_NODEFLIB: nothing out of a default directory, nor what the cache has of one. */
static bool no_default_libraries(const struct loaded *requester)
{
	return requester->elf && requester->elf->dt_flags_1 & DF_1_NODEFLIB;
}

static int search_cache(struct search_context *context, const struct loaded *requester,
			const char *name, struct search_result *result)
{
	const struct loader *loader = context->loader;
	const char *path = cache_lookup(context, name);
	int r;

	if (path && no_default_libraries(requester) && is_below_default(loader, path))
		path = NULL;
	if (!path)
		return loader->cache_path ? candidate_note(context, result, loader->cache_path)
					  : SEARCH_NOT_FOUND;
	r = TRY(candidate_open(context, location_of(path), FOUND_BY_CACHE, result));
	if (r == SEARCH_NOT_FOUND)
		return candidate_note(context, result, path);
	return r == SEARCH_ABANDONED ? SEARCH_NOT_FOUND : r;
}

/* The directories of ld.so.conf stand in for a cache: what is not found in one may be in another.
 */
static int search_conf(struct search_context *context, const struct loaded *requester,
		       const char *name, struct search_result *result)
{
	const struct loader *loader = context->loader;

	for (size_t i = 0; i < loader->n_conf_directories; i++) {
		const char *directory = loader->conf_directories[i];
		int r;

		if (no_default_libraries(requester) &&
		    (is_below_default(loader, directory) || !*directory))
			continue;
		r = candidate_in_directory(context, location_of(directory), FOUND_BY_CACHE, name,
					   result);
		if (r != SEARCH_NOT_FOUND && r != SEARCH_ABANDONED)
			return r;
	}
	return SEARCH_NOT_FOUND;
}

static int search_defaults(struct search_context *context, const struct loaded *requester,
			   const char *name, struct search_result *result)
{
	const struct loader *loader = context->loader;

	if (no_default_libraries(requester))
		return SEARCH_NOT_FOUND;
	for (size_t i = 0; i < loader->n_default_directories; i++) {
		int r = candidate_in_directory(context, location_of(loader->default_directories[i]),
					       FOUND_BY_DEFAULT, name, result);

		if (r == SEARCH_ABANDONED)
			return SEARCH_NOT_FOUND;
		if (r != SEARCH_NOT_FOUND)
			return r;
	}
	return SEARCH_NOT_FOUND;
}

static int search_library_path(struct search_context *context, const struct loaded *requester,
			       const char *name, struct search_result *result)
{
	if (!context->library_path || is_secure(context))
		return SEARCH_NOT_FOUND;
	return search_list(context, context->program ? context->program : requester,
			   context->library_path, ":;", FOUND_BY_LIBRARY_PATH, name, result);
}

/* What the note of OBJECT says of NAME: places, '=' before a file and '?' before a directory. */
static const char *find_resolution(const struct elf_object *elf, const char *name)
{
	const char *at = elf ? elf->resolution : NULL;

	while (at && *at) {
		const char *places = at + strlen(at) + 1;

		if (!*places)
			return NULL;
		if (strcmp(at, name) == 0)
			return places;
		at = places + strlen(places) + 1;
	}
	return NULL;
}

/* NixOS's loader asks the requester's note before its DT_RUNPATH (nixpkgs: glibc/ldcache.patch). */
static int search_note(struct search_context *context, const struct loaded *requester,
		       const char *name, struct search_result *result)
{
	const char *places =
		context->loader->reads_notes ? find_resolution(requester->elf, name) : NULL;

	while (places && *places) {
		size_t length = strcspn(places, ":");
		const char *place = arena_strndup(context->sysroot->arena, places, length);
		int r = SEARCH_NOT_FOUND;

		if (!place)
			return -ENOMEM;
		if (*place == '?')
			r = search_list(context, requester, place + 1, ":", FOUND_BY_RUNPATH, name,
					result);
		else if (*place == '=')
			r = TRY(candidate_open(context, location_of(place + 1), FOUND_BY_RUNPATH,
					       result));
		if (r != SEARCH_NOT_FOUND && r != SEARCH_ABANDONED)
			return r;
		places += length + (places[length] == ':');
	}
	return SEARCH_NOT_FOUND;
}

/* DT_RUNPATH serves the needs of its own object alone. */
static int search_runpath(struct search_context *context, const struct loaded *requester,
			  const char *name, struct search_result *result)
{
	if (!requester->elf || !requester->elf->runpath)
		return SEARCH_NOT_FOUND;
	return search_list(context, requester, requester->elf->runpath, ":", FOUND_BY_RUNPATH, name,
			   result);
}

static int search(struct search_context *context, const struct loaded *requester, const char *name,
		  struct search_result *result)
{
	typedef int step_fn(struct search_context *, const struct loaded *, const char *,
			    struct search_result *);
	const struct loader *loader = context->loader;
	step_fn *const cache = loader->cache_from_conf ? search_conf : search_cache;
	/* Guix's loader asks a program's own cache before DT_RUNPATH (glibc-dl-cache.patch). */
	step_fn *const steps[] = {
		search_rpaths,
		search_library_path,
		search_note,
		loader->store ? cache : search_runpath,
		loader->store ? search_runpath : cache,
		search_defaults,
	};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		int r = steps[i](context, requester, name, result);

		if (r != SEARCH_NOT_FOUND)
			return r;
	}
	return SEARCH_NOT_FOUND;
}

/* elf/dl-lookup.c; the second form where the library is there and the version is not. */
static const char *undefined(struct arena *arena, const char *name,
			     const struct elf_version_need *version, bool other_version)
{
	if (version && other_version)
		return arena_printf(arena,
				    "symbol %s, version %s not defined in file %s with link time "
				    "reference",
				    name, version->name, version->file);
	return arena_printf(arena, "undefined symbol: %s%s%s", name, version ? ", version " : "",
			    version ? version->name : "");
}

const struct loader_rules glibc_rules = {
	.expand_name = expand_name,
	.search = search,
	.take = take,
	.pass_over = pass_over,
	.refuse = refuse,
	.is_libc = is_libc,
	.undefined = undefined,
	.remembers_directories = true,
	.has_extensions = true,
	.knows_all_names = true,
};
