#include "harvest.h"
#include "base/path.h"
#include "closed.h"
#include "closure/audit.h"
#include "closure/symbols.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

int harvest_cancelled(const struct mkrootfs *harvest)
{
	return harvest->plan->cancelled && *harvest->plan->cancelled ? -EINTR : 0;
}

int harvest_resolve(struct mkrootfs *harvest, const struct root *root, const struct seed *seed,
		    const struct loader *loader, struct place place, struct place origin,
		    const struct processor *processor, const struct closure **out)
{
	struct closure_options options = harvest->options;
	int r = harvest_cancelled(harvest);

	if (r < 0)
		return r;
	options.origin = origin;
	options.secure = seed->secure;
	return closure_resolve(harvest->arena, root, harvest->store, place, seed->elf, loader,
			       processor, &options, &harvest->plan->diag, out);
}

/* Whether --hwcaps leaves all that PROCESSOR's loader would look for. */
static bool is_wanted(const struct mkrootfs_plan *plan, const struct processor *processor)
{
	if (plan->all_hwcaps || processor->n_hwcaps == 0)
		return plan->all_hwcaps || processor->n_legacy < 3;
	/* The best name decides: "x86-64-v3" means a machine of that level. */
	for (size_t i = 0; i < plan->n_hwcaps; i++)
		if (strcmp(plan->hwcaps[i], processor->hwcaps[0]) == 0)
			return true;
	return false;
}

static int add_closure(struct mkrootfs *harvest, const struct seed *seed,
		       const struct processor *processor)
{
	int r = arena_grow(harvest->arena, &harvest->closures, harvest->n_closures,
			   &harvest->closures_capacity, sizeof(*harvest->closures));

	if (r == 0)
		r = harvest_resolve(harvest, harvest->root, seed, seed->loader, seed->place,
				    seed->origin, processor,
				    &harvest->closures[harvest->n_closures]);
	if (r == 0)
		harvest->n_closures++;
	return r;
}

/* The closure on the baseline, and on every other kind of processor where it may differ. */
static int resolve_seed(struct mkrootfs *harvest, const struct seed *seed)
{
	const struct processor *processors;
	struct harvest_program *program;
	size_t count;
	int r;

	r = arena_grow(harvest->arena, &harvest->programs, harvest->n_programs,
		       &harvest->programs_capacity, sizeof(*harvest->programs));
	if (r < 0)
		return r;
	program = &harvest->programs[harvest->n_programs++];
	program->seed = seed;
	program->first = harvest->n_closures;
	loader_processors(seed->loader, &processors, &count);
	r = add_closure(harvest, seed, &processors[0]);
	for (size_t i = 1; r == 0 && i < count && harvest->closures[program->first]->varied; i++)
		if (is_wanted(harvest->plan, &processors[i]))
			r = add_closure(harvest, seed, &processors[i]);
	program->count = harvest->n_closures - program->first;
	return r;
}

static int report_missing(struct mkrootfs *harvest, const struct closure_object *object)
{
	CLEANUP(buffer) struct buffer needed_by = { 0 };
	CLEANUP(buffer) struct buffer hint = { 0 };
	size_t n_needed_by = 0;

	for (size_t i = 0; i < harvest->n_closures; i++) {
		const struct closure *closure = harvest->closures[i];

		for (size_t j = 0; j < closure->n_objects; j++) {
			const struct closure_object *other = closure->objects[j];

			if (!closure_is_missing(other) || !other->loaded.requester ||
			    strcmp(other->loaded.name, object->loaded.name) != 0)
				continue;
			if (needed_by.bytes &&
			    strstr(needed_by.bytes, other->loaded.requester->place.path))
				continue;
			if (n_needed_by++ > 0)
				buffer_add_string(&needed_by, ", ");
			buffer_add_string(&needed_by, other->loaded.requester->place.path);
		}
	}
	buffer_add_string(&hint, "looked for in ");
	for (size_t i = 0; i < object->n_searched; i++)
		buffer_printf(&hint, "%s%s", i > 0 ? ", " : "", object->searched[i]);
	if (object->n_searched == 0)
		buffer_add_string(&hint, "no directory at all");
	if (buffer_error(&hint) || buffer_error(&needed_by))
		return -ENOMEM;
	if (object->allowed_missing)
		diag_note(&harvest->plan->diag, object->loaded.name,
			  "not found, and allowed to be missing; needed by %s", needed_by.bytes);
	else
		diag_error_hint(&harvest->plan->diag, ENOENT, object->loaded.name, hint.bytes,
				"not found, needed by %s", needed_by.bytes);
	return 0;
}

