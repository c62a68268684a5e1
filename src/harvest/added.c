/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/added.h"
#include "base/error.h"
#include "base/path.h"
#include "needs/config.h"
#include "needs/people.h"

#include <errno.h>
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

/* Says that PATH comes as it is: it would not load here, for want of NAME (or NULL). */
static void report_unloadable(const struct resolver *resolver, const char *path, const char *fault,
			      const char *name)
{
	const struct closure_options *options = &resolver->options;
	const struct diag *diag = &resolver->plan->diag;

	name = name ? name : path;
	if (closure_may_lack(options, name) || closure_may_lack(options, path))
		diag_note(diag, path, "comes without what it needs: %s", fault);
	else
		diag_warning(diag, path,
			     "comes without what it needs: %s; if that is as it should be: "
			     "--allow-missing %s",
			     fault, name);
}

/* One of many files: it is an input where all that starting it takes is there. */
static int add_one_of_many(const struct resolver *resolver, struct inputs *inputs,
			   const struct entry *entry)
{
	const struct location location = { entry->source, entry->path };
	struct input_chain chain;
	const char *fault = NULL;

	if (TRY(inputs_find(inputs, location, "--add", true, &chain)) == INPUT_UNUSABLE) {
		report_unloadable(resolver, entry->source, chain.fault, NULL);
		return 0;
	}
	for (size_t i = 0; i < chain.found.count; i++) {
		struct input *input = chain.found.items[i];

		TRY(input_find_fault(resolver, input, i == 0 ? "it" : NULL, &fault));
		if (!fault)
			continue;
		report_unloadable(resolver, entry->source, fault, find_lacking(input));
		return 0;
	}
	return inputs_add(inputs, &chain);
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

/* A SRC that is not there, because what was to be its DEST is no absolute path. */
static int check_place(const struct sysroot *sysroot, const char *path)
{
	int r = root_walk(sysroot->root, sysroot->arena, path, false, NULL, NULL, NULL);

	if (r == -ENOENT && strchr(path_basename(path), ':'))
		return diag_error_hint(sysroot->diag, ENOENT, path,
				       "of SRC:DEST, DEST begins with /", "%s", errno_text(ENOENT));
	/* Whoever reads it reports other errors. */
	return r == -ENOMEM ? r : 0;
}

int added_harvest(const struct plan_list *adds, const struct resolver *resolver,
		  struct inputs *inputs, struct needs *needs, struct manifest *manifest)
{
	const struct sysroot *sysroot = resolver->sysroot;
	const struct plan_file *files = adds->items;
	const char **given = arena_array(sysroot->arena, adds->count + 1, sizeof(*given));
	const struct entry *const *entries;
	size_t count;

	if (!given)
		return -ENOMEM;
	for (size_t i = 0; i < adds->count; i++) {
		const char *path =
			path_normalize(sysroot->arena, sysroot->working_directory, files[i].path);

		if (!path)
			return -ENOMEM;
		given[i] = files[i].dest ? files[i].dest : path;
		TRY(check_place(sysroot, path));
		TRY(manifest_add_tree(manifest, sysroot->root, path, given[i], ENTRY_USER,
				      "--add"));
	}
	entries = manifest_entries(manifest, &count);
	for (size_t i = 0; i < count; i++) {
		const struct entry *entry = entries[i];
		bool many;

		if (entry->rank == ENTRY_USER && entry->type == ENTRY_SYMLINK && entry->source)
			TRY(config_add_file(
				needs, &(struct config_file){ entry->source, entry->path, false }));
		if (entry->rank != ENTRY_USER || entry->type != ENTRY_FILE || !entry->source)
			continue;
		many = is_one_of_many(given, adds->count, entry->path);
		if (many)
			TRY(add_one_of_many(resolver, inputs, entry));
		else
			TRY(inputs_add_path(inputs, entry->source, entry->path, "--add"));
		TRY(config_add_file(needs,
				    &(struct config_file){ entry->source, entry->path, !many }));
	}
	return 0;
}

/* Whether nobody but the owner and the group can use ENTRY, which the user added. */
static bool is_closed(const struct entry *entry)
{
	if (entry->rank != ENTRY_USER || entry->type == ENTRY_SYMLINK ||
	    (entry->identity.st_uid == 0 && entry->identity.st_gid == 0))
		return false;
	return !(entry->mode & (entry->type == ENTRY_DIRECTORY ? S_IXOTH : S_IROTH));
}

int added_keep_owners(struct manifest *manifest, struct needs *needs,
		      const struct accounts *accounts)
{
	const struct people *people;
	const struct entry *const *entries;
	size_t count;

	entries = manifest_entries(manifest, &count);
	for (size_t i = 0; i < count; i++) {
		const struct entry *entry = entries[i];
		uid_t uid;
		gid_t gid;

		if (!is_closed(entry))
			continue;
		TRY(people_get(needs, &people));
		uid = people_uid(accounts, people_name(people, entry->identity.st_uid));
		gid = people_gid(accounts, people_group_name(people, entry->identity.st_gid));
		manifest_set_ids(manifest, entry, uid == (uid_t)-1 ? entry->uid : uid,
				 gid == (gid_t)-1 ? entry->gid : gid);
	}
	return 0;
}
