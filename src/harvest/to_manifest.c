/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/to_manifest.h"
#include "base/error.h"
#include "base/path.h"
#include "needs/people.h"

#include <errno.h>
#include <string.h>

static const char *why_needed(struct manifest *manifest, const struct closure_object *object)
{
	if (!object->loaded.requester)
		return "asked for";
	return arena_printf(manifest_arena(manifest), "needed by %s",
			    object->loaded.requester->location.dest);
}

/* WHY may be NULL, where there was no memory for it. */
static int put_location(struct manifest *manifest, const struct sysroot *sysroot,
			struct location location, const char *why)
{
	const char *base = sysroot->working_directory;
	struct arena *arena = manifest_arena(manifest);
	const char *path = location.path;
	const char *dest = location.dest;
	bool moved = strcmp(path, dest) != 0;

	if (!why)
		return -ENOMEM;
	if (path[0] != '/')
		path = path_join(arena, base, path);
	/* A moved file's way is made, so ".." in it is text; elsewhere links decide. */
	dest = moved ? path_normalize(arena, base, dest) : path;
	if (!path || !dest)
		return -ENOMEM;
	return manifest_harvest(manifest, sysroot->root, path, dest, ENTRY_CLOSURE, why);
}

static int put_edges(struct manifest *manifest, const struct sysroot *sysroot,
		     const struct closure_object *object, const struct closure_edge *edges,
		     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct closure_edge *edge = &edges[i];

		/* The object's own place is put with it; this is one more path to its file. */
		if (!edge->location.path ||
		    strcmp(edge->location.dest, edge->object->loaded.location.dest) == 0)
			continue;
		TRY(put_location(manifest, sysroot, edge->location,
				 arena_printf(manifest_arena(manifest), "needed by %s",
					      object->loaded.location.dest)));
	}
	return 0;
}

static int put_closure(struct manifest *manifest, const struct sysroot *sysroot,
		       const struct closure *closure)
{
	const struct closure_object *interp = closure->interp;

	if (interp && !closure_is_missing(interp))
		TRY(put_location(manifest, sysroot, interp->loaded.location,
				 arena_printf(manifest_arena(manifest), "loader of %s",
					      closure->objects[0]->loaded.location.dest)));
	for (size_t i = 0; i < closure->n_objects; i++) {
		const struct closure_object *object = closure->objects[i];

		if (closure_is_missing(object))
			continue;
		if (i > 0)
			TRY(put_location(manifest, sysroot, object->loaded.location,
					 why_needed(manifest, object)));
		TRY(put_edges(manifest, sysroot, object, object->edges, object->n_edges));
		TRY(put_edges(manifest, sysroot, object, object->preloads, object->n_preloads));
	}
	return 0;
}

static int put_inputs(struct manifest *manifest, const struct root *root,
		      const struct input_list *inputs)
{

	for (size_t i = 0; i < inputs->count; i++)
		TRY(manifest_harvest(manifest, root, inputs->items[i]->location.path,
				     inputs->items[i]->location.dest, ENTRY_CLOSURE,
				     inputs->items[i]->why));
	return 0;
}

/* The file that LOADER reads besides its cache, or NULL. */
static const char *configuration_of(const struct loader *loader)
{
	if (loader->kind == LOADER_MUSL)
		return loader->cache_path;
	return loader->n_preload > 0 ? loader->preload_path : NULL;
}

/* What the loaders read on their own account they are to find in the rootfs too. */
static int put_configurations(struct manifest *manifest, const struct sysroot *sysroot)
{
	for (size_t i = 0; i < sysroot->n_loaders; i++) {
		const char *path = configuration_of(sysroot->loaders[i]);
		const struct stat *stat;
		int r = path ? root_look(sysroot->root, sysroot->arena, path, &stat, NULL)
			     : -ENOENT;

		if (r < 0 && root_is_absence(r))
			continue;
		if (r < 0)
			return diag_errno(sysroot->diag, -r, path);
		TRY(manifest_harvest(manifest, sysroot->root, path, path, ENTRY_CLOSURE,
				     "read by the loader"));
	}
	return 0;
}

/*
 * The library itself has its need's reason, be it loaded already or not; and it may have been
 * found by a path that is not its own, such as a link.
 */
static int put_plugin(struct manifest *manifest, const struct sysroot *sysroot,
		      const struct plugin *plugin)
{
	const struct closure *closure = plugin->closure;
	const struct location own = closure->objects[0]->loaded.location;
	const char *why =
		arena_printf(manifest_arena(manifest), "%s: %s", plugin->need->name, plugin->why);

	if (own.path)
		TRY(put_location(manifest, sysroot, own, why));
	if (own.path && closure->opened.path && strcmp(own.dest, closure->opened.dest) != 0)
		TRY(put_location(manifest, sysroot, closure->opened, why));
	return put_closure(manifest, sysroot, closure);
}

