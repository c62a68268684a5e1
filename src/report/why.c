/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"
#include "report/report.h"
#include "report/seen.h"

#include <errno.h>
#include <string.h>

enum {
	/* A library that all others need has more chains than anyone reads. */
	CHAINS_MAX = 64,
	LINKS_MAX = 256,
};

/* One step of a chain: an object, and the edge by which the step before it leads here. */
struct step {
	const struct closure_object *object;
	const char *name;
	enum found_by found_by;
};

/* A search backwards from an object to the first of its closure. */
struct search {
	struct buffer *out;
	const struct report_input *input;
	const struct closure *closure;
	const struct need *need; /* of a plugin's closure, else NULL */
	struct seen chains;
	size_t n_chains;
	size_t n_left_out;
	struct step steps[LINKS_MAX]; /* from the object back */
	size_t depth;
};

static void add_line(struct buffer *out, size_t indent, const char *text)
{
	buffer_printf(out, "%*s", (int)indent * 2, "");
	escape_append(out, text);
}

/* The program, and the need that opened the closure's first object. */
static size_t add_head(struct buffer *out, const struct need *need, const struct closure *closure)
{
	const struct closure *program = need ? need->process : closure;

	add_line(out, 0, program->objects[0]->loaded.location.dest);
	buffer_add_string(out, "\n");
	if (!need)
		return 1;
	add_line(out, 1, need->name);
	buffer_printf(out, " (%s): ", need_level_name(need->level));
	escape_append(out, need->why);
	buffer_add_string(out, "; ");
	escape_append(out, need->sign);
	buffer_add_string(out, "\n");
	return 2;
}

static int add_chain(struct search *search)
{
	CLEANUP(buffer) struct buffer chain = { 0 };
	size_t indent = add_head(&chain, search->need, search->closure);
	int r;

	for (size_t i = search->depth; i-- > 0;) {
		const struct step *step = &search->steps[i];
		const char *path = step->object->loaded.location.dest;

		/* The program stands in the head. */
		if (!step->name)
			continue;
		add_line(&chain, indent++, step->name);
		if (strcmp(step->name, path) != 0) {
			buffer_add_string(&chain, " => ");
			escape_append(&chain, path);
		}
		buffer_printf(&chain, " [%s]\n", found_by_name(step->found_by));
	}
	if (buffer_error(&chain))
		return -ENOMEM;
	r = seen_add(&search->chains, chain.bytes, "");
	if (r != 0)
		return r < 0 ? r : 0;
	if (search->n_chains == CHAINS_MAX) {
		search->n_left_out++;
		return 0;
	}
	if (search->n_chains++ > 0)
		buffer_add_string(search->out, "\n");
	buffer_add(search->out, chain.bytes, chain.size);
	return 0;
}

static bool is_on_chain(const struct search *search, const struct closure_object *object)
{
	for (size_t i = 0; i < search->depth; i++)
		if (search->steps[i].object == object)
			return true;
	return false;
}

static int go_back(struct search *search, const struct closure_object *object);

/* Every edge of FROM that leads to OBJECT, the last step, is a way on. */
static int go_back_by(struct search *search, const struct closure_object *from,
		      const struct closure_edge *edges, size_t count)
{
	struct step *last = &search->steps[search->depth - 1];
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		if (edges[i].object != last->object)
			continue;
		last->name = edges[i].name;
		last->found_by =
			edges[i].kind == EDGE_PRELOAD ? FOUND_BY_PRELOAD : edges[i].found_by;
		r = go_back(search, from);
		last = &search->steps[search->depth - 1];
	}
	return r;
}

static int go_back(struct search *search, const struct closure_object *object)
{
	const struct closure *closure = search->closure;
	bool first = object == closure->objects[0];
	int r = 0;

	if (search->n_left_out > 0 || search->depth == LINKS_MAX || is_on_chain(search, object))
		return 0;
	search->steps[search->depth++] = (struct step){
		.object = object,
		.name = !first	       ? object->loaded.name
			: search->need ? object->loaded.name
				       : NULL,
		.found_by = object->found_by,
	};
	if (first || object == closure->interp)
		r = add_chain(search);
	for (size_t i = 0; r == 0 && !first && i < closure->n_objects; i++) {
		const struct closure_object *from = closure->objects[i];

		r = go_back_by(search, from, from->edges, from->n_edges);
		if (r == 0)
			r = go_back_by(search, from, from->preloads, from->n_preloads);
	}
	search->depth--;
	return r;
}

