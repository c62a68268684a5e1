/* SPDX-License-Identifier: Apache-2.0 */
#include "report/need_sizes.h"
#include "base/error.h"
#include "report/seen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct counting {
	const struct report_input *input;
	struct arena *arena;
	struct need_sizes *sizes;
	struct root *inside; /* the result */
	struct seen files;   /* that were counted, by canonical path */
};

static void counting_cleanup(struct counting *counting)
{
	root_close(counting->inside);
	seen_reset(&counting->files);
}

/* Counts the file at PATH for SIZE, or for nobody where that is NULL. */
static int count_path(struct counting *counting, const char *path, struct need_size *size)
{
	const struct entry *entry;
	char *canonical;
	int r;

	if (!path)
		return 0;
	r = root_walk(counting->inside, counting->arena, path, true, NULL, NULL, &canonical);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	entry = manifest_find(counting->input->manifest, canonical);
	if (!entry || entry->type != ENTRY_FILE)
		return 0;
	if (TRY(seen_add(&counting->files, canonical, "")) == SEEN_KNOWN || !size)
		return 0;
	size->n_files++;
	size->bytes += entry->hardlink ? 0 : entry->size;
	return 0;
}

static int count_closure(struct counting *counting, const struct closure *closure,
			 struct need_size *size)
{
	if (closure->interp)
		TRY(count_path(counting, closure->interp->loaded.location.dest, size));
	for (size_t i = 0; i < closure->n_objects; i++)
		TRY(count_path(counting, closure->objects[i]->loaded.location.dest, size));
	return 0;
}

/* The need that has brought the program of CLOSURE, or NULL. */
static const struct need *find_bringer(const struct report_input *input,
				       const struct closure *closure)
{
	const char *path = closure->objects[0]->loaded.location.path;

	for (size_t i = 0; path && i < input->n_needs; i++)
		for (size_t j = 0; j < input->needs[i]->n_items; j++) {
			const struct need_item *item = &input->needs[i]->items[j];

			if (item->brought && item->kind == NEED_PATH &&
			    strcmp(item->path, path) == 0)
				return input->needs[i];
		}
	return NULL;
}

static int get_size(struct counting *counting, const char *name, struct need_size **out)
{
	for (size_t i = 0; i < counting->sizes->count; i++)
		if (strcmp(counting->sizes->items[i].name, name) == 0) {
			*out = &counting->sizes->items[i];
			return 0;
		}
	*out = TABLE_ADD(counting->arena, counting->sizes);
	if (!*out)
		return -ENOMEM;
	(*out)->name = name;
	return 0;
}

static int count_need(struct counting *counting, const struct need *need)
{
	const struct report_input *input = counting->input;
	struct need_size *size;

	TRY(get_size(counting, need->name, &size));
	for (size_t i = 0; i < need->n_items; i++)
		if (need->items[i].brought && need->items[i].kind != NEED_LIBRARY)
			TRY(count_path(counting, need->items[i].path, size));
	for (size_t i = 0; i < input->n_plugins; i++)
		if (input->plugins[i].need == need)
			TRY(count_closure(counting, input->plugins[i].closure, size));
	return 0;
}

/* A FILE is no need's cost; a program that a need brought is a cost of that need. */
static int count_closures(struct counting *counting, bool brought)
{
	const struct report_input *input = counting->input;

	for (size_t i = 0; i < input->n_closures; i++) {
		const struct need *bringer = find_bringer(input, input->closures[i]);
		struct need_size *size = NULL;

		if ((bringer != NULL) != brought)
			continue;
		if (bringer)
			TRY(get_size(counting, bringer->name, &size));
		TRY(count_closure(counting, input->closures[i], size));
	}
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct need_size *a = left;
	const struct need_size *b = right;

	if (a->bytes != b->bytes)
		return a->bytes < b->bytes ? 1 : -1;
	return strcmp(a->name, b->name);
}

int need_sizes_find(const struct report_input *input, struct arena *arena, struct need_sizes *sizes)
{
	CLEANUP(counting)
	struct counting counting = { .input = input, .arena = arena, .sizes = sizes };
	size_t count = 0;

	*sizes = (struct need_sizes){ 0 };
	TRY(manifest_root(input->manifest, &counting.inside));
	TRY(count_closures(&counting, false));
	for (size_t i = 0; i < input->n_needs; i++)
		TRY(count_need(&counting, input->needs[i]));
	TRY(count_closures(&counting, true));
	for (size_t i = 0; i < sizes->count; i++)
		if (sizes->items[i].n_files > 0)
			sizes->items[count++] = sizes->items[i];
	sizes->count = count;
	if (count > 0)
		qsort(sizes->items, count, sizeof(*sizes->items), compare);
	return 0;
}

const struct need_size *need_sizes_get(const struct need_sizes *sizes, const char *name)
{
	for (size_t i = 0; i < sizes->count; i++)
		if (strcmp(sizes->items[i].name, name) == 0)
			return &sizes->items[i];
	return NULL;
}
