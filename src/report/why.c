/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/path.h"
#include "report/chains.h"
#include "report/report.h"
#include "report/seen.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
	/* A library that all others need has more chains than anyone reads. */
	CHAINS_MAX = 64,
};

/* The answer on its way. */
struct answer {
	struct buffer *out;
	const struct report_input *input;
	const struct closure *closure; /* whose chains are added */
	const struct need *need;       /* of a plugin's closure, else NULL */
	struct seen chains;	       /* several closures may have the same */
	size_t n_chains;
	bool left_out;	 /* there are more chains */
	bool is_program; /* that is run: its chain is but itself, and a need may have brought it */
};

static void answer_cleanup(struct answer *answer)
{
	seen_reset(&answer->chains);
}

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

static void add_link(struct buffer *out, size_t indent, const struct chain_link *link)
{
	const char *path = link->object->loaded.location.dest;

	add_line(out, indent, link->name);
	if (strcmp(link->name, path) != 0) {
		buffer_add_string(out, " => ");
		escape_append(out, path);
	}
	buffer_printf(out, " [%s]", found_by_name(link->found_by));
}

static void format_chain(struct buffer *out, const struct answer *answer,
			 const struct why_chain *chain)
{
	size_t indent = add_head(out, answer->need, answer->closure);

	for (size_t i = 0; i < chain->count; i++) {
		const struct chain_link *link = &chain->links[i];

		/* The head names the program. */
		if (link->object == answer->closure->objects[0] && !answer->need)
			continue;
		add_link(out, indent++, link);
		if (chain->joins && i + 1 == chain->count)
			buffer_add_string(out, ", and on as above");
		buffer_add_string(out, "\n");
	}
}

static int add_chain(void *data, const struct why_chain *chain)
{
	CLEANUP(buffer) struct buffer text = { 0 };
	struct answer *answer = data;

	if (answer->left_out)
		return 0;
	format_chain(&text, answer, chain);
	TRY(buffer_error(&text));
	if (TRY(seen_add(&answer->chains, text.bytes, "")) == SEEN_KNOWN)
		return 0;
	if (answer->n_chains == CHAINS_MAX) {
		answer->left_out = true;
		return 0;
	}
	if (answer->n_chains++ > 0)
		buffer_add_string(answer->out, "\n");
	buffer_add(answer->out, text.bytes, text.size);
	return 0;
}

/* The subject of the question: a file, by its path or by a name. */
struct why_subject {
	const char *name;
	const struct entry *entry; /* what the path leads to, or NULL */
};

static bool is_subject(const struct why_subject *subject, const struct closure_object *object)
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

static int add_object(struct answer *answer, const struct closure_object *object)
{
	if (TRY(chains_find(answer->closure, object, add_chain, answer)) == CHAINS_LEFT_OUT)
		answer->left_out = true;
	return 0;
}

static int add_closure(struct answer *answer, const struct why_subject *subject,
		       const struct closure *closure, const struct need *need)
{
	const struct closure_object *interp = closure->interp;

	answer->closure = closure;
	answer->need = need;
	for (size_t i = 0; i < closure->n_objects; i++) {
		const struct closure_object *object = closure->objects[i];

		/* A plugin's closure ends at what was loaded before: that has chains of its own. */
		if (object->already_loaded && i > 0)
			continue;
		if (object == interp || !is_subject(subject, object))
			continue;
		answer->is_program |= i == 0 && !need;
		TRY(add_object(answer, object));
	}
	return interp && is_subject(subject, interp) ? add_object(answer, interp) : 0;
}

/* A file that is no library, or is a program: the needs that brought it. */
static void add_items(struct answer *answer, const char *name)
{
	const struct report_input *input = answer->input;

	for (size_t i = 0; i < input->n_needs; i++) {
		const struct need *need = input->needs[i];

		for (size_t j = 0; j < need->n_items; j++) {
			const struct need_item *item = &need->items[j];
			const char *known = name[0] == '/' ? item->path : path_basename(item->path);

			if (!item->brought || item->kind == NEED_LIBRARY ||
			    strcmp(known, name) != 0)
				continue;
			if (answer->n_chains++ > 0)
				buffer_add_string(answer->out, "\n");
			add_head(answer->out, need, need->process);
			add_line(answer->out, 2, item->path);
			if (item->why) {
				buffer_add_string(answer->out, ": ");
				escape_append(answer->out, item->why);
			}
			buffer_add_string(answer->out, "\n");
		}
	}
}

static int add_all(struct answer *answer, const struct why_subject *subject)
{
	const struct report_input *input = answer->input;

	for (size_t i = 0; i < input->n_closures; i++)
		TRY(add_closure(answer, subject, input->closures[i], NULL));
	for (size_t i = 0; i < input->n_plugins; i++)
		TRY(add_closure(answer, subject, input->plugins[i].closure,
				input->plugins[i].need));
	if (answer->n_chains == 0 || answer->is_program)
		add_items(answer, subject->name);
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
	if (!arena)
		return -ENOMEM;
	TRY(manifest_root(input->manifest, &root));
	r = root_walk(root, arena, name, true, NULL, NULL, &canonical);
	/* A link that leads nowhere, or round in a circle, is an entry by its own name at most. */
	if (r == -ELOOP || (r < 0 && root_is_absence(r)))
		return 0;
	TRY(r);
	*out = manifest_find(input->manifest, canonical);
	return 0;
}

/* An entry that no library or need explains says by itself why it is there. */
static void add_entry(struct buffer *out, const struct entry *entry)
{
	add_line(out, 0, entry->path);
	buffer_add_string(out, "\n");
	add_line(out, 1, entry->why);
	buffer_add_string(out, "\n");
}

int report_why(struct buffer *out, const struct report_input *input, const char *name)
{
	CLEANUP(answer) struct answer answer = { .out = out, .input = input };
	struct why_subject subject = { .name = name };
	const struct entry *entry = manifest_find(input->manifest, name);

	assert(name);
	TRY(find_entry(input, name, &subject.entry));
	TRY(add_all(&answer, &subject));
	if (answer.n_chains == 0 && !entry && !subject.entry)
		return REPORT_NOT_THERE;
	if (answer.n_chains == 0)
		add_entry(out, entry ? entry : subject.entry);
	if (answer.left_out)
		buffer_add_string(out, "\nand more\n");
	return buffer_error(out);
}