/* What is asked about: a file, by its path or by a name. */
struct subject {
	const char *name;
	const struct entry *entry; /* what the path leads to, or NULL */
};

static bool is_subject(const struct subject *subject, const struct closure_object *object)
{
	const struct elf_object *elf = object->loaded.elf;
	const struct entry *entry = subject->entry;

	if (!elf)
		return false;
	if (entry)
		return entry->source && entry->identity.st_dev == elf->dev &&
		       entry->identity.st_ino == elf->ino;
	return strcmp(subject->name, object->loaded.name) == 0 ||
	       (elf->soname && strcmp(subject->name, elf->soname) == 0) ||
	       strcmp(subject->name, path_basename(object->loaded.location.dest)) == 0;
}

static int search_closure(struct search *search, const struct subject *subject)
{
	const struct closure *closure = search->closure;
	int r = 0;

	for (size_t i = 0; r == 0 && i < closure->n_objects; i++) {
		const struct closure_object *object = closure->objects[i];

		/* A plugin's closure ends at what was loaded before: that has chains of its own. */
		if ((!object->already_loaded || i == 0) && is_subject(subject, object))
			r = go_back(search, object);
	}
	if (r == 0 && closure->interp && is_subject(subject, closure->interp))
		r = go_back(search, closure->interp);
	return r;
}

/* A file that is no library: the needs that have it among what they brought. */
static int search_items(struct search *search, const struct subject *subject)
{
	const struct report_input *input = search->input;

	for (size_t i = 0; i < input->n_needs; i++) {
		const struct need *need = input->needs[i];

		for (size_t j = 0; j < need->n_items; j++) {
			const struct need_item *item = &need->items[j];
			const char *name =
				subject->name[0] == '/' ? item->path : path_basename(item->path);

			if (!item->brought || item->kind == NEED_LIBRARY ||
			    strcmp(name, subject->name) != 0)
				continue;
			if (search->n_chains++ > 0)
				buffer_add_string(search->out, "\n");
			add_head(search->out, need, need->process);
			add_line(search->out, 2, item->path);
			buffer_add_string(search->out, "\n");
		}
	}
	return 0;
}

/* The entry that the path NAME of the result leads to, links followed; NULL for a mere name. */
static int find_entry(const struct report_input *input, const char *name, const struct entry **out)
{
	CLEANUP(root_close) struct root *root = NULL;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	char *canonical;
	int r;

	*out = NULL;
	if (name[0] != '/')
		return 0;
	if (!arena || manifest_root(input->manifest, &root) < 0)
		return -ENOMEM;
	r = root_walk(root, arena, name, true, NULL, NULL, &canonical);
	if (r == 0)
		*out = manifest_find(input->manifest, canonical);
	return r == -ENOMEM ? r : 0;
}

static int search_all(struct search *search, const struct subject *subject)
{
	const struct report_input *input = search->input;
	int r = 0;

	for (size_t i = 0; r == 0 && i < input->n_closures; i++) {
		search->closure = input->closures[i];
		search->need = NULL;
		r = search_closure(search, subject);
	}
	for (size_t i = 0; r == 0 && i < input->n_plugins; i++) {
		search->closure = input->plugins[i].closure;
		search->need = input->plugins[i].need;
		r = search_closure(search, subject);
	}
	return r == 0 && search->n_chains == 0 ? search_items(search, subject) : r;
}

int report_why(struct buffer *out, const struct report_input *input, const char *name)
{
	struct search search = { .out = out, .input = input };
	struct subject subject = { .name = name };
	const struct entry *entry = manifest_find(input->manifest, name);
	int r = find_entry(input, name, &subject.entry);

	if (r == 0)
		r = search_all(&search, &subject);
	seen_reset(&search.chains);
	if (r < 0)
		return r;
	if (search.n_left_out > 0)
		buffer_add_string(out, "\nand more\n");
	if (search.n_chains > 0)
		return 0;
	if (!entry)
		entry = subject.entry;
	if (!entry)
		return REPORT_NOT_THERE;
	add_line(out, 0, entry->path);
	buffer_add_string(out, "\n");
	add_line(out, 1, entry->why);
	buffer_add_string(out, "\n");
	return buffer_error(out);
}
