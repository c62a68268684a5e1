/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/added.h"
#include "base/error.h"
#include "base/path.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

/* The first thing that INPUT, which does not load, lacks; NULL where it is something else. */
static const char *find_lacking(const struct input *input)
{
	const struct closure *closure = input->baseline;

	if (input->missing_interpreters[0])
		return input->missing_interpreters[0];
	if (input->loader_missing)
		return input->loader->interp;
	for (size_t i = 0; closure && i < closure->n_objects; i++)
		if (closure_is_missing(closure->objects[i]) &&
		    !closure->objects[i]->allowed_missing)
			return closure->objects[i]->loaded.name;
	return NULL;
}

static bool is_allowed_missing(const struct mkrootfs *harvest, const char *name)
{
	const struct closure_options *options = &harvest->resolver.options;

	for (size_t i = 0; i < options->n_allow_missing; i++)
		if (fnmatch(options->allow_missing[i], name, 0) == 0)
			return true;
	return false;
}

/* Says that PATH comes as it is: it would not load here, for want of NAME (or NULL). */
static void report_unloadable(const struct mkrootfs *harvest, const char *path, const char *fault,
			      const char *name)
{
	const struct diag *diag = &harvest->plan->diag;

	name = name ? name : path;
	if (is_allowed_missing(harvest, name) || is_allowed_missing(harvest, path))
		diag_note(diag, path, "comes without what it needs: %s", fault);
	else
		diag_warning(diag, path,
			     "comes without what it needs: %s; if that is as it should be: "
			     "--allow-missing %s",
			     fault, name);
}

/* One of many files: it is an input where all that starting it takes is there. */
static int add_one_of_many(struct mkrootfs *harvest, const struct entry *entry)
{
	const struct location location = { entry->source, entry->path };
	struct input_chain chain;
	const char *fault = NULL;

	if (TRY(inputs_find(&harvest->inputs, location, "--add", true, &chain)) == INPUT_UNUSABLE) {
		report_unloadable(harvest, entry->source, chain.fault, NULL);
		return 0;
	}
	for (size_t i = 0; i < chain.found.count; i++) {
		struct input *input = chain.found.items[i];

		TRY(input_find_fault(&harvest->resolver, input, i == 0 ? "it" : NULL, &fault));
		if (!fault)
			continue;
		report_unloadable(harvest, entry->source, fault, find_lacking(input));
		return 0;
	}
	return inputs_add(&harvest->inputs, &chain);
}

/* Whether ENTRY came as one of a directory's, and nobody named it. */
static bool is_one_of_many(const char *const *given, size_t count, const char *path)
{
	bool below = false;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(given[i], path) == 0)
			return false;
		below |= path_is_below(path, given[i]);
	}
	return below;
}

int added_harvest(struct mkrootfs *harvest)
{
	const struct mkrootfs_plan *plan = harvest->plan;
	const struct plan_file *adds = plan->adds.items;
	const char **given = arena_array(harvest->arena, plan->adds.count + 1, sizeof(*given));
	const struct entry *const *entries;
	size_t count;

	if (!given)
		return -ENOMEM;
	for (size_t i = 0; i < plan->adds.count; i++) {
		const char *path = path_normalize(harvest->arena,
						  harvest->sysroot.working_directory, adds[i].path);

		if (!path)
			return -ENOMEM;
		given[i] = adds[i].dest ? adds[i].dest : path;
		TRY(manifest_add_tree(harvest->manifest, harvest->root, path, given[i], ENTRY_USER,
				      "--add"));
	}
	entries = manifest_entries(harvest->manifest, &count);
	for (size_t i = 0; i < count; i++) {
		const struct entry *entry = entries[i];

		if (entry->rank != ENTRY_USER || entry->type != ENTRY_FILE || !entry->source)
			continue;
		if (is_one_of_many(given, plan->adds.count, entry->path))
			TRY(add_one_of_many(harvest, entry));
		else
			TRY(inputs_add_path(&harvest->inputs, entry->source, entry->path, "--add"));
	}
	return 0;
}
