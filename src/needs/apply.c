/* SPDX-License-Identifier: Apache-2.0 */
/* What a row brings, as its patterns come out in this target. */
#include "base/path.h"
#include "needs/make.h"
#include "needs/pattern.h"

#include <errno.h>
#include <string.h>

/* One way in which a row's captures come out. */
struct application {
	struct needs *needs;
	struct need *need;
	const struct need_bring *bring;
	const struct closure_object *object; /* whose strings and path they are from */
};

/* A link that would lead nowhere, or stand where something is, is not made. */
static int add_link(struct needs *needs, struct need *need, const char *path, const char *target)
{
	const struct need_item item = { .kind = NEED_LINK, .path = path, .target = target };
	const char *parent = path_dirname(needs->sysroot->arena, path);
	char *canonical;

	if (!parent)
		return -ENOMEM;
	if (root_walk(needs->sysroot->root, needs->sysroot->arena, parent, true, NULL, NULL,
		      &canonical) < 0 ||
	    needs_exists(needs, path, NULL))
		return 0;
	target = path_normalize(needs->sysroot->arena, canonical, target);
	return target && needs_exists(needs, target, NULL) ? need_add(needs, need, &item) : 0;
}

static int bring_at(const struct application *application, const char *path)
{
	const struct need_bring *bring = application->bring;
	const struct need_item made = {
		.kind = NEED_FILE,
		.path = path,
		.content = bring->text,
		.size = bring->text ? strlen(bring->text) : 0,
	};

	if (bring->text)
		return need_add(application->needs, application->need, &made);
	if (bring->link)
		return add_link(application->needs, application->need, path, bring->link);
	return need_add_paths(application->needs, application->need, path, bring->without);
}

/* Where the object's file is, its links resolved; NULL when out of memory. */
static const char *canonical_of(struct needs *needs, const struct closure_object *object)
{
	char *canonical;

	if (root_walk(needs->sysroot->root, needs->sysroot->arena, object->loaded.elf->path, true,
		      NULL, NULL, &canonical) < 0)
		return object->loaded.elf->path;
	return canonical;
}

static int bring_match(const struct application *application, const struct pattern_match *match)
{
	struct needs *needs = application->needs;
	const char *origin =
		path_dirname(needs->sysroot->arena, canonical_of(needs, application->object));
	bool is_made = application->bring->text || application->bring->link;
	bool failed = !origin;
	const char *path;

	if (failed)
		return -ENOMEM;
	path = pattern_expand(needs->sysroot->arena, application->bring->path, match, origin,
			      application->need->value, !is_made, &failed);
	if (!path || path[0] != '/')
		return failed ? -ENOMEM : 0;
	/* What is there already is found by its links, which may make ".." another directory. */
	if (is_made)
		path = path_normalize(needs->sysroot->arena, "/", path);
	return path ? bring_at(application, path) : -ENOMEM;
}

/* A capture that is a list of directories stands for each of them. */
static int bring_each(const struct application *application, const struct pattern_match *match)
{
	struct pattern_match one = *match;
	const char *at = match->start[0];
	const char *end = match->count > 0 ? at + match->length[0] : at;
	int r = 0;

	if (match->count == 0 || !memmem(at, (size_t)(end - at), ":/", 2))
		return bring_match(application, match);
	while (r == 0 && at < end) {
		const char *colon = memchr(at, ':', (size_t)(end - at));

		one.start[0] = at;
		one.length[0] = (size_t)((colon ? colon : end) - at);
		if (one.length[0] > 0)
			r = bring_match(application, &one);
		at += one.length[0] + 1;
	}
	return r;
}

static int bring_string(void *data, const char *string)
{
	const struct application *application = data;
	struct pattern_match match;

	if (!pattern_matches(application->bring->string, string, &match))
		return 0;
	return bring_each(application, &match);
}

static int bring_of_object(struct application *application, const struct closure_object *object)
{
	const struct need_bring *bring = application->bring;
	struct pattern_match match = { 0 };

	application->object = object;
	if (bring->string)
		return needs_visit_paths(application->needs, object, bring_string, application);
	if (bring->file &&
	    !pattern_matches(bring->file, canonical_of(application->needs, object), &match))
		return 0;
	return bring_match(application, &match);
}

/* A wish has no sign: whatever in the process has the strings will do. */
static int bring_of_any(struct application *application)
{
	const struct closure *process = application->need->process;
	size_t before = application->need->n_items;
	int r = 0;

	for (size_t i = 0; r == 0 && i < process->n_objects; i++)
		if (!closure_is_missing(process->objects[i]) &&
		    application->need->n_items == before)
			r = bring_of_object(application, process->objects[i]);
	return r;
}

static int bring(struct needs *needs, struct need *need, const struct need_bring *bring)
{
	struct application application = { .needs = needs, .need = need, .bring = bring };
	const struct closure_object *object = need->object;
	unsigned minor = need->process->loader->minor;

	if ((bring->fallback && need->n_items > 0) ||
	    (bring->before_minor && (minor == 0 || minor >= bring->before_minor)))
		return 0;
	if (bring->make)
		return bring->make(needs, need);
	if (bring->in)
		object = needs_find_object(need->process, bring->in);
	if (!object)
		return 0;
	if (bring->library) {
		const struct need_item item = { .kind = NEED_LIBRARY, .path = bring->library };

		return need_add(needs, need, &item);
	}
	if (!bring->in && need->signless && (bring->string || bring->file))
		return bring_of_any(&application);
	return bring_of_object(&application, object);
}

bool need_bring_is_valued(const struct need_bring *row)
{
	return row->valued || (row->path && strstr(row->path, "$VALUE"));
}

int need_fill(struct needs *needs, struct need *need, bool *satisfied)
{
	const struct need_rule *rule = need->rule;
	int r = 0;

	for (size_t i = 0; r == 0 && i < NEED_BRINGS_MAX; i++) {
		const struct need_bring *row = &rule->brings[i];

		if (!row->path && !row->library && !row->make)
			break;
		need->satisfied = false;
		if (row->level && !needs_follows(needs, rule, row->level))
			need->partial = true;
		else
			r = bring(needs, need, row);
		*satisfied |= need->satisfied && need_bring_is_valued(row);
	}
	return r;
}
