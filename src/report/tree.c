/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"
#include "report/report.h"
#include "report/seen.h"
#include "report/summary.h"

#include <string.h>

enum {
	/*
	 * Objects deeper than this are expanded in a tree of their own below: files are hostile,
	 * and a chain of thousands would take the square of its length to indent.
	 */
	DEPTH_MAX = 32,
	SEARCHED_MAX = 8, /* directories named below a missing library */
};

enum style {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_FOLDER,
	STYLE_FILE,
	STYLE_DIM,
	STYLE_MOVED,
	STYLE_ALLOWED,
	STYLE_MISSING,
};

static const char *const styles[] = {
	[STYLE_PLAIN] = NULL,	      [STYLE_BOLD] = "\033[1m",	      [STYLE_FOLDER] = "\033[36m",
	[STYLE_FILE] = "\033[1;36m",  [STYLE_DIM] = "\033[2m",	      [STYLE_MOVED] = "\033[32m",
	[STYLE_ALLOWED] = "\033[33m", [STYLE_MISSING] = "\033[1;31m",
};

/* An object whose children are being printed. */
struct frame {
	const struct closure_object *object;
	size_t child; /* the next one */
	bool last;    /* nothing follows it on the level above */
};

/* The tree of one closure. */
struct tree {
	struct buffer *out;
	bool colour;
	const struct closure *closure;
	struct closure_edge interp;	     /* the program's child 0 */
	bool *printed;			     /* by object_slot */
	struct seen missing;		     /* names */
	const struct closure_object **queue; /* what was too deep to be expanded in its place */
	size_t n_queue;
	struct frame stack[DEPTH_MAX];
	size_t depth;
};

/* Where TREE keeps its mark for OBJECT: the interpreter need not be in the closure's list. */
static size_t object_slot(const struct tree *tree, const struct closure_object *object)
{
	return object == tree->closure->interp ? tree->closure->n_objects : object->index;
}

static void paint(const struct tree *tree, enum style style, const char *text)
{
	bool painted = tree->colour && styles[style];

	if (painted)
		buffer_add_string(tree->out, styles[style]);
	escape_append(tree->out, text);
	if (painted)
		buffer_add_string(tree->out, "\033[0m");
}

/* A path, its last part brighter than the folders. */
static void paint_path(const struct tree *tree, const char *path)
{
	const char *file = path_basename(path);
	CLEANUP(free) char *folder = strndup(path, (size_t)(file - path));

	if (!folder) {
		tree->out->failed = true;
		return;
	}
	paint(tree, STYLE_FOLDER, folder);
	paint(tree, STYLE_FILE, file);
}

static void add_location(const struct tree *tree, const struct location *location)
{
	paint_path(tree, location->path);
	if (strcmp(location->path, location->dest) != 0) {
		buffer_add_string(tree->out, " -> ");
		paint(tree, STYLE_MOVED, location->dest);
	}
}

static const char *kind_text(enum edge_kind kind)
{
	switch (kind) {
	case EDGE_FILTER:
		return "filter, ";
	case EDGE_AUXILIARY:
		return "auxiliary, ";
	default:
		return "";
	}
}

static void add_via(const struct tree *tree, const struct closure_edge *edge)
{
	enum found_by found_by = edge->kind == EDGE_INTERP    ? FOUND_BY_INTERP
				 : edge->kind == EDGE_PRELOAD ? FOUND_BY_PRELOAD
							      : edge->object->found_by;

	buffer_add_string(tree->out, tree->colour ? " \033[2m[" : " [");
	buffer_printf(tree->out, "%s%s", kind_text(edge->kind), found_by_name(found_by));
	buffer_add_string(tree->out, tree->colour ? "]\033[0m" : "]");
}

/* An object in full: "name => path -> dest [via]", the path alone where it ends in the name. */
static void add_found(const struct tree *tree, const struct closure_edge *edge)
{
	const struct location *location = &edge->object->loaded.location;

	if (strcmp(edge->name, location->path) != 0 &&
	    strcmp(edge->name, path_basename(location->path)) != 0) {
		paint(tree, STYLE_PLAIN, edge->name);
		buffer_add_string(tree->out, " => ");
	}
	add_location(tree, location);
	add_via(tree, edge);
}

