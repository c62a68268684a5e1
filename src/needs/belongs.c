/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/belongs.h"
#include "base/error.h"
#include "base/path.h"
#include "base/table.h"
#include "needs/belongs_private.h"
#include "needs/config_people.h"
#include "needs/foreign_trees.h"
#include "needs/make.h"
#include "needs/own_paths.h"
#include "needs/own_prefix.h"
#include "needs/private.h"
#include "needs/started.h"
#include "needs/state_places.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

void belongs_free(struct needs *needs)
{
	struct belongs *belongs = needs ? needs->belongs : NULL;

	if (!belongs)
		return;
	for (size_t i = 0; i < belongs->count; i++)
		HASH_CLEAR(hh, belongs->subjects[i].candidates);
	HASH_CLEAR(hh, belongs->covered);
	owning_free(belongs->owning);
}

static int get_belongs(struct needs *needs, struct belongs **out)
{
	if (!needs->belongs) {
		struct belongs *belongs = arena_alloc(needs->sysroot->arena, sizeof(*belongs));

		if (!belongs)
			return -ENOMEM;
		belongs->owning = owning_new(needs->sysroot);
		if (!belongs->owning)
			return -ENOMEM;
		needs->belongs = belongs;
	}
	*out = needs->belongs;
	return 0;
}

int belongs_packages(struct needs *needs, struct installed **out)
{
	struct belongs *belongs;

	TRY(get_belongs(needs, &belongs));
	return owning_open(belongs->owning, out);
}

int belongs_identify(struct needs *needs, struct owner *const *owners, size_t count)
{
	struct belongs *belongs;

	TRY(get_belongs(needs, &belongs));
	return owning_identify(belongs->owning, owners, count);
}

int belongs_counts_on(struct needs *needs, const struct owner *owner, const char *path)
{
	struct belongs *belongs;

	TRY(get_belongs(needs, &belongs));
	return owning_counts_on(belongs->owning, owner, path);
}

int belongs_depends_on(struct needs *needs, const struct owner *owner, const char *path,
		       bool *recommended)
{
	struct belongs *belongs;

	TRY(get_belongs(needs, &belongs));
	return owning_depends_on(belongs->owning, owner, path, recommended);
}

int belongs_look(struct needs *needs, const struct belongs_subject *who)
{
	struct arena *arena = needs->sysroot->arena;
	struct subject *subject;
	struct belongs *belongs;
	const char *called;
	const char *path;
	char *canonical;
	int r;

	assert(who->process && who->object);
	if (!who->object->loaded.elf || !needs_wants(needs, &need_rule_data))
		return 0;
	TRY(get_belongs(needs, &belongs));
	/* What a library reads is the same in every program. */
	if (TRY(needs_remember(
		    needs, who->asked ? who->program : NEEDS_ANY_PROGRAM, &need_rule_data,
		    who->script ? (const void *)who->script : who->object->loaded.elf)) > 0)
		return 0;
	called = who->script ? who->script : who->object->loaded.location.path;
	path = who->script ? who->script : who->object->loaded.elf->path;
	r = root_walk(needs->sysroot->root, arena, path, true, NULL, NULL, &canonical);
	if (r < 0)
		return needs_absent(needs, path, r);
	subject = table_add(arena, &belongs->subjects, &belongs->count, &belongs->capacity,
			    sizeof(*subject));
	if (!subject)
		return -ENOMEM;
	*subject =
		(struct subject){ .who = *who, .owner = { .path = canonical, .called = called } };
	if (who->script || needs_object_is_of_system(who->process, who->object))
		return 0;
	subject->starts = TRY(started_looks_at(needs, who)) > 0;
	TRY(own_libraries_look(needs, subject));
	return subject_strings_read(needs, subject);
}

static int cover(struct needs *needs, struct belongs *belongs, const char *path)
{
	struct covered *covered = arena_alloc(needs->sysroot->arena, sizeof(*covered));
	struct covered *known;

	if (!covered)
		return -ENOMEM;
	covered->path = path;
	HASH_FIND_STR(belongs->covered, path, known);
	if (known)
		return 0;
	HASH_ADD_KEYPTR(hh, belongs->covered, covered->path, strlen(covered->path), covered);
	return HASH_HAS(covered) ? 0 : -ENOMEM;
}

/* What other rules have of a path, and of the directory that it is in, is their affair. */
static int cover_needs(struct needs *needs, struct belongs *belongs)
{
	for (; belongs->n_needs < needs->count; belongs->n_needs++) {
		const struct need *need = needs->items[belongs->n_needs];

		if (!need->followed || need->rule == &need_rule_data ||
		    need->rule == &need_rule_started)
			continue;
		for (size_t i = 0; i < need->n_items; i++) {
			const struct need_item *item = &need->items[i];
			const char *parent;

			if (item->kind == NEED_LIBRARY)
				continue;
			TRY(cover(needs, belongs, item->path));
			parent = path_dirname(needs->sysroot->arena, item->path);
			if (!parent)
				return -ENOMEM;
			TRY(cover(needs, belongs, parent));
		}
	}
	return 0;
}

