/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/follow.h"
#include "base/path.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

/* How far needs were looked for and followed: indices of the first that was not. */
struct bringing {
	struct mkrootfs *harvest;
	size_t closure; /* in the harvest's lists */
	size_t plugin;
	size_t need;
	size_t request;	    /* a program */
	size_t unsatisfied; /* a value of --with */
};

static bool is_allowed_missing(const struct mkrootfs *harvest, const char *name)
{
	const char *const *globs = harvest->options.allow_missing;

	for (size_t i = 0; i < harvest->options.n_allow_missing; i++)
		if (fnmatch(globs[i], name, 0) == 0)
			return true;
	return false;
}

/* Why what was opened does not work, in words; NULL where it does. */
static const char *find_fault(struct mkrootfs *harvest, const struct closure *closure,
			      const char *name)
{
	if (closure->stopped)
		return closure->stopped;
	for (size_t i = 0; i < closure->n_objects; i++) {
		const struct closure_object *object = closure->objects[i];

		if (!closure_is_missing(object) || object->allowed_missing)
			continue;
		if (i == 0)
			return "not found";
		return arena_printf(harvest->arena, "%s needs %s, which is not found", name,
				    object->loaded.name);
	}
	return closure->n_faults > 0 ? closure->faults[0].text : NULL;
}

/* The closures of what the same program has opened before on the same kind of processor. */
static int collect_opened(struct mkrootfs *harvest, size_t program, size_t variant,
			  const struct closure ***out, size_t *count)
{
	*out = arena_array(harvest->arena, harvest->n_plugins + 1, sizeof(**out));
	*count = 0;
	if (!*out)
		return -ENOMEM;
	for (size_t i = 0; i < harvest->n_plugins; i++)
		if (harvest->plugins[i].program == program &&
		    harvest->plugins[i].variant == variant)
			(*out)[(*count)++] = harvest->plugins[i].closure;
	return 0;
}

/*
 * Opens PLUGIN's name for its program. A library that counts on others that were opened before
 * (Java's on its virtual machine) is tried with those loaded: *FAULT is why it does not work
 * even so, or NULL.
 */
static int open_plugin(struct mkrootfs *harvest, struct harvest_plugin *plugin, const char **fault)
{
	const struct harvest_program *program = &harvest->programs[plugin->program];
	struct closure_process process = {
		.program = harvest->closures[program->first + plugin->variant],
	};
	const struct closure **opened;
	int r;

	r = harvest_open(harvest, &harvest->sysroot, &process, plugin->caller, plugin->name,
			 &plugin->closure);
	if (r < 0)
		return r;
	*fault = find_fault(harvest, plugin->closure, plugin->name);
	if (!*fault || harvest->n_plugins == 0)
		return 0;
	r = collect_opened(harvest, plugin->program, plugin->variant, &opened, &process.n_opened);
	process.opened = opened;
	if (r == 0)
		r = harvest_open(harvest, &harvest->sysroot, &process, plugin->caller, plugin->name,
				 &plugin->closure);
	if (r < 0)
		return r;
	plugin->after_others = true;
	*fault = find_fault(harvest, plugin->closure, plugin->name);
	return 0;
}

static int add_plugin(struct mkrootfs *harvest, const struct harvest_plugin *plugin)
{
	struct closure_object *first = plugin->closure->objects[0];
	int r = arena_grow(harvest->arena, &harvest->plugins, harvest->n_plugins,
			   &harvest->plugins_capacity, sizeof(*harvest->plugins));

	if (r < 0)
		return r;
	if (first->loaded.requester == &plugin->caller->loaded && !first->hidden_from_ldd)
		first->found_by = strncmp(plugin->need->name, "dlopen", 6) == 0 ? FOUND_BY_DLOPEN
				  : strcmp(plugin->need->name, "trace") == 0	? FOUND_BY_TRACE
										: FOUND_BY_RULE;
	harvest->plugins[harvest->n_plugins++] = *plugin;
	return 0;
}

/* Opens NAME for NEED on every kind of processor; none is kept where one does not work. */
static int bring_library(struct mkrootfs *harvest, struct need *need, struct need_item *item,
			 const char *name)
{
	const struct harvest_program *program = &harvest->programs[need->program];
	size_t n_plugins = harvest->n_plugins;

	item->refused = NULL;
	for (size_t i = 0; i < program->count; i++) {
		struct harvest_plugin plugin = {
			.need = need,
			.why = item->why ? item->why : need->why,
			.program = need->program,
			.variant = i,
			.caller = need->object,
			.name = name,
		};
		int r = open_plugin(harvest, &plugin, &item->refused);

		if (r < 0)
			return r;
		if (item->refused) {
			harvest->n_plugins = n_plugins;
			return 0;
		}
		r = add_plugin(harvest, &plugin);
		if (r < 0)
			return r;
	}
	item->brought = true;
	return 0;
}