/* An object that stands above in full. */
static void add_again(const struct tree *tree, const struct closure_edge *edge)
{
	const char *path = edge->object->loaded.location.path;

	paint(tree, STYLE_DIM, edge->name);
	if (strcmp(edge->name, path) != 0 && strcmp(edge->name, path_basename(path)) != 0) {
		buffer_add_string(tree->out, " => ");
		paint(tree, STYLE_DIM, path);
	}
	buffer_add_string(tree->out, " ↑");
}

static void add_missing(const struct tree *tree, const struct closure_edge *edge)
{
	bool allowed = edge->object->allowed_missing;

	paint(tree, STYLE_PLAIN, edge->name);
	buffer_add_string(tree->out, " => ");
	paint(tree, allowed ? STYLE_ALLOWED : STYLE_MISSING,
	      allowed ? "not found (allowed)" : "not found");
}

/* The lines and gaps that lead from the top to a child of the frame on top of the stack. */
static void add_indent(const struct tree *tree)
{
	for (size_t i = 1; i < tree->depth; i++)
		buffer_add_string(tree->out, tree->stack[i].last ? "    " : "│   ");
}

static void add_searched(const struct tree *tree, const struct closure_object *object, bool last)
{
	size_t count = object->n_searched;

	if (count == 0)
		return;
	buffer_add_string(tree->out, "\n");
	add_indent(tree);
	buffer_add_string(tree->out, last ? "    " : "│   ");
	paint(tree, STYLE_DIM, "searched ");
	for (size_t i = 0; i < count && i < SEARCHED_MAX; i++) {
		if (i > 0)
			paint(tree, STYLE_DIM, ", ");
		paint(tree, STYLE_DIM, object->searched[i]);
	}
	if (count > SEARCHED_MAX)
		buffer_printf(tree->out, " and %zu more", count - SEARCHED_MAX);
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
		buffer_add_string(tree->out, " ↓");
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
	add_found(tree, edge);
	descend(tree, edge->object, last);
}

/* A missing library is an object of its own each time it is asked for: its name tells it. */
static void add_missing_child(struct tree *tree, const struct closure_edge *edge, bool last)
{
	int r = seen_add(&tree->missing, edge->name, "");

	add_missing(tree, edge);
	if (r < 0)
		tree->out->failed = true;
	else if (r == SEEN_KNOWN)
		buffer_add_string(tree->out, " ↑");
	else
		add_searched(tree, edge->object, last);
}

static void add_child(struct tree *tree, const struct closure_edge *edge, bool last)
{
	add_indent(tree);
	buffer_add_string(tree->out, last ? "└── " : "├── ");
	if (closure_is_missing(edge->object))
		add_missing_child(tree, edge, last);
	else
		add_found_child(tree, edge, last);
	buffer_add_string(tree->out, "\n");
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
		paint(tree, STYLE_MISSING, closure->faults[i].subject);
		paint(tree, STYLE_MISSING, ": ");
		paint(tree, STYLE_MISSING, closure->faults[i].text);
		buffer_add_string(tree->out, "\n");
	}
	if (closure->stopped) {
		paint(tree, STYLE_MISSING, closure->stopped);
		buffer_add_string(tree->out, "\n");
	}
}

static void add_program(const struct tree *tree)
{
	const struct closure *closure = tree->closure;

	add_location(tree, &closure->objects[0]->loaded.location);
	if (closure->loader->kind == LOADER_NONE)
		paint(tree, STYLE_DIM, " [static]");
	buffer_add_string(tree->out, "\n");
}