static int add_named_file(struct data_filling *filling, const struct candidate *candidate)
{
	const struct need_item item = { .kind = NEED_PATH, .path = candidate->path };
	const struct owner *owner = &filling->subject->owner;
	struct stat stat;

	if (own_path_is_unneeded(candidate->path) ||
	    data_filling_is_covered(filling->belongs, candidate->path) ||
	    strcmp(candidate->canonical, filling->subject->owner.path) == 0 ||
	    TRY(data_filling_is_common_library(filling, candidate->canonical)))
		return 0;
	/* The need "helpers" names programs of other packages. */
	if (TRY(needs_exists(filling->needs, candidate->canonical, &stat)) == 0 ||
	    (stat.st_mode & 0111 && !strstr(candidate->canonical, ".so") &&
	     !owner_lists(owner, candidate->canonical)))
		return 0;
	return need_add(filling->needs, filling->need, &item);
}

static int compare_candidates(const struct candidate *left, const struct candidate *right)
{
	return strcmp(left->path, right->path);
}

/*
 * A directory of others that a FILE names, dictionaries say, is told of. What libraries name is of
 * all programs.
 */
static int add_shared_tree(struct data_filling *filling, const struct candidate *candidate)
{
	const struct need_item item = {
		.kind = NEED_PATH,
		.path = candidate->path,
		.refused = "others have their files there",
		.shared = true,
	};

	return filling->subject->who.asked ? need_add(filling->needs, filling->need, &item) : 0;
}

/* The trees that the subject names and that are its own, outermost first. */
static int add_named_trees(struct data_filling *filling)
{
	const struct subject *subject = filling->subject;
	const struct tree_gate gate = { foreign_tree_enters, filling };
	const char *last = NULL;

	for (const struct candidate *at = subject->candidates; at; at = at->hh.next) {
		enum owned owned;

		/* A package says itself what it has there. */
		if (!at->directory || (at->by_name && subject->owner.package) ||
		    data_filling_leaves(filling, at->path) ||
		    (last && path_is_below(at->canonical, last)))
			continue;
		TRY(owning_owned(filling->belongs->owning, &subject->owner, at->canonical, &owned));
		if (owned == OWNED_BY_OTHERS) {
			TRY(own_prefix_add(filling, at->path, at->canonical));
			TRY(add_shared_tree(filling, at));
			continue;
		}
		last = at->canonical;
		if (owned == OWNED_BY_NEIGHBOUR &&
		    TRY(foreign_tree_comes(filling, at->path, at->canonical)) == 0)
			continue;
		TRY(need_add_tree(filling->needs, filling->need, at->path, &gate));
	}
	return 0;
}

static bool is_directory(struct needs *needs, const char *path)
{
	struct stat stat;

	return needs_exists(needs, path, &stat) > 0 && S_ISDIR(stat.st_mode);
}

/* Whether PATH is one of the private files among the first COUNT items. */
static bool has_private(const struct need *need, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++)
		if (need->items[i].private && strcmp(need->items[i].path, path) == 0)
			return true;
	return false;
}

/* What is left out is kept with the reason, to be told; what nobody needs is not. */
static int sort_out(struct data_filling *filling)
{
	struct need *need = filling->need;
	size_t kept = 0;

	for (size_t i = 0; i < need->n_items; i++) {
		struct need_item item = need->items[i];
		bool listed = owner_lists(&filling->subject->owner, item.path);
		const char *reason;

		if (item.kind != NEED_PATH || item.refused) {
			need->items[kept++] = item;
			continue;
		}
		if (data_filling_is_unneeded(filling, item.path) ||
		    needs_is_given(filling->needs, item.path) ||
		    (item.tree && strcmp(item.tree, item.path) != 0 &&
		     data_filling_leaves(filling, item.path)))
			continue;
		if (TRY(needs_is_private(filling->needs, item.path, listed, &reason)) > 0) {
			/* The private files in a directory are reported, the directory itself is
			 * not.
			 */
			if (is_directory(filling->needs, item.path) ||
			    has_private(need, kept, item.path))
				continue;
			item.refused = reason;
			item.private = true;
		}
		need->items[kept++] = item;
	}
	need->n_items = kept;
	return 0;
}

