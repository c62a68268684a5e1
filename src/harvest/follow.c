/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/follow.h"
#include "base/error.h"
#include "harvest/weight.h"
#include "needs/belongs.h"
#include "needs/config.h"
#include "needs/scripts.h"

#include <errno.h>
#include <string.h>

/*
 * Tells that ITEM of NEED was left out, or, where ITEM is NULL, that nothing was found for NEED.
 * LEVEL decides how bad that is.
 */
static int report_refused(const struct follower *follower, const struct need *need,
			  const struct need_item *item, enum need_level level)
{
	const struct diag *diag = &follower->resolver->plan->diag;
	const char *subject = item ? item->path : need->name;
	const char *fault = item ? item->refused : "nothing was found";

	if (item && closure_may_lack(&follower->resolver->options, item->path))
		return 0;
	if (need->rule->heavy && item && !item->tree) {
		diag_warning(diag, subject, "left out: %s; %s", fault, item->why);
		return 0;
	}
	if (need->rule->soft) {
		diag_note(diag, subject, "left out: %s; %s", fault, need->sign);
		return 0;
	}
	if (level == NEED_REQUIRED || need->requested) {
		diag_error_hint(diag, ENOENT, subject, need->why, "%s; %s", fault, need->sign);
		return HARVEST_INCOMPLETE;
	}
	if (level == NEED_RECOMMENDED &&
	    ((item && item->unreadable) || (!need->rule->quiet && (!item || item->program))))
		diag_warning(diag, subject, "%s; %s: %s; if it is not wanted: --without %s", fault,
			     need->sign, need->why, need->name);
	else
		diag_note(diag, subject, "%s; %s: %s", fault, need->sign, need->why);
	return 0;
}

/* Without -v, only the first unreadable file of a tree is reported. */
static enum need_level level_of_refused(const struct need *need, const struct need_item *item,
					bool *any_unreadable)
{
	bool alone = item->kind == NEED_LIBRARY || (item->program && !item->tree);

	if (item->unreadable && !*any_unreadable)
		*any_unreadable = alone = true;
	if (!alone)
		return NEED_SUGGESTED;
	return item->level ? item->level : need->level;
}

/* Several objects may have signs of one need: report only once that nothing was found for it. */
static int report_nothing(struct follower *follower, const struct need *need)
{
	bool told = texts_have(&follower->told, need->name);

	if (told && need->level != NEED_REQUIRED && !need->requested) {
		diag_note(&follower->resolver->plan->diag, need->name, "nothing was found; %s",
			  need->sign);
		return 0;
	}
	TRY(texts_add_once(follower->resolver->sysroot->arena, &follower->told, need->name));
	return report_refused(follower, need, NULL, need->level);
}

static int follow_need(struct follower *follower, struct need *need)
{
	bool any = false;
	bool any_unreadable = false;
	int incomplete = 0;

	/* What comes in any case is first: beside it, others may be light. */
	for (size_t i = 0; i < 2 * need->n_items; i++) {
		struct need_item *item = &need->items[i % need->n_items];

		if (item->sure != (i < need->n_items) || item->private || item->shared ||
		    !needs_follows_item(follower->needs, need, item))
			continue;
		TRY(follow_item(follower, need, item));
		any |= item->brought || item->refused;
		if (!item->refused)
			continue;
		item->brought = false;
		incomplete |= report_refused(follower, need, item,
					     level_of_refused(need, item, &any_unreadable));
	}
	if (!any && !need->rule->quiet)
		incomplete |= TRY(report_nothing(follower, need));
	return incomplete;
}

/* What is among the files of a package may be a program for people, or for developers. */
static bool is_idle(const struct input *input)
{
	return !input->asked && input->why && strcmp(input->why, need_rule_data.name) == 0;
}

