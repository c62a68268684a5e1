/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/resolve.h"
#include "base/error.h"
#include "closure/audit.h"
#include "closure/undefined.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

int resolve_process(const struct resolver *resolver, const struct closure_program *program,
		    const struct processor *processor, const struct closure **out)
{
	TRY(plan_cancelled(resolver->plan));
	return closure_resolve(resolver->sysroot, program, processor, &resolver->options, out);
}

int resolve_opened(const struct resolver *resolver, const struct closure_process *process,
		   const struct closure_object *caller, const char *name,
		   const struct closure **out)
{
	TRY(plan_cancelled(resolver->plan));
	return closure_open(resolver->sysroot, process, caller, name, &resolver->options, out);
}

int resolve_baseline(const struct resolver *resolver, const struct input *input,
		     const struct closure **out)
{
	const struct closure_program program = input_program(input);
	const struct processor *processors;
	size_t count;

	assert(!input->script);
	loader_processors(input->loader, &processors, &count);
	return resolve_process(resolver, &program, &processors[0], out);
}

int closure_find_fault(struct arena *arena, const struct closure *closure, const char *name,
		       const char **fault)
{
	*fault = closure->stopped;
	for (size_t i = 0; !*fault && i < closure->n_objects; i++) {
		const struct closure_object *object = closure->objects[i];

		if (!closure_is_missing(object) || object->allowed_missing)
			continue;
		*fault = i == 0 ? "not found"
				: arena_printf(arena, "%s needs %s, which is not found", name,
					       object->loaded.name);
		if (!*fault)
			return -ENOMEM;
	}
	for (size_t i = 0; !*fault && i < closure->n_faults; i++)
		if (!closure->faults[i].harmless)
			*fault = closure->faults[i].text;
	return 0;
}

int input_find_fault(const struct resolver *resolver, struct input *input, const char *name,
		     const char **fault)
{
	const char *interpreter = input->missing_interpreters[0];
	struct arena *arena = resolver->sysroot->arena;

	*fault = NULL;
	if (interpreter)
		*fault = arena_printf(arena, "its interpreter %s is not found", interpreter);
	else if (input->loader_missing)
		*fault = arena_printf(arena, "its loader %s is not found", input->loader->interp);
	if (interpreter || input->loader_missing)
		return *fault ? 0 : -ENOMEM;
	if (input->script)
		return 0;
	TRY(resolve_baseline(resolver, input, &input->baseline));
	return closure_find_fault(arena, input->baseline, name ? name : input->location.path,
				  fault);
}

/* Whether --hwcaps leaves all that PROCESSOR's loader would look for. */
static bool is_wanted(const struct mkrootfs_plan *plan, const struct processor *processor)
{
	if (plan->all_hwcaps || processor->n_hwcaps == 0)
		return plan->all_hwcaps || !processor->rare;
	/* The best name decides: "x86-64-v3" means a machine of that level. */
	for (size_t i = 0; i < plan->n_hwcaps; i++)
		if (strcmp(plan->hwcaps[i], processor->hwcaps[0]) == 0)
			return true;
	return false;
}

static int add_closure(struct program *program, const struct resolver *resolver,
		       const struct processor *processor)
{
	const struct closure_program resolved = input_program(program->input);
	bool is_baseline = program->closures.count == 0;
	const struct closure *closure = is_baseline ? program->input->baseline : NULL;
	const struct closure **slot;

	if (!closure)
		TRY(resolve_process(resolver, &resolved, processor, &closure));
	slot = TABLE_ADD(resolver->sysroot->arena, &program->closures);
	if (!slot)
		return -ENOMEM;
	*slot = closure;
	return 0;
}

/* The closure on the baseline, and on every other kind of processor where it may differ. */
static int add_closures(struct program *program, const struct resolver *resolver)
{
	const struct processor *processors;
	size_t count;

	loader_processors(program->input->loader, &processors, &count);
	TRY(add_closure(program, resolver, &processors[0]));
	if (!program->closures.items[0]->cpu_dependent)
		return 0;
	for (size_t i = 1; i < count; i++)
		if (is_wanted(resolver->plan, &processors[i]))
			TRY(add_closure(program, resolver, &processors[i]));
	return 0;
}

static int add_program(struct programs *programs, const struct resolver *resolver,
		       const struct input *input, struct program **out)
{
	struct program *program = arena_alloc(resolver->sysroot->arena, sizeof(*program));
	struct program **slot;

	if (!program)
		return -ENOMEM;
	slot = TABLE_ADD(resolver->sysroot->arena, &programs->all);
	if (!slot)
		return -ENOMEM;
	program->input = input;
	program->index = programs->all.count - 1;
	*slot = *out = program;
	return add_closures(program, resolver);
}

