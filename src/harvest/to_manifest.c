/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/to_manifest.h"
#include "base/path.h"
#include "needs/gconv.h"

#include <errno.h>
#include <string.h>

static const char *why_needed(struct mkrootfs *harvest, const struct closure_object *object)
{
	if (!object->loaded.requester)
		return "asked for";
	return arena_printf(manifest_arena(harvest->manifest), "needed by %s",
			    object->loaded.requester->location.dest);
}

static int put_location(struct mkrootfs *harvest, struct location location, const char *why)
{
	const char *base = harvest->sysroot.working_directory;
	struct arena *arena = manifest_arena(harvest->manifest);
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
		if (!edge->location.path ||
		    strcmp(edge->location.dest, edge->object->loaded.location.dest) == 0)
			continue;
		why = arena_printf(manifest_arena(harvest->manifest), "needed by %s",
				   object->loaded.location.dest);
		r = put_location(harvest, edge->location, why);
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
		r = put_location(harvest, interp->loaded.location,
				 arena_printf(manifest_arena(harvest->manifest), "loader of %s",
					      closure->objects[0]->loaded.location.dest));
	for (size_t i = 0; r == 0 && i < closure->n_objects; i++) {
		const struct closure_object *object = closure->objects[i];

		if (closure_is_missing(object))
			continue;
		if (i > 0)
			r = put_location(harvest, object->loaded.location,
					 why_needed(harvest, object));
		if (r == 0)
			r = put_edges(harvest, object, object->edges, object->n_edges);
		if (r == 0)
			r = put_edges(harvest, object, object->preloads, object->n_preloads);
	}
	return r;
}

static int put_inputs(struct mkrootfs *harvest)
{
	for (size_t i = 0; i < harvest->inputs.count; i++) {
		const struct input *input = &harvest->inputs.items[i];
		int r = manifest_harvest(harvest->manifest, harvest->root, input->location.path,
					 input->location.dest, ENTRY_CLOSURE, input->why);

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

	for (size_t i = 0; r == 0 && i < harvest->sysroot.n_loaders; i++) {
		const char *path = configuration_of(harvest->sysroot.loaders[i]);
		const struct stat *stat;

		if (path && root_look(harvest->root, harvest->arena, path, &stat, NULL) == 0)
			r = manifest_harvest(harvest->manifest, harvest->root, path, path,
					     ENTRY_CLOSURE, "read by the loader");
	}
	return r;
}

/*
 * What is loaded already has been put, a plugin is there for its need's reason; and either may have
 * been found by a path that is not its own, such as a link.
 */
static int put_plugin(struct mkrootfs *harvest, const struct harvest_plugin *plugin)
{
	const struct closure *closure = plugin->closure;
	const struct location own = closure->objects[0]->loaded.location;
	const char *why = arena_printf(manifest_arena(harvest->manifest), "%s: %s",
				       plugin->need->name, plugin->why);
	int r = 0;

	if (own.path)
		r = put_location(harvest, own, why);
	if (r == 0 && own.path && closure->opened.path &&
	    strcmp(own.dest, closure->opened.dest) != 0)
		r = put_location(harvest, closure->opened, why);
	return r == 0 ? put_closure(harvest, closure) : r;
}

int fill_closures(struct mkrootfs *harvest)
{
	int r = put_inputs(harvest);

	if (r == 0)
		r = put_configurations(harvest);

	for (size_t i = 0; r == 0 && i < harvest->n_closures; i++) {
		r = harvest_cancelled(harvest);
		if (r == 0)
			r = put_closure(harvest, harvest->closures[i]);
	}
	for (size_t i = 0; r == 0 && i < harvest->n_plugins; i++) {
		r = harvest_cancelled(harvest);
		if (r == 0)
			r = put_plugin(harvest, &harvest->plugins[i]);
	}
	return r;
}

/* What stands at PATH, to be brought into the result, is seen from the root of the target. */
static int put_item(struct mkrootfs *harvest, const struct need *need, const struct need_item *item)
{
	struct manifest *manifest = harvest->manifest;
	const char *why = arena_printf(manifest_arena(manifest), "%s: %s", need->name,
				       item->why ? item->why : need->why);

	if (!why)
		return -ENOMEM;
	switch (item->kind) {
	case NEED_PATH:
		return manifest_harvest(manifest, harvest->root, item->path, item->path, ENTRY_RULE,
					why);
	case NEED_FILE:
		return manifest_put_file(manifest, item->path, 0644, item->content, item->size,
					 ENTRY_RULE, why);
	case NEED_LINK:
		return manifest_put_symlink(manifest, item->path, item->target, ENTRY_RULE, why);
	case NEED_LIBRARY:
		break;
	}
	return 0;
}

int fill_needs(struct mkrootfs *harvest)
{
	struct need *const *needs;
	size_t count;
	int r = 0;

	needs = needs_list(harvest->needs, &count);
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = harvest_cancelled(harvest);
		for (size_t j = 0; r == 0 && j < needs[i]->n_items; j++)
			if (needs[i]->items[j].brought)
				r = put_item(harvest, needs[i], &needs[i]->items[j]);
	}
	return r == 0 ? gconv_configure(harvest->needs, harvest->manifest) : r;
}