static int bring_named(struct mkrootfs *harvest, struct need *need, struct need_item *item)
{
	int r = bring_library(harvest, need, item, item->path);

	for (const char *const *other = item->alternatives;
	     r == 0 && item->refused && other && *other; other++)
		r = bring_library(harvest, need, item, *other);
	return r;
}

/*
 * ELF at ITEM's path is started by somebody, and resolved as a input: if it does not load here, it
 * is left out. Scripts are followed to their interpreters.
 */
static int bring_program(struct mkrootfs *harvest, struct need *need, struct need_item *item)
{
	size_t n_inputs = harvest->inputs.count;
	const struct processor *processors;
	const struct closure *closure;
	const struct input *input;
	size_t count;
	int r;

	r = inputs_add_path(&harvest->inputs, item->path, item->path, need->name);
	if (r == INPUT_INTERPRETER_MISSING)
		harvest->incomplete = true;
	input = &harvest->inputs.items[n_inputs];
	if (r != 0 || harvest->inputs.count == n_inputs || input->script)
		return r < 0 ? r : 0;
	item->program = true;
	if (input->loader_missing) {
		item->refused = arena_printf(harvest->arena, "its loader %s is not found",
					     input->loader->interp);
	} else {
		const struct closure_program program = input_program(input);

		loader_processors(input->loader, &processors, &count);
		r = harvest_resolve(harvest, &harvest->sysroot, &program, &processors[0], &closure);
		if (r < 0)
			return r;
		item->refused = find_fault(harvest, closure, item->path);
	}
	if (item->refused)
		harvest->inputs.count = n_inputs;
	return 0;
}

/* A file of a program's own kind is opened; a program is started; others are read. */
static int bring_path(struct mkrootfs *harvest, struct need *need, struct need_item *item)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	const struct loader *loader = need->process->loader;
	const struct elf_object *elf = NULL;
	int r = root_open(harvest->root, item->path, &file);

	if (r == -EACCES || r == -EPERM) {
		item->refused = "it cannot be read";
		return 0;
	}
	if (r == 0 && S_ISREG(file.stat.st_mode))
		r = elf_store_get(harvest->store, &file, item->path, &elf);
	if (r < 0)
		return diag_errno(&harvest->plan->diag, -r, item->path);
	item->brought = true;
	if (!S_ISREG(file.stat.st_mode))
		return 0;
	if (elf && elf->state == ELF_OBJECT_VALID && elf->type == ET_DYN && !elf->interp &&
	    elf->machine == loader->machine && elf->is64 == loader->is64)
		return bring_library(harvest, need, item, item->path);
	/* What lies in a library of modules is imported, whatever its first line says. */
	if (item->tree && (!elf || elf->state != ELF_OBJECT_VALID))
		return 0;
	return bring_program(harvest, need, item);
}

static int bring_item(struct mkrootfs *harvest, struct need *need, struct need_item *item)
{
	switch (item->kind) {
	case NEED_LIBRARY:
		return bring_named(harvest, need, item);
	case NEED_PATH:
		return bring_path(harvest, need, item);
	default:
		item->brought = true;
		return 0;
	}
}

/* Whether ITEM is to be followed, and not only told of. */
static bool is_followed(const struct mkrootfs *harvest, const struct need *need,
			const struct need_item *item)
{
	return need->followed && (!item->level || need->requested || item->level <= harvest->level);
}

/* What nothing was found for: how bad that is, its level says. */
static void tell_nothing(struct mkrootfs *harvest, const struct need *need,
			 const struct need_item *item, enum need_level level)
{
	const struct diag *diag = &harvest->plan->diag;
	const char *subject = item ? item->path : need->name;
	const char *fault = item && item->refused ? item->refused : "nothing was found";

	if (item && is_allowed_missing(harvest, item->path))
		return;
	if (level == NEED_REQUIRED || need->requested) {
		harvest->incomplete = true;
		diag_error_hint(diag, ENOENT, subject, need->why, "%s; %s", fault, need->sign);
	} else if (level == NEED_RECOMMENDED && !need->rule->quiet && (!item || item->program)) {
		diag_warning(diag, subject, "%s; %s: %s; if it is not wanted: --without %s", fault,
			     need->sign, need->why, need->name);
	} else {
		diag_note(diag, subject, "%s; %s: %s", fault, need->sign, need->why);
	}
}

static int follow(struct mkrootfs *harvest, struct need *need)
{
	size_t n_brought = 0;
	size_t n_refused = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < need->n_items; i++) {
		struct need_item *item = &need->items[i];
		enum need_level level = item->level ? item->level : need->level;

		if (!is_followed(harvest, need, item))
			continue;
		r = bring_item(harvest, need, item);
		n_brought += item->brought;
		if (r == 0 && item->refused) {
			n_refused++;
			item->brought = false;
			/* Of a file among many, only who asks to hear it. */
			tell_nothing(harvest, need, item,
				     item->kind == NEED_LIBRARY || (item->program && !item->tree)
					     ? level
					     : NEED_SUGGESTED);
		}
	}
	if (r == 0 && n_brought == 0 && n_refused == 0 && !need->rule->quiet)
		tell_nothing(harvest, need, NULL, need->level);
	return r;
}