/* Says what keeps CLOSURE from loading, but for missing libraries. */
static int report_faults(const struct closure *closure, const struct diag *diag)
{
	int incomplete = 0;

	for (size_t i = 0; i < closure->n_objects && !closure->stopped; i++)
		if (closure_is_missing(closure->objects[i]) &&
		    !closure->objects[i]->allowed_missing)
			incomplete = HARVEST_INCOMPLETE;
	for (size_t i = 0; i < closure->n_faults; i++) {
		const struct closure_fault *fault = &closure->faults[i];

		if (fault->harmless) {
			diag_note(diag, fault->subject, "%s", fault->text);
			continue;
		}
		incomplete = HARVEST_INCOMPLETE;
		diag_error(diag, ENOENT, fault->subject, "%s", fault->text);
	}
	if (closure->stopped)
		return diag_error(diag, ENOEXEC, closure->objects[0]->loaded.location.path, "%s",
				  closure->stopped);
	return incomplete;
}

/* What the result may rely on: the closure's own processor, or better ones if --hwcaps says so. */
static unsigned isa_level_for(const struct mkrootfs_plan *plan, const struct closure *closure)
{
	const struct processor *processors;
	unsigned level = closure->processor->isa_level;
	size_t count;

	loader_processors(closure->loader, &processors, &count);
	for (size_t i = 0; i < count && !plan->all_hwcaps; i++)
		if (processors[i].n_hwcaps > 0 && is_wanted(plan, &processors[i]))
			level |= processors[i].isa_level;
	return level;
}

/* --check symbols */
static int check_symbols(const struct resolver *resolver, const struct closure *closure)
{
	const struct mkrootfs_plan *plan = resolver->plan;
	const struct closure_fault *faults;
	size_t count;

	TRY(symbols_check(resolver->sysroot, closure, isa_level_for(plan, closure), &faults,
			  &count));
	for (size_t i = 0; i < count; i++)
		diag_error(&plan->diag, ENOENT, faults[i].subject, "%s", faults[i].text);
	return count > 0 ? HARVEST_INCOMPLETE : 0;
}

/* The program's auditing libraries become inputs: each has a link map of its own. */
static int add_audits(struct inputs *inputs, const struct resolver *resolver,
		      const struct closure *closure)
{
	struct location *locations;
	size_t count;

	TRY(audit_find(resolver->sysroot, closure, &resolver->options, &locations, &count));
	for (size_t i = 0; i < count; i++)
		TRY(inputs_add_library(inputs, locations[i], "auditing library"));
	return 0;
}

static int report_missing_interpreters(const struct input *script, const struct diag *diag)
{
	const char *const *names = script->missing_interpreters;

	for (const char *const *name = names; *name; name++)
		diag_error(diag, ENOENT, *name, "interpreter not found, needed by %s",
			   script->location.path);
	return names[0] ? HARVEST_INCOMPLETE : 0;
}

static int resolve_input(struct programs *programs, const struct resolver *resolver,
			 struct inputs *inputs, const struct input *input)
{
	const struct mkrootfs_plan *plan = resolver->plan;
	struct program *program;
	int incomplete = 0;

	if (input->script)
		return report_missing_interpreters(input, &plan->diag);
	if (input->loader_missing) {
		incomplete = HARVEST_INCOMPLETE;
		diag_error(&plan->diag, ENOENT, input->loader->interp,
			   "loader not found, needed by %s", input->location.path);
	}
	TRY(add_program(programs, resolver, input, &program));
	for (size_t i = 0; i < program->closures.count; i++)
		incomplete |= TRY(report_faults(program->closures.items[i], &plan->diag));
	for (size_t i = 0; plan->check_symbols && i < program->closures.count; i++)
		incomplete |= TRY(check_symbols(resolver, program->closures.items[i]));
	if (!input->library)
		TRY(add_audits(inputs, resolver, program->closures.items[0]));
	return incomplete;
}

int programs_resolve(struct programs *programs, const struct resolver *resolver,
		     struct inputs *inputs)
{
	int incomplete = 0;

	/* Inputs may be found on the way. */
	while (programs->n_inputs < inputs->all.count)
		incomplete |= TRY(resolve_input(programs, resolver, inputs,
						inputs->all.items[programs->n_inputs++]));
	return incomplete;
}
