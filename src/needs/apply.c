/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/apply.h"
#include "base/error.h"
#include "base/path.h"
#include "needs/pattern.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* One way in which a row's captures come out. */
struct application {
	struct needs *needs;
	struct need *need;
	const struct need_bring *bring;
	const char *origin; /* the directory of the object that the captures are from */
};

/* A link that would lead nowhere, or stand where something is, is not made. */
static int add_link(struct needs *needs, struct need *need, const char *path, const char *target)
{
	const struct sysroot *sysroot = needs->sysroot;
	const struct need_item item = { .kind = NEED_LINK, .path = path, .target = target };
	const char *parent = path_dirname(sysroot->arena, path);
	char *canonical;
	int r;

	if (!parent)
		return -ENOMEM;
	r = root_walk(sysroot->root, sysroot->arena, parent, true, NULL, NULL, &canonical);
	if (r < 0)
		return needs_absent(needs, parent, r);
	if (TRY(needs_exists(needs, path, NULL)))
		return 0;
	target = path_normalize(sysroot->arena, canonical, target);
	if (!target)
		return -ENOMEM;
	return TRY(needs_exists(needs, target, NULL)) ? need_add(needs, need, &item) : 0;
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

/* Where the object's file is, its links resolved. */
static int find_canonical(struct needs *needs, const struct closure_object *object, char **out)
{
	const char *path = object->loaded.elf->path;
	int r = root_walk(needs->sysroot->root, needs->sysroot->arena, path, true, NULL, NULL, out);

	return r < 0 && r != -ENOMEM ? diag_errno(needs->sysroot->diag, -r, path) : r;
}

static int bring_match(const struct application *application, const struct pattern_match *match)
{
	struct arena *arena = application->needs->sysroot->arena;
	bool is_made = application->bring->text || application->bring->link;
	bool failed = false;
	const char *path =
		pattern_expand(arena, application->bring->path, match, application->origin,
			       application->need->value, !is_made, &failed);

	if (!path || path[0] != '/')
		return failed ? -ENOMEM : 0;
	/* What is there already is found by its links, which may make ".." another directory. */
	if (is_made)
		path = path_normalize(arena, "/", path);
	return path ? bring_at(application, path) : -ENOMEM;
}

/* A capture that is a list of directories stands for each of them. */
static int bring_each(const struct application *application, const struct pattern_match *match)
{
	struct pattern_match one = *match;
	const char *at = match->start[0];
	const char *end = match->count > 0 ? at + match->length[0] : at;

	if (match->count == 0 || !memmem(at, (size_t)(end - at), ":/", 2))
		return bring_match(application, match);
	while (at < end) {
		const char *colon = memchr(at, ':', (size_t)(end - at));

		one.start[0] = at;
		one.length[0] = (size_t)((colon ? colon : end) - at);
		if (one.length[0] > 0)
			TRY(bring_match(application, &one));
		at += one.length[0] + 1;
	}
	return 0;
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
	struct needs *needs = application->needs;
	struct pattern_match match = { 0 };
	char *canonical;

	TRY(find_canonical(needs, object, &canonical));
	application->origin = path_dirname(needs->sysroot->arena, canonical);
	if (!application->origin)
		return -ENOMEM;
	if (bring->string)
		return needs_visit_paths(needs, object, bring_string, application);
	if (bring->file && !pattern_matches(bring->file, canonical, &match))
		return 0;
	return bring_match(application, &match);
}

/* A need of --with has no sign: whatever in the process has the strings will do. */
static int bring_of_any(struct application *application)
{
	const struct closure *process = application->need->process;
	size_t before = application->need->n_items;

	for (size_t i = 0; i < process->n_objects && application->need->n_items == before; i++)
		if (!closure_is_missing(process->objects[i]))
			TRY(bring_of_object(application, process->objects[i]));
	return 0;
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

static int fill(struct needs *needs, struct need *need, bool *satisfied)
{
	const struct need_rule *rule = need->rule;

	for (size_t i = 0; i < NEED_BRINGS_MAX; i++) {
		const struct need_bring *row = &rule->brings[i];

		if (!row->path && !row->library && !row->make)
			break;
		need->satisfied = false;
		if (row->level && !needs_follows(needs, rule, row->level))
			need->partial = true;
		else
			TRY(bring(needs, need, row));
		*satisfied |= need->satisfied && need_bring_is_valued(row);
	}
	return 0;
}

int need_fill(struct needs *needs, struct need *need, bool *satisfied)
{
	int r;

	assert(need->rule && need->process && need->object && !needs->filling);
	needs->filling = need;
	r = fill(needs, need, satisfied);
	needs->filling = NULL;
	return r;
}