/* A program with all that it needs. */
static void add_tree(struct buffer *out, const struct closure *closure, bool colour)
{
	CLEANUP(free) bool *printed = calloc(closure->n_objects + 1, sizeof(*printed));
	CLEANUP(free)
	const struct closure_object **queue = calloc(closure->n_objects + 1, sizeof(*queue));
	struct tree tree = {
		.out = out,
		.colour = colour,
		.closure = closure,
		.printed = printed,
		.queue = queue,
	};

	if (!printed || !queue) {
		out->failed = true;
		return;
	}
	if (closure->interp)
		tree.interp = (struct closure_edge){
			.kind = EDGE_INTERP,
			.name = closure->loader->interp,
			.object = closure->interp,
			.found_by = FOUND_BY_INTERP,
		};
	printed[0] = true;
	add_program(&tree);
	expand(&tree, closure->objects[0]);
	for (size_t i = 0; i < tree.n_queue; i++) {
		add_location(&tree, &queue[i]->loaded.location);
		buffer_add_string(out, "\n");
		expand(&tree, queue[i]);
	}
	add_faults(&tree);
	seen_reset(&tree.missing);
}

/* The objects of CLOSURE that are not in SEEN, below the name of its processor. */
static int add_variant(struct buffer *out, const struct closure *closure, bool colour,
		       struct seen *seen)
{
	const struct tree tree = { .out = out, .colour = colour, .closure = closure };
	bool any = false;

	for (size_t i = 0; i < closure->n_objects; i++) {
		const struct closure_object *object = closure->objects[i];
		const struct closure_edge edge = {
			.name = object->loaded.name,
			.object = closure->objects[i],
			.found_by = object->found_by,
		};
		int r = closure_is_missing(object)
				? SEEN_KNOWN
				: seen_add(seen, object->loaded.location.dest, "");

		if (r < 0)
			return r;
		if (r == SEEN_KNOWN)
			continue;
		if (!any) {
			buffer_add_string(out, "\n");
			paint(&tree, STYLE_BOLD, closure->processor->name);
			buffer_add_string(out, ":\n");
		}
		any = true;
		buffer_add_string(out, "    ");
		add_found(&tree, &edge);
		buffer_add_string(out, "\n");
	}
	return 0;
}

static bool same_program(const struct closure *left, const struct closure *right)
{
	const struct location *a = &left->objects[0]->loaded.location;
	const struct location *b = &right->objects[0]->loaded.location;

	return strcmp(a->path, b->path) == 0 && strcmp(a->dest, b->dest) == 0;
}

/*
 * What other kinds of processor load instead, COUNT closures of one program: each object
 * below the first kind that brings it.
 */
static int add_variants(struct buffer *out, const struct closure *const *closures, size_t count,
			bool colour)
{
	CLEANUP(seen) struct seen seen = { 0 };

	for (size_t i = 0; i < closures[0]->n_objects; i++) {
		const struct closure_object *object = closures[0]->objects[i];
		int r = closure_is_missing(object)
				? 0
				: seen_add(&seen, object->loaded.location.dest, "");

		if (r < 0)
			return r;
	}
	for (size_t i = 1; i < count; i++) {
		int r = add_variant(out, closures[i], colour, &seen);

		if (r < 0)
			return r;
	}
	return 0;
}

/* Whether NEED has brought something to what PROGRAM's process is. */
static bool is_shown(const struct need *need, const struct closure *program)
{
	if (need->process != program || !need->followed)
		return false;
	for (size_t i = 0; i < need->n_items; i++)
		if (need->items[i].brought)
			return true;
	return false;
}

/* A path that a need brought: one of a tree stands for all of it. */
static int add_item(const struct tree *tree, const struct need *need, size_t index,
		    struct seen *seen)
{
	const struct need_item *item = &need->items[index];
	size_t count = 0;
	int r;

	if (!item->brought || item->kind == NEED_LIBRARY ||
	    (item->tree && strcmp(item->tree, item->path) != 0))
		return 0;
	r = seen_add(seen, item->path, need->name);
	if (r != 0)
		return r < 0 ? r : 0;
	for (size_t i = index; item->tree && i < need->n_items; i++)
		count += need->items[i].brought && need->items[i].tree == item->tree;
	buffer_add_string(tree->out, "    ");
	paint_path(tree, item->path);
	if (item->tree)
		buffer_printf(tree->out, " and %zu below", count - 1);
	if (item->kind == NEED_FILE)
		paint(tree, STYLE_DIM, " [made]");
	if (item->kind == NEED_LINK) {
		buffer_add_string(tree->out, " -> ");
		paint(tree, STYLE_MOVED, item->target);
	}
	buffer_add_string(tree->out, "\n");
	return 0;
}