/* Looks at CLOSURE, which PROGRAM loads when it starts or later. */
static int look_at(const struct follower *follower, const struct program *program,
		   const struct closure *closure)
{
	const struct input *input = program->input;
	unsigned as = input->interprets && !input->asked ? NEEDS_FOR_SCRIPTS : 0;
	unsigned as_program =
		(input->asked ? NEEDS_AS_ASKED : 0) | (input->interprets ? NEEDS_AS_SCRIPT : 0);

	for (size_t i = 0; i < closure->n_objects; i++) {
		bool is_program = i == 0 && closure == program->closures.items[0];

		TRY(plan_cancelled(follower->resolver->plan));
		TRY(needs_look(follower->needs, program->index, program->closures.items[0],
			       closure->objects[i], is_program ? as | as_program : as));
		TRY(belongs_look(follower->needs,
				 &(struct belongs_subject){
					 .program = program->index,
					 .process = program->closures.items[0],
					 .object = closure->objects[i],
					 .idle = is_program && is_idle(input),
					 .interprets = (as & NEEDS_FOR_SCRIPTS) != 0,
					 .asked = is_program && input->asked,
				 }));
	}
	return 0;
}

/* Looks at the script INPUT, which its interpreter's program reads. */
static int look_at_script(const struct follower *follower, const struct input *input)
{
	const struct programs *programs = follower->programs;

	for (size_t i = 0; input->interpreter && i < programs->all.count; i++) {
		const struct program *program = programs->all.items[i];
		const struct needs_script script = {
			.program = program->index,
			.process = program->closures.items[0],
			.path = input->location.path,
			.asked = input->asked,
			.in_place = strcmp(input->location.path, input->location.dest) == 0,
		};

		if (strcmp(program->input->location.path, input->interpreter) != 0)
			continue;
		TRY(belongs_look(follower->needs, &(struct belongs_subject){
							  .program = program->index,
							  .process = script.process,
							  .object = script.process->objects[0],
							  .script = script.path,
							  .asked = input->asked,
						  }));
		return needs_look_script(follower->needs, &script);
	}
	return 0;
}

/* Looks at everything that is new. */
static int look(struct follower *follower)
{
	const struct programs *programs = follower->programs;

	for (; follower->program < programs->all.count; follower->program++) {
		const struct program *program = programs->all.items[follower->program];

		for (size_t i = 0; i < program->closures.count; i++)
			TRY(look_at(follower, program, program->closures.items[i]));
	}
	for (; follower->plugin < follower->plugins.count; follower->plugin++) {
		const struct plugin *plugin = &follower->plugins.items[follower->plugin];

		TRY(look_at(follower, plugin->program, plugin->closure));
	}
	/* Their interpreters are programs by now. */
	for (; follower->script < follower->inputs->all.count; follower->script++)
		TRY(look_at_script(follower, follower->inputs->all.items[follower->script]));
	return 0;
}

/* Adds the needs of --with that no program has a sign of. */
static int request(struct follower *follower)
{
	const struct programs *programs = follower->programs;

	for (; follower->request < programs->all.count; follower->request++)
		TRY(needs_request(follower->needs, follower->request,
				  programs->all.items[follower->request]->closures.items[0]));
	return 0;
}

/* The program of the first FILE, or of what interprets it. */
static size_t find_main(const struct follower *follower)
{
	const struct input *first = follower->inputs->all.items[0];
	const struct programs *programs = follower->programs;

	for (size_t i = 0; i < programs->all.count; i++) {
		const struct input *input = programs->all.items[i]->input;

		if (input == first ||
		    (first->interpreter && strcmp(input->location.path, first->interpreter) == 0))
			return i;
	}
	return 0;
}

/* Adds what the user's configuration names: to the main program what any could read. */
static int configure(struct follower *follower)
{
	const struct programs *programs = follower->programs;
	size_t main = find_main(follower);

	if (follower->configured == 0)
		TRY(config_look(follower->needs, main,
				programs->all.items[main]->closures.items[0]));
	for (; follower->configured < programs->all.count; follower->configured++)
		TRY(config_look(follower->needs, follower->configured,
				programs->all.items[follower->configured]->closures.items[0]));
	return 0;
}

/* Follows the needs that are new, and resolves the programs that they bring. */
static int follow_new(struct follower *follower)
{
	int incomplete = 0;

	for (;;) {
		size_t count;
		struct need *const *needs = needs_list(follower->needs, &count);
		struct need *need;

		if (follower->need == count)
			break;
		need = needs[follower->need++];
		if (need->followed)
			incomplete |= TRY(follow_need(follower, need));
		else
			TRY(explore_need(follower, need));
	}
	return incomplete |
	       TRY(programs_resolve(follower->programs, follower->resolver, follower->inputs));
}