/* Whether an object of that name was reported as missing before the one at (CLOSURE, INDEX). */
static bool was_reported(const struct mkrootfs *harvest, size_t closure, size_t index)
{
	const char *name = harvest->closures[closure]->objects[index]->loaded.name;

	for (size_t i = 0; i <= closure; i++) {
		const struct closure *other = harvest->closures[i];

		for (size_t j = 0; j < (i == closure ? index : other->n_objects); j++)
			if (closure_is_missing(other->objects[j]) &&
			    strcmp(other->objects[j]->loaded.name, name) == 0)
				return true;
	}
	return false;
}

/* Says all that keeps CLOSURE from loading. Returns 0 or -ENOEXEC, -ENOMEM. */
static int judge(struct mkrootfs *harvest, size_t index)
{
	const struct closure *closure = harvest->closures[index];
	const char *program = closure->objects[0]->loaded.place.path;
	int r;

	if (closure->stopped)
		return diag_error(&harvest->plan->diag, ENOEXEC, program, "%s", closure->stopped);
	for (size_t i = 0; i < closure->n_objects; i++) {
		const struct closure_object *object = closure->objects[i];

		if (!closure_is_missing(object))
			continue;
		harvest->incomplete |= !object->allowed_missing;
		if (was_reported(harvest, index, i))
			continue;
		r = report_missing(harvest, object);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < closure->n_faults; i++) {
		harvest->incomplete = true;
		diag_error(&harvest->plan->diag, ENOENT, closure->faults[i].subject, "%s",
			   closure->faults[i].text);
	}
	return 0;
}

/* What the result may rely on: the closure's own processor, or better ones if --hwcaps says so. */
static unsigned isa_level_for(const struct mkrootfs_plan *plan, const struct closure *closure)
{
	const struct processor *processors;
	unsigned level = closure->processor->isa_level;
	size_t count;

	loader_processors(closure->loader, &processors, &count);
	for (size_t i = 0; i < count && !plan->all_hwcaps; i++)
		if (processors[i].n_hwcaps > 0 && is_wanted(plan, &processors[i]))
			level |= processors[i].isa_level;
	return level;
}

/* --check symbols */
static int check_symbols(struct mkrootfs *harvest, const struct closure *closure)
{
	const struct mkrootfs_plan *plan = harvest->plan;
	const struct closure_fault *faults;
	size_t count;
	int r;

	r = symbols_check(harvest->arena, harvest->root, harvest->seeds.working_directory, closure,
			  isa_level_for(plan, closure), &plan->diag, &faults, &count);
	for (size_t i = 0; r == 0 && i < count; i++) {
		harvest->incomplete = true;
		diag_error(&plan->diag, ENOENT, faults[i].subject, "%s", faults[i].text);
	}
	return r;
}

/* The program's auditing libraries become seeds: each has a link map of its own. */
static int add_audits(struct mkrootfs *harvest, const struct closure *closure)
{
	struct place *places;
	size_t count;
	int r;

	r = audit_find(harvest->arena, harvest->root, harvest->store, closure, &harvest->options,
		       &harvest->plan->diag, &places, &count);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = seeds_add_library(&harvest->seeds, places[i], "auditing library");
	return r;
}

static int resolve_all(struct mkrootfs *harvest, size_t first_seed)
{
	/* Seeds may be found on the way: their number and place change. */
	for (size_t i = first_seed; i < harvest->seeds.count; i++) {
		const struct seed *seed =
			arena_memdup(harvest->arena, &harvest->seeds.items[i], sizeof(*seed));
		size_t first = harvest->n_closures;
		int r;

		if (!seed)
			return -ENOMEM;
		if (seed->script)
			continue;
		if (seed->loader_missing) {
			harvest->incomplete = true;
			diag_error(&harvest->plan->diag, ENOENT, seed->loader->interp,
				   "loader not found, needed by %s", seed->place.path);
		}
		r = resolve_seed(harvest, seed);
		for (size_t j = first; r == 0 && j < harvest->n_closures; j++)
			r = judge(harvest, j);
		for (size_t j = first;
		     r == 0 && harvest->plan->check_symbols && j < harvest->n_closures; j++)
			r = check_symbols(harvest, harvest->closures[j]);
		if (r == 0 && !seed->library)
			r = add_audits(harvest, harvest->closures[first]);
		if (r < 0)
			return r;
	}
	return 0;
}