/* The libraries that NEED brought and that were not shown before. */
static int add_opened(const struct tree *tree, const struct report_input *input,
		      const struct need *need, struct seen *seen)
{
	for (size_t i = 0; i < input->n_plugins; i++) {
		const struct closure *closure = input->plugins[i].closure;

		for (size_t j = 0; input->plugins[i].need == need && j < closure->n_objects; j++) {
			const struct closure_object *object = closure->objects[j];
			const struct closure_edge edge = {
				.name = object->loaded.name,
				.object = closure->objects[j],
			};
			int r = closure_is_missing(object)
					? SEEN_KNOWN
					: seen_add(seen, object->loaded.location.dest, "");

			if (r < 0)
				return r;
			if (r == SEEN_KNOWN || (j == 0 && edge.name[0] == '/'))
				continue;
			buffer_add_string(tree->out, "    ");
			add_found(tree, &edge);
			buffer_add_string(tree->out, "\n");
		}
	}
	return 0;
}

/* What the needs of FIRST's name brought to PROGRAM, from FIRST on. */
static int add_need(const struct tree *tree, const struct report_input *input, size_t first,
		    struct seen *seen)
{
	int r = 0;

	for (size_t i = first; r == 0 && i < input->n_needs; i++) {
		const struct need *need = input->needs[i];

		if (!is_shown(need, tree->closure) ||
		    strcmp(need->name, input->needs[first]->name) != 0)
			continue;
		for (size_t j = 0; r == 0 && j < need->n_items; j++)
			r = add_item(tree, need, j, seen);
		if (r == 0)
			r = add_opened(tree, input, need, seen);
	}
	return r;
}

/* What PROGRAM loads and reads behind DT_NEEDED's back, need by need. */
static int add_needs(struct buffer *out, const struct report_input *input,
		     const struct closure *program)
{
	const struct tree tree = { .out = out, .colour = input->colour, .closure = program };
	CLEANUP(seen) struct seen seen = { 0 };
	CLEANUP(seen) struct seen names = { 0 };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < program->n_objects; i++)
		if (!closure_is_missing(program->objects[i]))
			r = seen_add(&seen, program->objects[i]->loaded.location.dest, "");
	for (size_t i = 0; r >= 0 && i < input->n_needs; i++) {
		const struct need *need = input->needs[i];

		r = is_shown(need, program) ? seen_add(&names, need->name, "") : SEEN_KNOWN;
		if (r != 0)
			continue;
		buffer_add_string(out, "\n");
		paint(&tree, STYLE_BOLD, need->name);
		buffer_printf(out, " (%s): ", need_level_name(need->level));
		paint(&tree, STYLE_DIM, need->why);
		buffer_add_string(out, "\n");
		r = add_need(&tree, input, i, &seen);
	}
	return r < 0 ? r : 0;
}

void report_tree(struct buffer *out, const struct report_input *input)
{
	int r = 0;

	for (size_t i = 0; i < input->n_closures && r == 0;) {
		const struct closure *const *group = &input->closures[i];
		size_t count = 1;

		while (i + count < input->n_closures && same_program(group[0], group[count]))
			count++;
		if (i > 0)
			buffer_add_string(out, "\n");
		add_tree(out, group[0], input->colour);
		r = add_variants(out, group, count, input->colour);
		if (r == 0)
			r = add_needs(out, input, group[0]);
		i += count;
	}
	if (r == 0 && input->n_closures > 0)
		buffer_add_string(out, "\n");
	if (r == 0)
		r = summary_add(out, input);
	if (r < 0)
		out->failed = true;
}
