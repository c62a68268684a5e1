/* SPDX-License-Identifier: Apache-2.0 */
/* One thing that a need names: a library is opened, a program started, a file read. */
#include "base/error.h"
#include "harvest/follow.h"
#include "harvest/weight.h"
#include "needs/own_paths.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* Opens PLUGIN's name in PROCESS: *FAULT is why it does not load there, or NULL. */
static int open_in(const struct follower *follower, struct plugin *plugin,
		   const struct closure_process *process, const char **fault)
{
	const struct resolver *resolver = follower->resolver;

	TRY(resolve_opened(resolver, process, plugin->caller, plugin->name, &plugin->closure));
	return closure_find_fault(resolver->sysroot->arena, plugin->closure, plugin->name, fault);
}

/*
 * Opens PLUGIN's name for its program. A library that counts on others that were opened before
 * (Java's on its virtual machine) is tried with those loaded: *FAULT is why it does not work
 * even so, or NULL.
 */
static int open_plugin(const struct follower *follower, struct plugin *plugin, const char **fault)
{
	const struct plugins *plugins = &follower->plugins;
	struct closure_process process = {
		.program = plugin->program->closures.items[plugin->variant]
	};
	const struct closure **opened;

	TRY(open_in(follower, plugin, &process, fault));
	if (!*fault || plugins->count == 0)
		return 0;
	opened = arena_array(follower->resolver->sysroot->arena, plugins->count, sizeof(*opened));
	if (!opened)
		return -ENOMEM;
	for (size_t i = 0; i < plugins->count; i++)
		if (plugins->items[i].program == plugin->program &&
		    plugins->items[i].variant == plugin->variant)
			opened[process.n_opened++] = plugins->items[i].closure;
	process.opened = opened;
	plugin->after_others = true;
	return open_in(follower, plugin, &process, fault);
}

static int add_plugin(struct follower *follower, const struct plugin *plugin)
{
	struct plugins *plugins = &follower->plugins;
	struct closure_object *first = plugin->closure->objects[0];
	struct plugin *slot;

	if (first->loaded.requester == &plugin->caller->loaded && !first->hidden_from_ldd)
		first->found_by = need_found_by(plugin->need);
	slot = TABLE_ADD(follower->resolver->sysroot->arena, plugins);
	if (!slot)
		return -ENOMEM;
	*slot = *plugin;
	return 0;
}

/* Whether ITEM of NEED is to come whatever it weighs. */
static bool wants_heavy(const struct follower *follower, const struct need *need,
			const struct need_item *item)
{
	return !need->rule->soft || need->requested || (need->rule->heavy && !item->tree) ||
	       plan_level(follower->resolver->plan) >= NEED_SUGGESTED;
}

/*
 * Refuses ITEM, the first of CLOSURE, where it would bring too much that nothing else needs: more
 * than a little, and more than a small part of what it is itself, which comes with its package.
 * Returns 0 or -ENOMEM.
 */
static int judge_weight(const struct follower *follower, struct need_item *item,
			const struct weight *weight, const struct closure *closure)
{
	const struct elf_object *elf = closure ? closure->objects[0]->loaded.elf : NULL;

	if (weight->bytes <= (item->optional ? WEIGHT_OPTIONAL_MAX : WEIGHT_LIGHT_MAX) ||
	    (elf && !item->optional && weight->bytes <= elf->size / 4))
		return 0;
	item->weight = weight->bytes;
	item->drags = closure;
	item->refused = arena_printf(follower->resolver->sysroot->arena,
				     "it would bring %.1f MiB that nothing else needs, such as %s",
				     (double)weight->bytes / (1 << 20), weight->heaviest);
	return item->refused ? 0 : -ENOMEM;
}

/* Opens NAME for NEED on every kind of processor; none is kept where one does not work. */
static int follow_library(struct follower *follower, const struct need *need,
			  struct need_item *item, const char *name)
{
	const struct program *program = follower->programs->all.items[need->program];
	size_t n_plugins = follower->plugins.count;

	item->refused = NULL;
	for (size_t i = 0; i < program->closures.count; i++) {
		struct plugin plugin = {
			.need = need,
			.why = item->why ? item->why : need->why,
			.program = program,
			.variant = i,
			.caller = need->object,
			.name = name,
		};

		TRY(open_plugin(follower, &plugin, &item->refused));
		if (!item->refused && i == 0 && !item->sure && !wants_heavy(follower, need, item)) {
			struct weight weight = { 0 };

			TRY(weight_add(follower, plugin.closure, false, &weight));
			TRY(judge_weight(follower, item, &weight, plugin.closure));
		}
		if (item->refused) {
			follower->plugins.count = n_plugins;
			return 0;
		}
		TRY(add_plugin(follower, &plugin));
	}
	item->brought = true;
	return 0;
}

/* The first of ITEM's names that loads is enough. */
static int follow_names(struct follower *follower, const struct need *need, struct need_item *item)
{
	TRY(follow_library(follower, need, item, item->path));
	for (const char *const *other = item->alternatives; item->refused && other && *other;
	     other++)
		TRY(follow_library(follower, need, item, *other));
	return 0;
}

