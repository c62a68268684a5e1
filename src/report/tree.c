/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "report/summary.h"
#include "report/tree_parts.h"

#include <errno.h>
#include <string.h>

static void add_processor(const struct paint *paint, const struct processor *processor)
{
	buffer_add_string(paint->out, "\n");
	paint_text(paint, STYLE_BOLD, processor->name);
	buffer_add_string(paint->out, ":\n");
}

/* The objects of CLOSURE that are not in SEEN, below the name of its processor. */
static int add_variant(const struct paint *paint, const struct closure *closure, struct seen *seen)
{
	bool any = false;

	for (size_t i = 0; i < closure->n_objects; i++) {
		const struct closure_edge edge = {
			.name = closure->objects[i]->loaded.name,
			.object = closure->objects[i],
		};

		if (closure_is_missing(edge.object) ||
		    TRY(seen_add(seen, edge.object->loaded.location.dest, "")) == SEEN_KNOWN)
			continue;
		if (!any)
			add_processor(paint, closure->processor);
		any = true;
		buffer_add_string(paint->out, "    ");
		paint_object(paint, &edge);
		buffer_add_string(paint->out, "\n");
	}
	return 0;
}

/*
 * The objects that other kinds of processor load instead, of COUNT closures of one program: each
 * below the first kind that loads it.
 */
static int add_variants(const struct paint *paint, const struct closure *const *closures,
			size_t count)
{
	CLEANUP(seen) struct seen seen = { 0 };

	TRY(tree_see_objects(&seen, closures[0]));
	for (size_t i = 1; i < count; i++)
		TRY(add_variant(paint, closures[i], &seen));
	return 0;
}

static bool same_program(const struct closure *left, const struct closure *right)
{
	const struct location *a = &left->objects[0]->loaded.location;
	const struct location *b = &right->objects[0]->loaded.location;

	return strcmp(a->path, b->path) == 0 && strcmp(a->dest, b->dest) == 0;
}

/* The costliest needs, each of which an option leaves out, in lines that fit a terminal. */
static void add_sizes(const struct paint *paint, const struct need_sizes *sizes)
{
	enum { NAMED_MAX = 6, WIDTH = 16 };

	if (sizes->count == 0)
		return;
	buffer_add_string(paint->out, "of this by need, left out with --without NAME:\n");
	for (size_t i = 0; i < sizes->count && i < NAMED_MAX; i++) {
		const char *name = sizes->items[i].name;
		int length = (int)strlen(name);

		buffer_add_string(paint->out, "    ");
		paint_text(paint, STYLE_BOLD, name);
		buffer_printf(paint->out, "%*s", length < WIDTH ? WIDTH - length : 1, "");
		buffer_add_size(paint->out, sizes->items[i].bytes);
		buffer_add_string(paint->out, "\n");
	}
	if (sizes->count > NAMED_MAX)
		buffer_printf(paint->out, "    and %zu smaller\n", sizes->count - NAMED_MAX);
}

static int add_all(const struct paint *paint, const struct report_input *input)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct need_sizes sizes;
	size_t count;

	if (!arena)
		return -ENOMEM;
	TRY(need_sizes_find(input, arena, &sizes));
	for (size_t i = 0; i < input->n_closures; i += count) {
		const struct closure *const *group = &input->closures[i];

		for (count = 1; i + count < input->n_closures; count++)
			if (!same_program(group[0], group[count]))
				break;
		if (i > 0)
			buffer_add_string(paint->out, "\n");
		TRY(tree_add_closure(paint, group[0]));
		TRY(add_variants(paint, group, count));
		TRY(tree_add_needs(paint, input, &sizes, group[0]));
	}
	if (input->n_closures > 0)
		buffer_add_string(paint->out, "\n");
	TRY(summary_add(paint->out, input));
	add_sizes(paint, &sizes);
	return 0;
}

void report_tree(struct buffer *out, const struct report_input *input)
{
	const struct paint paint = { .out = out, .colour = input->colour };

	if (add_all(&paint, input) < 0)
		out->failed = true;
}