int manifest_put_closures(struct manifest *manifest, const struct follower *found)
{
	const struct mkrootfs_plan *plan = found->resolver->plan;
	const struct sysroot *sysroot = found->resolver->sysroot;
	const struct programs *programs = found->programs;
	const struct plugins *plugins = &found->plugins;

	TRY(put_inputs(manifest, sysroot->root, &found->inputs->all));
	TRY(put_configurations(manifest, sysroot));
	for (size_t i = 0; i < programs->all.count; i++)
		for (size_t j = 0; j < programs->all.items[i]->closures.count; j++) {
			TRY(plan_cancelled(plan));
			TRY(put_closure(manifest, sysroot,
					programs->all.items[i]->closures.items[j]));
		}
	for (size_t i = 0; i < plugins->count; i++) {
		TRY(plan_cancelled(plan));
		TRY(put_plugin(manifest, sysroot, &plugins->items[i]));
	}
	return 0;
}

/*
 * Whether nothing is at PATH, or the user, or another need, has put something else where PATH's
 * directories would be: 1 or 0; -errno after a diagnostic.
 */
static int is_blocked(struct manifest *manifest, const struct sysroot *sysroot, const char *path)
{
	char *canonical;
	int r = root_walk(sysroot->root, sysroot->arena, path, true, NULL, NULL, &canonical);

	if (r < 0)
		return root_is_absence(r) ? 1 : diag_errno(sysroot->diag, -r, path);
	for (char *slash = strrchr(canonical, '/'); slash && slash > canonical;
	     slash = strrchr(canonical, '/')) {
		const struct entry *entry;

		*slash = '\0';
		entry = manifest_find(manifest, canonical);
		if (entry && entry->type != ENTRY_DIRECTORY)
			return 1;
	}
	return 0;
}

int gather_accounts(const struct mkrootfs_plan *plan, struct needs *needs,
		    struct accounts *accounts)
{
	*accounts = (struct accounts){
		.asked = plan->users.items,
		.n_asked = plan->users.count,
	};
	return people_gather(needs, accounts);
}

/* Needs that are put into the result. */
struct putting {
	struct manifest *manifest;
	const struct sysroot *sysroot;
	struct accounts accounts; /* that directories belong to */
};

static int put_owned_directory(const struct putting *putting, const struct need_item *item,
			       const char *why)
{
	return manifest_put_directory(putting->manifest, item->path, item->mode,
				      people_uid(&putting->accounts, item->owner),
				      people_gid(&putting->accounts, item->group), ENTRY_SOFT, why);
}

/* A directory to be filled in the result, with the way to it. */
static int put_directory(const struct putting *putting, const struct need_item *item,
			 const char *why)
{
	TRY(manifest_harvest(putting->manifest, putting->sysroot->root, item->path, item->path,
			     ENTRY_SOFT, why));
	return put_owned_directory(putting, item, why);
}

/* A directory that the root has not, unless something else is in its way. */
static int make_directory(const struct putting *putting, const struct need_item *item,
			  const char *why)
{
	struct manifest *manifest = putting->manifest;

	for (const char *slash = item->path + strlen(item->path); slash && slash > item->path;
	     slash = memrchr(item->path, '/', (size_t)(slash - item->path))) {
		const char *path = arena_strndup(manifest_arena(manifest), item->path,
						 (size_t)(slash - item->path));
		const struct entry *entry = path ? manifest_find(manifest, path) : NULL;

		if (!path)
			return -ENOMEM;
		if (entry && (entry->type != ENTRY_DIRECTORY || strcmp(path, item->path) == 0))
			return 0;
	}
	return put_owned_directory(putting, item, why);
}

static int put_item(const struct putting *putting, const struct need *need,
		    const struct need_item *item)
{
	struct manifest *manifest = putting->manifest;
	const struct sysroot *sysroot = putting->sysroot;
	const char *why = arena_printf(manifest_arena(manifest), "%s: %s", need->name,
				       item->why ? item->why : need->why);

	if (!why)
		return -ENOMEM;
	switch (item->kind) {
	case NEED_PATH:
		if (need->rule->soft && TRY(is_blocked(manifest, sysroot, item->path)) > 0)
			return 0;
		return manifest_harvest(manifest, sysroot->root, item->path, item->path,
					need->rule->soft ? ENTRY_SOFT : ENTRY_RULE, why);
	case NEED_FILE:
		return manifest_put_file(manifest, item->path, 0644, item->content, item->size,
					 ENTRY_RULE, why);
	case NEED_LINK:
		return manifest_put_symlink(manifest, item->path, item->target, ENTRY_RULE, why);
	case NEED_DIRECTORY:
		if (item->made)
			return make_directory(putting, item, why);
		return TRY(is_blocked(manifest, sysroot, item->path))
			       ? 0
			       : put_directory(putting, item, why);
	case NEED_LIBRARY: /* a plugin */
	case NEED_ACCOUNT: /* in gather_accounts */
	case NEED_GROUP:
		break;
	}
	return 0;
}

int manifest_put_needs(struct manifest *manifest, const struct follower *found)
{
	struct putting putting = { .manifest = manifest, .sysroot = found->resolver->sysroot };
	size_t count;
	struct need *const *needs = needs_list(found->needs, &count);

	TRY(gather_accounts(found->resolver->plan, found->needs, &putting.accounts));
	for (size_t i = 0; i < count; i++) {
		TRY(plan_cancelled(found->resolver->plan));
		for (size_t j = 0; j < needs[i]->n_items; j++)
			if (needs[i]->items[j].brought)
				TRY(put_item(&putting, needs[i], &needs[i]->items[j]));
	}
	return 0;
}