static const char *why_needed(struct mkrootfs *harvest, const struct closure_object *object)
{
	if (!object->loaded.requester)
		return "asked for";
	return arena_printf(manifest_arena(harvest->manifest), "needed by %s",
			    object->loaded.requester->place.dest);
}

static int put_place(struct mkrootfs *harvest, struct place place, const char *why)
{
	const char *base = harvest->seeds.working_directory;
	struct arena *arena = manifest_arena(harvest->manifest);
	const char *path = place.path;
	const char *dest = place.dest;
	bool moved = strcmp(path, dest) != 0;

	if (!why)
		return -ENOMEM;
	if (path[0] != '/')
		path = path_join(arena, base, path);
	/* A moved file's way is made, so ".." in it is text; elsewhere links decide. */
	dest = moved ? path_normalize(arena, base, dest) : path;
	if (!path || !dest)
		return -ENOMEM;
	return manifest_harvest(harvest->manifest, harvest->root, path, dest, ENTRY_CLOSURE, why);
}

static int put_edges(struct mkrootfs *harvest, const struct closure_object *object,
		     const struct closure_edge *edges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct closure_edge *edge = &edges[i];
		const char *why;
		int r;

		/* The object's own place is put with it; this is one more path to its file. */
		if (!edge->place.path ||
		    strcmp(edge->place.dest, edge->object->loaded.place.dest) == 0)
			continue;
		why = arena_printf(manifest_arena(harvest->manifest), "needed by %s",
				   object->loaded.place.dest);
		r = put_place(harvest, edge->place, why);
		if (r < 0)
			return r;
	}
	return 0;
}

static int put_closure(struct mkrootfs *harvest, const struct closure *closure)
{
	const struct closure_object *interp = closure->interp;
	int r = 0;

	if (interp && !closure_is_missing(interp))
		r = put_place(harvest, interp->loaded.place,
			      arena_printf(manifest_arena(harvest->manifest), "loader of %s",
					   closure->objects[0]->loaded.place.dest));
	for (size_t i = 0; r == 0 && i < closure->n_objects; i++) {
		const struct closure_object *object = closure->objects[i];

		if (closure_is_missing(object))
			continue;
		if (i > 0)
			r = put_place(harvest, object->loaded.place, why_needed(harvest, object));
		if (r == 0)
			r = put_edges(harvest, object, object->edges, object->n_edges);
		if (r == 0)
			r = put_edges(harvest, object, object->preloads, object->n_preloads);
	}
	return r;
}

static int put_seeds(struct mkrootfs *harvest)
{
	for (size_t i = 0; i < harvest->seeds.count; i++) {
		const struct seed *seed = &harvest->seeds.items[i];
		int r = manifest_harvest(harvest->manifest, harvest->root, seed->place.path,
					 seed->place.dest, ENTRY_CLOSURE, seed->why);

		if (r < 0)
			return r;
	}
	return 0;
}

/* The file that LOADER reads besides its cache, or NULL. */
static const char *configuration_of(const struct loader *loader)
{
	if (loader->kind == LOADER_MUSL)
		return loader->cache_path;
	return loader->n_preload > 0 ? "/etc/ld.so.preload" : NULL;
}

/* What the loaders read on their own account they are to find in the rootfs too. */
static int put_configurations(struct mkrootfs *harvest)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < harvest->seeds.n_loaders; i++) {
		const char *path = configuration_of(harvest->seeds.loaders[i]);
		const struct stat *stat;

		if (path && root_look(harvest->root, harvest->arena, path, &stat, NULL) == 0)
			r = manifest_harvest(harvest->manifest, harvest->root, path, path,
					     ENTRY_CLOSURE, "read by the loader");
	}
	return r;
}

