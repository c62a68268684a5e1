/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/path.h"
#include "report/seen.h"
#include "report/tree_parts.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	/*
	 * Objects deeper than this are expanded in a tree of their own below: files are hostile,
	 * and a chain of thousands would take the square of its length to indent.
	 */
	DEPTH_MAX = 32,
	SEARCHED_MAX = 8, /* directories named below a missing library */
};

/* An object whose children are being printed. */
struct frame {
	const struct closure_object *object;
	size_t child; /* the next one */
	bool last;    /* nothing follows it on the level above */
};

/* The tree of one closure. */
struct tree {
	struct paint paint;
	const struct closure *closure;
	struct closure_edge interp; /* the program's child 0 */
	bool *printed;		    /* by object_slot */
	struct seen missing;	    /* names */
	const struct closure_object *
		*queue; /* objects that were too deep to be expanded in their place */
	size_t n_queue;
	struct frame stack[DEPTH_MAX];
	size_t depth;
};

static void tree_cleanup(struct tree *tree)
{
	free(tree->printed);
	free(tree->queue);
	seen_reset(&tree->missing);
}

/* TREE's mark for OBJECT; the interpreter need not be in the closure's list. */
static size_t object_slot(const struct tree *tree, const struct closure_object *object)
{
	return object == tree->closure->interp ? tree->closure->n_objects : object->index;
}

/* An object that stands above in full. */
static void add_again(const struct tree *tree, const struct closure_edge *edge)
{
	const char *path = edge->object->loaded.location.path;

	paint_text(&tree->paint, STYLE_DIM, edge->name);
	if (strcmp(edge->name, path) != 0 && strcmp(edge->name, path_basename(path)) != 0) {
		buffer_add_string(tree->paint.out, " => ");
		paint_text(&tree->paint, STYLE_DIM, path);
	}
	buffer_add_string(tree->paint.out, " ↑");
}

static void add_missing(const struct tree *tree, const struct closure_edge *edge)
{
	bool allowed = edge->object->allowed_missing;

	paint_text(&tree->paint, STYLE_PLAIN, edge->name);
	buffer_add_string(tree->paint.out, " => ");
	paint_text(&tree->paint, allowed ? STYLE_ALLOWED : STYLE_MISSING,
		   allowed ? "not found (allowed)" : "not found");
}

/* The lines and gaps that lead from the top to a child of the frame on top of the stack. */
static void add_indent(const struct tree *tree)
{
	for (size_t i = 1; i < tree->depth; i++)
		buffer_add_string(tree->paint.out, tree->stack[i].last ? "    " : "│   ");
}

static void add_searched(const struct tree *tree, const struct closure_object *object, bool last)
{
	size_t count = object->n_searched;

	if (count == 0)
		return;
	buffer_add_string(tree->paint.out, "\n");
	add_indent(tree);
	buffer_add_string(tree->paint.out, last ? "    " : "│   ");
	paint_text(&tree->paint, STYLE_DIM, "searched ");
	for (size_t i = 0; i < count && i < SEARCHED_MAX; i++) {
		if (i > 0)
			paint_text(&tree->paint, STYLE_DIM, ", ");
		paint_text(&tree->paint, STYLE_DIM, object->searched[i]);
	}
	if (count > SEARCHED_MAX)
		buffer_printf(tree->paint.out, " and %zu more", count - SEARCHED_MAX);
}

/*
 * A child of an object: the interpreter of the program first, then what it preloads, then
 * what it needs. NULL where INDEX is behind the last.
 */
static const struct closure_edge *get_child(const struct tree *tree,
					    const struct closure_object *object, size_t index)
{
	if (object == tree->closure->objects[0] && tree->interp.object && index-- == 0)
		return &tree->interp;
	if (index < object->n_preloads)
		return &object->preloads[index];
	index -= object->n_preloads;
	return index < object->n_edges ? &object->edges[index] : NULL;
}

/* Goes on with OBJECT's children: here, or in a tree of their own where it is too deep. */
static void descend(struct tree *tree, const struct closure_object *object, bool last)
{
	if (!get_child(tree, object, 0))
		return;
	if (tree->depth == DEPTH_MAX) {
		tree->queue[tree->n_queue++] = object;
		buffer_add_string(tree->paint.out, " ↓");
		return;
	}
	tree->stack[tree->depth++] = (struct frame){ .object = object, .last = last };
}

