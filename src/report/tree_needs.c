/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "report/tree_parts.h"

#include <string.h>

/* Whether NEED has brought something to PROGRAM's process. */
static bool is_shown(const struct need *need, const struct closure *program)
{
	if (need->process != program || !need->followed)
		return false;
	for (size_t i = 0; i < need->n_items; i++)
		if (need->items[i].brought)
			return true;
	return false;
}

static size_t count_brought(const struct need *need, const char *tree)
{
	size_t count = 0;

	for (size_t i = 0; i < need->n_items; i++)
		count += need->items[i].brought && need->items[i].tree == tree;
	return count;
}

/* A path that NEED brought. Of a tree, only its top is an item, which counts the rest. */
static int add_item(const struct paint *paint, const struct need *need,
		    const struct need_item *item, struct seen *seen)
{
	size_t n_below;

	if (!item->brought || item->kind == NEED_LIBRARY ||
	    (item->tree && strcmp(item->tree, item->path) != 0) ||
	    TRY(seen_add(seen, item->path, need->name)) == SEEN_KNOWN)
		return 0;
	buffer_add_string(paint->out, "    ");
	paint_path(paint, item->path);
	n_below = item->tree ? count_brought(need, item->tree) - 1 : 0;
	if (n_below > 0)
		buffer_printf(paint->out, " and %zu below", n_below);
	if (item->kind == NEED_FILE)
		paint_text(paint, STYLE_DIM, " [made]");
	if (item->kind == NEED_ACCOUNT || item->kind == NEED_GROUP)
		paint_text(paint, STYLE_DIM, item->kind == NEED_GROUP ? " [group]" : " [account]");
	if (item->kind == NEED_LINK) {
		buffer_add_string(paint->out, " -> ");
		paint_text(paint, STYLE_MOVED, item->target);
	}
	buffer_add_string(paint->out, "\n");
	return 0;
}

/*
 * A library that a need opened. One that was opened by its path is an item already; of the others,
 * those that stand above are not repeated, but for the one that the need names.
 */
static int add_library(const struct paint *paint, const struct closure_object *object,
		       const char *opened_for, struct seen *seen)
{
	const struct closure_edge edge = {
		.name = object->loaded.name,
		.object = (struct closure_object *)object,
	};
	const char *dest = object->loaded.location.dest;
	bool known;

	if (closure_is_missing(object))
		return 0;
	known = TRY(seen_add(seen, dest, "")) == SEEN_KNOWN;
	if (opened_for && edge.name[0] == '/')
		return 0;
	if (known && (!opened_for || TRY(seen_add(seen, dest, opened_for)) == SEEN_KNOWN))
		return 0;
	buffer_add_string(paint->out, "    ");
	if (known)
		paint_text(paint, STYLE_DIM, edge.name);
	else
		paint_object(paint, &edge);
	buffer_add_string(paint->out, known ? " ↑\n" : "\n");
	return 0;
}

static int add_plugin(const struct paint *paint, const struct report_plugin *plugin,
		      struct seen *seen)
{
	const struct closure *closure = plugin->closure;

	for (size_t i = 0; i < closure->n_objects; i++)
		TRY(add_library(paint, closure->objects[i], i == 0 ? plugin->need->name : NULL,
				seen));
	return 0;
}

static int add_need(const struct paint *paint, const struct report_input *input,
		    const struct need *need, struct seen *seen)
{
	for (size_t i = 0; i < need->n_items; i++)
		TRY(add_item(paint, need, &need->items[i], seen));
	for (size_t i = 0; i < input->n_plugins; i++)
		if (input->plugins[i].need == need)
			TRY(add_plugin(paint, &input->plugins[i], seen));
	return 0;
}

static void add_heading(const struct paint *paint, const struct need *need,
			const struct need_size *size)
{
	buffer_add_string(paint->out, "\n");
	paint_text(paint, STYLE_BOLD, need->name);
	buffer_printf(paint->out, " (%s", need_level_name(need->level));
	if (size) {
		buffer_add_string(paint->out, ", ");
		buffer_add_size(paint->out, size->bytes);
	}
	buffer_add_string(paint->out, ")\n  ");
	paint_text(paint, STYLE_DIM, need->why);
	buffer_add_string(paint->out, "\n");
}

int tree_add_needs(const struct paint *paint, const struct report_input *input,
		   const struct need_sizes *sizes, const struct closure *program)
{
	CLEANUP(seen) struct seen seen = { 0 };
	CLEANUP(seen) struct seen names = { 0 };

	TRY(tree_see_objects(&seen, program));
	for (size_t i = 0; i < input->n_needs; i++) {
		const char *name = input->needs[i]->name;

		if (!is_shown(input->needs[i], program) ||
		    TRY(seen_add(&names, name, "")) == SEEN_KNOWN)
			continue;
		add_heading(paint, input->needs[i], need_sizes_get(sizes, name));
		/* Several objects of a program may have the same need. */
		for (size_t j = i; j < input->n_needs; j++)
			if (is_shown(input->needs[j], program) &&
			    strcmp(input->needs[j]->name, name) == 0)
				TRY(add_need(paint, input, input->needs[j], &seen));
	}
	return 0;
}