static int decide(struct needs *needs, struct belongs *belongs, struct subject *subject)
{
	struct need need = {
		.rule = &need_rule_data,
		.name = need_rule_data.name,
		.program = subject->who.program,
		.process = subject->who.process,
		.object = subject->who.object,
		.followed = true,
		.requested = needs_find_request(needs, need_rule_data.name) != NULL,
	};
	struct data_filling filling = {
		.needs = needs, .belongs = belongs, .subject = subject, .need = &need
	};
	struct need *kept;

	subject_strings_tell(needs, subject);
	HASH_SORT(subject->candidates, compare_candidates);
	for (const struct candidate *at = subject->candidates; at; at = at->hh.next)
		if (!at->directory)
			TRY(add_named_file(&filling, at));
	TRY(add_named_trees(&filling));
	TRY(own_libraries_add(&filling));
	if (subject->who.asked)
		TRY(companions_add(&filling));
	if (subject->who.asked)
		TRY(package_rest_add(&filling));
	TRY(sort_out(&filling));
	if (subject->who.asked)
		TRY(config_people_add(needs, &need));
	if (subject->who.asked)
		TRY(places_add_listed(needs, &need, owning_installed(belongs->owning),
				      owner_packages(&subject->owner)));
	if (need.n_items == 0)
		return 0;
	need.sign = arena_printf(needs->sysroot->arena,
				 subject->who.asked ? "%s names it, or its package has it"
						    : "%s names it",
				 subject->owner.path);
	return needs_put(needs, &need, &kept);
}

static bool asks_packages(const struct subject *subject)
{
	if (subject->who.asked || subject->starts || subject->libraries.count > 0)
		return true;
	for (const struct candidate *at = subject->candidates; at; at = at->hh.next)
		if (at->directory)
			return true;
	return false;
}

/* Who the subjects are, of those whose packages have something to say. */
static int identify(struct needs *needs, struct belongs *belongs)
{
	struct owner **owners =
		arena_array(needs->sysroot->arena, belongs->count + 1, sizeof(struct owner *));
	size_t count = 0;

	if (!owners)
		return -ENOMEM;
	for (size_t i = 0; i < belongs->count; i++)
		if (asks_packages(&belongs->subjects[i]))
			owners[count++] = &belongs->subjects[i].owner;
	return count > 0 ? owning_identify(belongs->owning, owners, count) : 0;
}

static bool is_main(const struct belongs_subject *who)
{
	return !who->script && who->object == who->process->objects[0];
}

static int keep_mains(struct needs *needs, struct belongs *belongs)
{
	for (size_t i = 0; i < belongs->count; i++) {
		const struct subject *subject = &belongs->subjects[i];
		struct main_package *main;

		if (!is_main(&subject->who) || !subject->owner.package)
			continue;
		main = TABLE_ADD(needs->sysroot->arena, &belongs->mains);
		if (!main)
			return -ENOMEM;
		*main = (struct main_package){ subject->who.program, subject->owner.package };
	}
	return 0;
}

/* Whether SUBJECT is a program, or a library of the same source as the program that loads it. */
static bool is_of_program(const struct belongs *belongs, const struct subject *subject)
{
	if (is_main(&subject->who))
		return true;
	for (size_t i = 0; subject->owner.package && i < belongs->mains.count; i++)
		if (belongs->mains.items[i].program == subject->who.program &&
		    strcmp(belongs->mains.items[i].package->source,
			   subject->owner.package->source) == 0)
			return true;
	return false;
}

static int decide_started(struct needs *needs, struct belongs *belongs,
			  const struct subject *subject)
{
	const struct started_subject started = { &subject->who, &subject->owner,
						 is_of_program(belongs, subject) };

	return subject->starts ? started_decide(needs, belongs->owning, &started) : 0;
}

int belongs_decide(struct needs *needs)
{
	struct belongs *belongs = needs->belongs;

	if (!belongs || belongs->count == 0)
		return 0;
	TRY(cover_needs(needs, belongs));
	TRY(identify(needs, belongs));
	for (size_t i = 0; i < belongs->count; i++)
		TRY(decide(needs, belongs, &belongs->subjects[i]));
	TRY(keep_mains(needs, belongs));
	for (size_t i = 0; i < belongs->count; i++)
		TRY(decide_started(needs, belongs, &belongs->subjects[i]));
	for (size_t i = 0; i < belongs->count; i++)
		HASH_CLEAR(hh, belongs->subjects[i].candidates);
	belongs->count = 0;
	return 0;
}

int belongs_mark_sure(struct needs *needs, struct need *need, const char *path, const char *called)
{
	struct owner script = { .path = path, .called = called };
	struct owner *const scripts[] = { &script };
	struct belongs *belongs;

	TRY(get_belongs(needs, &belongs));
	TRY(owning_identify(belongs->owning, scripts, 1));
	for (size_t i = 0; i < need->n_items; i++) {
		struct need_item *item = &need->items[i];
		char *canonical;
		struct stat stat;

		if (item->kind != NEED_PATH ||
		    TRY(needs_resolve(needs, item->path, &stat, &canonical)) == 0)
			continue;
		item->sure = TRY(owning_counts_on(belongs->owning, &script, canonical)) > 0;
	}
	return 0;
}

bool belongs_is_decided(const struct needs *needs)
{
	return !needs->belongs || needs->belongs->count == 0;
}