static void add_found_child(struct tree *tree, const struct closure_edge *edge, bool last)
{
	bool *printed = &tree->printed[object_slot(tree, edge->object)];

	if (*printed) {
		add_again(tree, edge);
		return;
	}
	*printed = true;
	paint_object(&tree->paint, edge);
	descend(tree, edge->object, last);
}

/* A missing library is an object of its own each time it is asked for: its name tells it. */
static void add_missing_child(struct tree *tree, const struct closure_edge *edge, bool last)
{
	int r = seen_add(&tree->missing, edge->name, "");

	add_missing(tree, edge);
	if (r < 0)
		tree->paint.out->failed = true;
	else if (r == SEEN_KNOWN)
		buffer_add_string(tree->paint.out, " ↑");
	else
		add_searched(tree, edge->object, last);
}

static void add_child(struct tree *tree, const struct closure_edge *edge, bool last)
{
	add_indent(tree);
	buffer_add_string(tree->paint.out, last ? "└── " : "├── ");
	if (closure_is_missing(edge->object))
		add_missing_child(tree, edge, last);
	else
		add_found_child(tree, edge, last);
	buffer_add_string(tree->paint.out, "\n");
}

static void expand(struct tree *tree, const struct closure_object *root)
{
	tree->stack[0] = (struct frame){ .object = root };
	tree->depth = 1;
	while (tree->depth > 0) {
		struct frame *top = &tree->stack[tree->depth - 1];
		const struct closure_edge *edge = get_child(tree, top->object, top->child++);

		if (edge)
			add_child(tree, edge, !get_child(tree, top->object, top->child));
		else
			tree->depth--;
	}
}

static void add_faults(const struct tree *tree)
{
	const struct closure *closure = tree->closure;

	for (size_t i = 0; i < closure->n_faults; i++) {
		if (closure->faults[i].harmless)
			continue;
		paint_text(&tree->paint, STYLE_MISSING, closure->faults[i].subject);
		paint_text(&tree->paint, STYLE_MISSING, ": ");
		paint_text(&tree->paint, STYLE_MISSING, closure->faults[i].text);
		buffer_add_string(tree->paint.out, "\n");
	}
	if (closure->stopped) {
		paint_text(&tree->paint, STYLE_MISSING, closure->stopped);
		buffer_add_string(tree->paint.out, "\n");
	}
}

static void add_program(const struct tree *tree)
{
	const struct closure *closure = tree->closure;

	paint_location(&tree->paint, &closure->objects[0]->loaded.location);
	if (closure->loader->kind == LOADER_NONE)
		paint_text(&tree->paint, STYLE_DIM, " [static]");
	buffer_add_string(tree->paint.out, "\n");
}

static void draw(struct tree *tree)
{
	const struct closure *closure = tree->closure;

	if (closure->interp)
		tree->interp = (struct closure_edge){
			.kind = EDGE_INTERP,
			.name = closure->loader->interp,
			.object = closure->interp,
			.found_by = FOUND_BY_INTERP,
		};
	tree->printed[0] = true;
	add_program(tree);
	expand(tree, closure->objects[0]);
	for (size_t i = 0; i < tree->n_queue; i++) {
		paint_location(&tree->paint, &tree->queue[i]->loaded.location);
		buffer_add_string(tree->paint.out, "\n");
		expand(tree, tree->queue[i]);
	}
	add_faults(tree);
}

int tree_add_closure(const struct paint *paint, const struct closure *closure)
{
	CLEANUP(tree)
	struct tree tree = {
		.paint = *paint,
		.closure = closure,
		.printed = calloc(closure->n_objects + 1, sizeof(*tree.printed)),
		.queue = calloc(closure->n_objects + 1, sizeof(struct closure_object *)),
	};

	assert(closure->n_objects > 0);
	if (!tree.printed || !tree.queue)
		return -ENOMEM;
	draw(&tree);
	return buffer_error(paint->out);
}

int tree_see_objects(struct seen *seen, const struct closure *closure)
{
	for (size_t i = 0; i < closure->n_objects; i++)
		if (!closure_is_missing(closure->objects[i]))
			TRY(seen_add(seen, closure->objects[i]->loaded.location.dest, ""));
	return 0;
}