static int put_closures(struct mkrootfs *harvest)
{
	int r = put_seeds(harvest);

	if (r == 0)
		r = put_configurations(harvest);

	for (size_t i = 0; r == 0 && i < harvest->n_closures; i++) {
		r = harvest_cancelled(harvest);
		if (r == 0)
			r = put_closure(harvest, harvest->closures[i]);
	}
	return r;
}

/* --add: what is programs and libraries in it is resolved like everything else. */
static int put_adds(struct mkrootfs *harvest)
{
	const struct mkrootfs_plan *plan = harvest->plan;
	const struct plan_file *adds = plan->adds.items;
	int r = 0;

	for (size_t i = 0; r == 0 && i < plan->adds.count; i++) {
		const char *path = path_normalize(harvest->arena, harvest->seeds.working_directory,
						  adds[i].path);

		if (!path)
			return -ENOMEM;
		r = manifest_add_tree(harvest->manifest, harvest->root, path,
				      adds[i].dest ? adds[i].dest : path, ENTRY_USER, "--add");
	}
	return r;
}

static int add_seeds_of_adds(struct mkrootfs *harvest)
{
	const struct entry *const *entries;
	size_t count;

	entries = manifest_entries(harvest->manifest, &count);
	for (size_t i = 0; i < count; i++) {
		int r;

		if (entries[i]->rank != ENTRY_USER || entries[i]->type != ENTRY_FILE ||
		    !entries[i]->source)
			continue;
		r = seeds_add_path(&harvest->seeds, entries[i]->source, entries[i]->path, "--add");
		if (r < 0)
			return r;
		harvest->incomplete |= r == SEED_INTERPRETER_MISSING;
	}
	return 0;
}

static int put_extras(struct mkrootfs *harvest)
{
	const struct mkrootfs_plan *plan = harvest->plan;
	const struct plan_symlink *symlinks = plan->symlinks.items;
	const struct plan_directory *mkdirs = plan->mkdirs.items;
	int r = 0;

	for (size_t i = 0; r == 0 && i < plan->mkdirs.count; i++)
		r = manifest_put_directory(harvest->manifest, mkdirs[i].path, mkdirs[i].mode,
					   mkdirs[i].uid, mkdirs[i].gid, ENTRY_USER, "--mkdir");
	for (size_t i = 0; r == 0 && i < plan->symlinks.count; i++)
		r = manifest_put_symlink(harvest->manifest, symlinks[i].link, symlinks[i].target,
					 ENTRY_USER, "--symlink");
	if (r == 0 && !plan->bare)
		r = accounts_put(harvest->manifest, plan->user);
	return r;
}

/* The glibc-hwcaps subdirectory that PATH lies in, or NULL. */
static const char *hwcaps_of(struct arena *arena, const char *directory)
{
	const char *parent = path_dirname(arena, directory);

	if (!parent || strcmp(path_basename(parent), "glibc-hwcaps") != 0)
		return NULL;
	return path_basename(directory);
}

/* A cache to be written: its path and entries. */
struct own_cache {
	const struct loader *loader;
	const struct root *root; /* the manifest */
	struct cache_entry *entries;
	size_t count;
	size_t capacity;
	bool needed; /* an entry lies where nothing but a cache leads */
};

/* The entry of the root's own cache that led to EDGE's place, or NULL. */
static const struct cache_entry *cache_source(const struct loader *loader,
					      const struct closure_edge *edge)
{
	for (size_t i = 0; i < loader->cache.n_entries; i++) {
		const struct cache_entry *entry = &loader->cache.entries[i];

		if (entry->flags == loader->cache_flags &&
		    strcmp(entry->path, edge->place.path) == 0 &&
		    cache_compare_names(entry->name, edge->name) == 0)
			return entry;
	}
	return NULL;
}

static void make_entry(struct mkrootfs *harvest, const struct loader *loader,
		       const struct closure_edge *edge, const char *directory,
		       struct cache_entry *entry)
{
	const struct cache_entry *source = cache_source(loader, edge);
	uint32_t isa = edge->object->loaded.elf->x86_isa_needed;

	if (source) {
		*entry = *source;
	} else {
		entry->flags = loader->cache_flags;
		entry->hwcaps = hwcaps_of(harvest->arena, directory);
		if (entry->hwcaps && isa)
			entry->isa_level = 31 - (uint32_t)__builtin_clz(isa);
	}
	entry->name = edge->name;
	entry->path = edge->place.dest;
}