/*
 * A program that something starts, and what starting it takes, become inputs if all of it loads
 * here; else it is left out, as it is where it is heavy, unless HEAVY says that it may be.
 */
static int follow_program(struct follower *follower, const struct need *need,
			  struct need_item *item, bool heavy)
{
	const struct location location = { item->path, item->path };
	struct input_chain chain;

	if (TRY(inputs_find(follower->inputs, location, need->name, true, &chain)) ==
	    INPUT_UNUSABLE) {
		item->program = true;
		item->refused = strcmp(chain.subject, item->path) == 0
					? chain.fault
					: arena_printf(follower->resolver->sysroot->arena, "%s: %s",
						       chain.subject, chain.fault);
		return item->refused ? 0 : -ENOMEM;
	}
	item->program = chain.found.count > 0;
	/* One more name of a program that is there already. */
	if (need->rule->soft && item->program && chain.found.items[0]->elf &&
	    TRY(weight_has(follower, chain.found.items[0]->elf)) > 0)
		return 0;
	for (size_t i = 0; i < chain.found.count; i++) {
		TRY(input_find_fault(follower->resolver, chain.found.items[i], NULL,
				     &item->refused));
		if (item->refused)
			return 0;
	}
	if (!heavy) {
		const struct closure *closure = NULL;
		struct weight weight = { 0 };

		for (size_t i = 0; i < chain.found.count; i++) {
			if (!chain.found.items[i]->baseline)
				continue;
			closure = chain.found.items[i]->baseline;
			TRY(weight_add(follower, closure,
				       i > 0 || item->optional || need->rule == &need_rule_started,
				       &weight));
		}
		TRY(judge_weight(follower, item, &weight, closure));
		if (item->refused)
			return 0;
	}
	return inputs_add(follower->inputs, &chain);
}

/* A script of a tree is data; it is run too where its interpreter is at hand. */
static int follow_script(struct follower *follower, const struct need *need, struct need_item *item)
{
	TRY(follow_program(follower, need, item, wants_heavy(follower, need, item)));
	if (item->refused)
		diag_note(follower->resolver->sysroot->diag, item->path, "cannot be run: %s",
			  item->refused);
	item->refused = NULL;
	if (item->drags)
		item->starter = item->drags->objects[0]->loaded.location.path;
	return 0;
}

/* Whether NEED's process can open ELF, which lies in a file of its own. */
static bool is_library_of(const struct need *need, const struct elf_object *elf)
{
	const struct loader *loader = need->process->loader;

	return elf && elf->state == ELF_OBJECT_VALID && elf->type == ET_DYN && !elf->interp &&
	       !(elf->dt_flags_1 & DF_1_PIE) && elf->machine == loader->machine &&
	       elf->is64 == loader->is64;
}

/* A file of a program's own kind is opened; a program is started; others are read. */
static int follow_path(struct follower *follower, const struct need *need, struct need_item *item)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	const struct resolver *resolver = follower->resolver;
	const struct elf_object *elf = NULL;
	int r = root_open(resolver->sysroot->root, item->path, &file);

	if (r == -EACCES || r == -EPERM) {
		item->unreadable = true;
		item->refused = "it cannot be read";
		return 0;
	}
	if (r < 0)
		return diag_errno(&resolver->plan->diag, -r, item->path);
	item->brought = true;
	if (!S_ISREG(file.stat.st_mode))
		return 0;
	r = elf_store_get(resolver->sysroot->store, &file, item->path, &elf);
	if (r < 0)
		return diag_errno(&resolver->plan->diag, -r, item->path);
	/* What is still to be linked, and what debuggers read, is data and not loaded. */
	if (elf && elf->state == ELF_OBJECT_VALID &&
	    (elf->type == ET_REL || own_path_is_for_developers(item->path)))
		return 0;
	if (is_library_of(need, elf))
		return follow_library(follower, need, item, item->path);
	/* What lies in a library of modules is imported, whatever its first line says. */
	if (item->tree && (!elf || elf->state != ELF_OBJECT_VALID))
		return need->rule->soft && file.stat.st_mode & 0111
			       ? follow_script(follower, need, item)
			       : 0;
	return follow_program(follower, need, item,
			      item->sure || wants_heavy(follower, need, item));
}

int follow_item(struct follower *follower, const struct need *need, struct need_item *item)
{
	assert(need->program < follower->programs->all.count);
	switch (item->kind) {
	case NEED_LIBRARY:
		return follow_names(follower, need, item);
	case NEED_PATH:
		return follow_path(follower, need, item);
	default:
		item->brought = true;
		return 0;
	}
}

int explore_need(struct follower *follower, struct need *need)
{
	size_t n_plugins = follower->plugins.count;

	for (size_t i = 0; i < need->n_items; i++) {
		if (need->items[i].kind != NEED_LIBRARY)
			continue;
		TRY(follow_names(follower, need, &need->items[i]));
		need->items[i].brought = false;
		follower->plugins.count = n_plugins;
	}
	return 0;
}