/* Which of the libraries that a program has the names of are there. */
static int explore(struct mkrootfs *harvest, struct need *need)
{
	size_t n_plugins = harvest->n_plugins;
	int r = 0;

	for (size_t i = 0; r == 0 && i < need->n_items; i++) {
		if (need->items[i].kind != NEED_LIBRARY)
			continue;
		r = bring_named(harvest, need, &need->items[i]);
		need->items[i].brought = false;
		harvest->n_plugins = n_plugins;
	}
	return r;
}

static int look_at(struct bringing *bringing, size_t program, const struct closure *closure)
{
	struct mkrootfs *harvest = bringing->harvest;
	const struct harvest_program *of = &harvest->programs[program];
	const struct closure *process = harvest->closures[of->first];

	for (size_t i = 0; i < closure->n_objects; i++) {
		bool program_itself = i == 0 && closure == process;
		unsigned as = !program_itself
				      ? 0
				      : (of->input->asked ? NEEDS_AS_ASKED : 0) |
						(of->input->interprets ? NEEDS_AS_SCRIPT : 0);
		int r = harvest_cancelled(harvest);

		if (r == 0)
			r = needs_look(harvest->needs, program, process, closure->objects[i], as);
		if (r < 0)
			return r;
	}
	return 0;
}

static size_t program_of(const struct mkrootfs *harvest, size_t closure)
{
	size_t program = 0;

	while (closure >= harvest->programs[program].first + harvest->programs[program].count)
		program++;
	return program;
}

/* Looks at everything that is new; the wishes come when all signs were seen. */
static int look(struct bringing *bringing)
{
	struct mkrootfs *harvest = bringing->harvest;
	int r = 0;

	while (r == 0 && bringing->closure < harvest->n_closures) {
		size_t closure = bringing->closure++;

		r = look_at(bringing, program_of(harvest, closure), harvest->closures[closure]);
	}
	while (r == 0 && bringing->plugin < harvest->n_plugins) {
		const struct harvest_plugin *plugin = &harvest->plugins[bringing->plugin++];

		r = look_at(bringing, plugin->program, plugin->closure);
	}
	return r;
}

static int request(struct bringing *bringing)
{
	struct mkrootfs *harvest = bringing->harvest;
	int r = 0;

	while (r == 0 && bringing->request < harvest->n_programs) {
		size_t program = bringing->request++;

		r = needs_request(harvest->needs, program,
				  harvest->closures[harvest->programs[program].first]);
	}
	return r;
}

static int follow_new(struct bringing *bringing)
{
	struct mkrootfs *harvest = bringing->harvest;
	size_t n_inputs = harvest->inputs.count;
	size_t count;
	int r = 0;

	for (;;) {
		struct need *const *needs = needs_list(harvest->needs, &count);
		struct need *need;

		if (r < 0 || bringing->need == count)
			break;
		need = needs[bringing->need++];
		r = need->followed ? follow(harvest, need) : explore(harvest, need);
	}
	return r < 0 ? r : harvest_resolve_inputs(harvest, n_inputs);
}

static bool is_done(const struct bringing *bringing)
{
	const struct mkrootfs *harvest = bringing->harvest;
	size_t count;

	needs_list(harvest->needs, &count);
	return bringing->closure == harvest->n_closures && bringing->plugin == harvest->n_plugins &&
	       bringing->need == count;
}

/* A value was asked for by name: to find nothing for it is an error whatever the need's level. */
static void tell_unsatisfied(struct bringing *bringing)
{
	struct mkrootfs *harvest = bringing->harvest;
	const struct need_request *request;

	for (; (request = needs_unsatisfied(harvest->needs, &bringing->unsatisfied));
	     bringing->unsatisfied++) {
		harvest->incomplete = true;
		diag_error(&harvest->plan->diag, ENOENT, "--with", "nothing was found for %s=%s",
			   request->name, request->value);
	}
}

int bring_needs(struct mkrootfs *harvest)
{
	struct bringing *bringing = harvest->bringing;
	int r = 0;

	if (!bringing)
		bringing = arena_alloc(harvest->arena, sizeof(*bringing));
	if (!bringing)
		return -ENOMEM;
	harvest->bringing = bringing;
	bringing->harvest = harvest;
	if (!harvest->plan->trace && harvest->level == 0 && harvest->plan->with.count == 0 &&
	    !harvest->plan->needs.explore)
		return 0;
	while (r == 0) {
		r = look(bringing);
		if (r == 0)
			r = follow_new(bringing);
		if (r < 0 || !is_done(bringing))
			continue;
		if (bringing->request == harvest->n_programs)
			break;
		r = request(bringing);
	}
	if (r == 0)
		tell_unsatisfied(bringing);
	return r;
}