/* Whether the default directories alone, in their order, lead to the file in DIRECTORY too. */
static bool is_found_without(struct mkrootfs *harvest, const struct loader *loader,
			     const struct root *root, const char *directory, const char *name)
{
	for (size_t i = 0; i < loader->n_default_directories; i++) {
		const char *path = path_join(harvest->arena, loader->default_directories[i], name);
		const struct stat *stat;

		if (strcmp(loader->default_directories[i], directory) == 0)
			return true;
		if (!path || root_look(root, harvest->arena, path, &stat, NULL) == 0)
			return false;
	}
	return false;
}

static int cache_add(struct mkrootfs *harvest, struct own_cache *cache,
		     const struct closure *closure, const struct closure_edge *edge)
{
	const char *directory = path_dirname(harvest->arena, edge->place.dest);
	struct cache_entry entry = { 0 };
	int r;

	if (!directory)
		return -ENOMEM;
	make_entry(harvest, closure->loader, edge, directory, &entry);
	for (size_t i = 0; i < cache->count; i++)
		if (cache->entries[i].flags == entry.flags &&
		    strcmp(cache->entries[i].name, entry.name) == 0 &&
		    strcmp(cache->entries[i].path, entry.path) == 0)
			return 0;
	r = arena_grow(harvest->arena, &cache->entries, cache->count, &cache->capacity,
		       sizeof(*cache->entries));
	if (r < 0)
		return r;
	cache->entries[cache->count++] = entry;
	/* With variants about, what the cache says and what the directories say can differ. */
	cache->needed |= closure->varied || !is_found_without(harvest, closure->loader, cache->root,
							      directory, edge->name);
	return 0;
}

static int collect_cache(struct mkrootfs *harvest, struct own_cache *cache, const char *path)
{
	for (size_t i = 0; i < harvest->n_closures; i++) {
		const struct closure *closure = harvest->closures[i];

		if (closure->loader->kind != LOADER_GLIBC ||
		    strcmp(closure->loader->cache_path, path) != 0)
			continue;
		cache->loader = closure->loader;
		for (size_t j = 0; j < closure->n_objects; j++) {
			const struct closure_object *object = closure->objects[j];

			for (size_t k = 0; k < object->n_edges; k++) {
				int r = 0;

				if (object->edges[k].via == VIA_CACHE)
					r = cache_add(harvest, cache, closure, &object->edges[k]);
				if (r < 0)
					return r;
			}
		}
	}
	return 0;
}

/*
 * What was found through the cache in a directory that is no default one needs a cache
 * to be found again: the rootfs gets one of its own, of what it holds and no more.
 */
static int put_cache(struct mkrootfs *harvest, const char *path)
{
	CLEANUP(root_close) struct root *root = NULL;
	struct own_cache cache = { 0 };
	void *bytes;
	size_t size;
	int r;

	if (manifest_find(harvest->manifest, path))
		return 0;
	r = manifest_root(harvest->manifest, &root);
	cache.root = root;
	if (r == 0)
		r = collect_cache(harvest, &cache, path);
	if (r < 0 || !cache.needed)
		return r;
	r = cache_write(manifest_arena(harvest->manifest), cache.entries, cache.count,
			cache.loader->big_endian, &bytes, &size);
	if (r < 0)
		return diag_errno(&harvest->plan->diag, -r, path);
	return manifest_put_file(harvest->manifest, path, 0644, bytes, size, ENTRY_DEFAULT,
				 "libraries outside the default directories");
}