/* What was heavy when it was looked at, and is not now that others have brought its libraries. */
static int follow_lighter(struct follower *follower, struct need *need, struct need_item *item)
{
	struct weight weight = { 0 };

	if (item->weight == 0 || !item->drags)
		return 0;
	TRY(weight_add(follower, item->drags, item->starter != NULL, &weight));
	if (weight.bytes > 0)
		return 0;
	item->refused = item->starter = NULL;
	item->weight = 0;
	item->drags = NULL;
	TRY(follow_item(follower, need, item));
	if (item->refused)
		item->brought = false;
	return item->brought;
}

/* Returns 1 where something has come. */
static int follow_what_is_lighter(struct follower *follower)
{
	size_t count;
	struct need *const *needs = needs_list(follower->needs, &count);
	int any = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; needs[i]->followed && j < needs[i]->n_items; j++)
			any |= TRY(follow_lighter(follower, needs[i], &needs[i]->items[j]));
	return any;
}

static bool is_done(const struct follower *follower)
{
	size_t count;

	needs_list(follower->needs, &count);
	return follower->program == follower->programs->all.count &&
	       follower->script == follower->inputs->all.count &&
	       follower->plugin == follower->plugins.count && follower->need == count;
}

/* A value was asked for by name: to find nothing for it is an error whatever the need's level. */
static int report_unsatisfied(struct follower *follower)
{
	const struct need_request *unmet;
	int incomplete = 0;

	for (; (unmet = needs_unsatisfied(follower->needs, &follower->unsatisfied));
	     follower->unsatisfied++) {
		incomplete = HARVEST_INCOMPLETE;
		diag_error(&follower->resolver->plan->diag, ENOENT, "--with",
			   "nothing was found for %s=%s", unmet->name, unmet->value);
	}
	return incomplete;
}

/* Whether anybody wants to know of needs at all. */
static bool is_asked_for(const struct mkrootfs_plan *plan)
{
	return plan->trace || plan_level(plan) != 0 || plan->with.count > 0 || plan->needs.explore;
}

/* Whether a need of that name has found something, anywhere. */
static bool has_found(const struct follower *follower, const char *name)
{
	size_t count;
	struct need *const *needs = needs_list(follower->needs, &count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(needs[i]->name, name) == 0 &&
		    (needs[i]->n_items > 0 || needs[i]->rule->manual || !needs[i]->rule->quiet))
			return true;
	return false;
}

/* Needs that no row's sign leads to. */
static bool is_all_there_is(const char *name)
{
	return strcmp(name, need_rule_data.name) == 0 ||
	       strcmp(name, need_rule_imports.name) == 0 ||
	       strcmp(name, need_rule_commands.name) == 0 || strcmp(name, need_rule_ffi.name) == 0;
}

/*
 * A need that is quiet where it finds nothing was asked for by name. What belongs to programs and
 * scripts is asked for as all that there is: there may be none.
 */
static int report_unmet(struct follower *follower)
{
	const struct mkrootfs_plan *plan = follower->resolver->plan;
	const struct need_request *with = plan->with.items;
	int incomplete = 0;

	for (size_t i = 0; i < plan->with.count; i++) {
		if (with[i].value || is_all_there_is(with[i].name) ||
		    has_found(follower, with[i].name))
			continue;
		incomplete = HARVEST_INCOMPLETE;
		diag_error(&plan->diag, ENOENT, "--with", "nothing was found for %s", with[i].name);
	}
	return incomplete;
}

int follow_needs(struct follower *follower)
{
	int incomplete = 0;

	if (!is_asked_for(follower->resolver->plan))
		return 0;
	for (;;) {
		TRY(look(follower));
		incomplete |= TRY(follow_new(follower));
		if (!is_done(follower))
			continue;
		/* Requests come when all signs were seen, and what no rule has seen to comes last.
		 */
		if (follower->request < follower->programs->all.count)
			TRY(request(follower));
		else if (follower->configured < follower->programs->all.count)
			TRY(configure(follower));
		else
			TRY(belongs_decide(follower->needs));
		if (is_done(follower) && follower->request == follower->programs->all.count &&
		    follower->configured == follower->programs->all.count &&
		    belongs_is_decided(follower->needs) &&
		    TRY(follow_what_is_lighter(follower)) == 0)
			break;
	}
	return incomplete | report_unsatisfied(follower) | report_unmet(follower);
}