static int put_caches(struct mkrootfs *harvest)
{
	for (size_t i = 0; i < harvest->seeds.n_loaders; i++) {
		const struct loader *loader = harvest->seeds.loaders[i];
		int r = loader->kind == LOADER_GLIBC ? put_cache(harvest, loader->cache_path) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

/* What is found through an option alone is found only with the variable that it stands for. */
static void warn_of_environment(const struct mkrootfs *harvest)
{
	const struct mkrootfs_plan *plan = harvest->plan;

	if (plan->preloads.count > 0)
		diag_warning(&plan->diag, "--preload",
			     "the program needs LD_PRELOAD in its environment");
	for (size_t i = 0; i < harvest->n_closures; i++)
		for (size_t j = 0; j < harvest->closures[i]->n_objects; j++)
			if (harvest->closures[i]->objects[j]->via == VIA_LIBRARY_PATH) {
				diag_warning(&plan->diag, "--library-path",
					     "the program needs LD_LIBRARY_PATH=%s in its "
					     "environment",
					     plan->library_path);
				return;
			}
}

static int add_files(struct mkrootfs *harvest)
{
	const struct plan_file *files = harvest->plan->files.items;

	for (size_t i = 0; i < harvest->plan->files.count; i++) {
		int r = seeds_add_file(&harvest->seeds, &files[i]);

		if (r < 0)
			return r;
		harvest->incomplete |= r == SEED_INTERPRETER_MISSING;
	}
	return 0;
}

/* The sentence of the design: seeds, closures, manifest, check. */
static int harvest_run(struct mkrootfs *harvest)
{
	size_t n_seeds;
	int r;

	r = add_files(harvest);
	if (r == 0)
		r = resolve_all(harvest, 0);
	n_seeds = harvest->seeds.count;
	if (r == 0)
		r = put_adds(harvest);
	if (r == 0)
		r = add_seeds_of_adds(harvest);
	if (r == 0)
		r = resolve_all(harvest, n_seeds);
	if (r == 0)
		r = put_closures(harvest);
	if (r == 0)
		r = put_extras(harvest);
	if (r == 0)
		r = put_caches(harvest);
	if (r == 0)
		r = manifest_seal(harvest->manifest);
	if (r < 0)
		return r;
	if (harvest->incomplete)
		return MKROOTFS_INCOMPLETE;
	warn_of_environment(harvest);
	return closed_check(harvest);
}

static int set_working_directory(struct mkrootfs *harvest)
{
	char *directory;

	harvest->seeds.working_directory = "/";
	if (harvest->plan->sysroot)
		return 0;
	directory = getcwd(NULL, 0);
	if (!directory)
		return diag_error(&harvest->plan->diag, errno, "current directory", "%s",
				  errno_text(errno));
	harvest->seeds.working_directory = arena_strdup(harvest->arena, directory);
	free(directory);
	return harvest->seeds.working_directory ? 0 : -ENOMEM;
}

static int harvest_prepare(struct mkrootfs *harvest, const struct mkrootfs_plan *plan)
{
	const char *sysroot = plan->sysroot ? plan->sysroot : "/";
	int r;

	harvest->plan = plan;
	harvest->arena = arena_new();
	harvest->store = elf_store_new();
	harvest->manifest = manifest_new(&plan->policy, &plan->diag);
	if (!harvest->arena || !harvest->store || !harvest->manifest)
		return -ENOMEM;
	r = root_disk_open(&harvest->root, sysroot);
	if (r < 0)
		return diag_errno(&plan->diag, -r, sysroot);
	r = set_working_directory(harvest);
	if (r < 0)
		return r;
	harvest->seeds.arena = harvest->arena;
	harvest->seeds.root = harvest->root;
	harvest->seeds.store = harvest->store;
	harvest->seeds.diag = &plan->diag;
	harvest->seeds.search_path = plan->search_path;
	harvest->options = (struct closure_options){
		.library_path = plan->library_path,
		.preload = plan->preloads.items,
		.n_preload = plan->preloads.count,
		.allow_missing = plan->allow_missing.items,
		.n_allow_missing = plan->allow_missing.count,
		.working_directory = harvest->seeds.working_directory,
	};
	return 0;
}

int mkrootfs_harvest(struct mkrootfs_plan *plan, struct mkrootfs **rootfs)
{
	CLEANUP(mkrootfs_free) struct mkrootfs *harvest = calloc(1, sizeof(*harvest));
	int r;

	if (!harvest)
		return -ENOMEM;
	r = harvest_prepare(harvest, plan);
	if (r == 0)
		r = harvest_run(harvest);
	if (r >= 0)
		*rootfs = STEAL(harvest);
	return r;
}

void mkrootfs_free(struct mkrootfs *rootfs)
{
	if (!rootfs)
		return;
	manifest_free(rootfs->manifest);
	elf_store_free(rootfs->store);
	root_close(rootfs->root);
	arena_free(rootfs->arena);
	free(rootfs);
}
