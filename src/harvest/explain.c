/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/explain.h"
#include "base/error.h"
#include "base/path.h"
#include "harvest/advice.h"
#include "harvest/left_out.h"

#include <errno.h>
#include <string.h>

/* What messages about needs are made of. */
struct explanation {
	const struct follower *found;
	const struct root *inside; /* the result */
	const struct diag *diag;
	bool traced;
};

/* Whether something leads to PATH inside the result: 1 or 0; -errno after a diagnostic. */
static int is_inside(const struct explanation *explanation, const char *path)
{
	const struct sysroot *sysroot = explanation->found->resolver->sysroot;
	int r = root_walk(explanation->inside, sysroot->arena, path, true, NULL, NULL, NULL);

	/* The needs have named a circle of links already. */
	if (r == -ELOOP || (r < 0 && root_is_absence(r)))
		return 0;
	return r < 0 ? diag_errno(explanation->diag, -r, path) : 1;
}

/* The shell of system and popen has a line of its own. */
static bool is_explained_as_shell(const struct explanation *explanation, const struct need *need,
				  const struct need_item *item)
{
	struct need *const *needs;
	size_t count;

	needs = needs_list(explanation->found->needs, &count);
	for (size_t i = 0; i < count; i++)
		if (needs[i] != need && needs[i]->object == need->object &&
		    needs[i]->rule->telling == NEED_TOLD_AS_SHELL)
			return strcmp(item->path, "/bin/sh") == 0;
	return false;
}

/* Tells what OBJECT may open or start, which NAMES, " -a /bin/x" each, would bring. */
static void explain_names(const struct explanation *explanation, const struct need *need,
			  const char *names, bool libraries)
{
	const struct diag *diag = explanation->diag;
	const char *path = need->object->loaded.location.path;

	if (need->object != need->process->objects[0])
		diag_note(diag, path, "may start or open%s, which the rootfs lacks", names);
	else if (libraries)
		diag_note(diag, path, "may open%s; --dlopen suggested brings what it names", names);
	else if (need->rule->telling == NEED_TOLD_AS_SHELL)
		diag_warning(diag, path,
			     "calls system or popen, and the rootfs has no shell; to bring one:%s",
			     names);
	else
		diag_warning(diag, path,
			     "may start programs that are not in the rootfs; to bring them:%s",
			     names);
}

static bool is_called(const char *path, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(path_basename(path), *names) == 0)
			return true;
	return false;
}

/*
 * What stands in a program's strings for another reason than to be started: what locks an account,
 * and shells beside the usual ones, such as people may have.
 */
static bool is_unlikely(const struct need *need, const struct need_item *item)
{
	static const char *const locks[] = { "true", "false", "nologin", NULL };
	static const char *const others[] = { "ash", "busybox", "csh",	"dash", "fish",
					      "ksh", "mksh",	"tcsh", "zsh",	NULL };
	static const char *const usual[] = { "sh", "bash", NULL };

	if (item->kind == NEED_LIBRARY)
		return false;
	if (is_called(item->path, locks))
		return true;
	for (size_t i = 0; is_called(item->path, others) && i < need->n_items; i++)
		if (is_called(need->items[i].path, usual))
			return true;
	return false;
}

static int explain_lacking(const struct explanation *explanation, const struct need *need)
{
	CLEANUP(buffer) struct buffer names = { 0 };
	bool libraries = false;

	for (size_t i = 0; i < need->n_items; i++) {
		const struct need_item *item = &need->items[i];
		bool is_library = item->kind == NEED_LIBRARY;

		if (item->refused || item->brought ||
		    is_explained_as_shell(explanation, need, item) || is_unlikely(need, item))
			continue;
		if (item->kind == NEED_PATH && TRY(is_inside(explanation, item->path)))
			continue;
		libraries |= is_library;
		buffer_add_string(&names, is_library ? " " : " -a ");
		advice_add_word(&names, item->path);
	}
	TRY(buffer_error(&names));
	if (names.size > 0)
		explain_names(explanation, need, names.bytes, libraries);
	return 0;
}

/* The FILE that the program of NEED interprets, or NULL. */
static const char *find_script(const struct explanation *explanation, size_t program)
{
	const char *path = explanation->found->programs->all.items[program]->input->interprets;

	for (size_t i = 0; path && i < explanation->found->inputs->all.count; i++) {
		const struct input *input = explanation->found->inputs->all.items[i];

		if (input->asked && input->script && strcmp(input->location.path, path) == 0)
			return path;
	}
	return NULL;
}

/* What a script imports is in it for its interpreter alone to read. */
static void explain_modules(const struct explanation *explanation, const struct need *need)
{
	const char *script = find_script(explanation, need->program);

	if (script && !explanation->traced)
		diag_warning(explanation->diag, script,
			     "left out %s that it may import; to bring them: --with %s for all, or "
			     "--trace for those of a run",
			     need->why, need->name);
}

/* Commands of shell scripts whose names are computed. */
static void explain_commands(const struct explanation *explanation, const struct need *need)
{
	const struct input_list *inputs = &explanation->found->inputs->all;
	bool asked = false;

	if (need->n_unknown == 0 || explanation->traced)
		return;
	for (size_t i = 0; i < inputs->count; i++)
		asked |= inputs->items[i]->asked &&
			 strcmp(inputs->items[i]->location.path, need->script) == 0;
	(asked ? diag_warning : diag_note)(
		explanation->diag, need->script,
		"left out what it runs by computed names (%u command%s); to bring it: -a, or "
		"--trace for those of a run",
		need->n_unknown, need->n_unknown == 1 ? "" : "s");
}

static int explain_need(const struct explanation *explanation, const struct need *need)
{
	const struct diag *diag = explanation->diag;
	const char *level = need_level_name(need->level);

	if (need->rule == &need_rule_commands)
		explain_commands(explanation, need);
	if (need->followed)
		diag_note(diag, need->name, "%s, followed; %s: %s%s%s%s", level, need->sign,
			  need->why, need->partial ? "; --with " : "",
			  need->partial ? need->name : "", need->partial ? " brings more" : "");
	else if (need->rule->telling == NEED_TOLD_AS_MODULES && need->n_items > 0 &&
		 find_script(explanation, need->program))
		explain_modules(explanation, need);
	else if (need->rule->manual || need->rule->telling == NEED_TOLD_AS_LIBRARIES)
		return explain_lacking(explanation, need);
	else
		diag_note(diag, need->name, "%s, left out; %s: %s; --with %s brings it", level,
			  need->sign, need->why, need->name);
	return 0;
}

int explain_needs(const struct manifest *manifest, struct follower *found, bool traced)
{
	CLEANUP(root_close) struct root *inside = NULL;
	struct explanation explanation = {
		.found = found,
		.diag = &found->resolver->plan->diag,
		.traced = traced,
	};
	size_t count;
	struct need *const *needs = needs_list(found->needs, &count);

	TRY(manifest_root(manifest, &inside));
	explanation.inside = inside;
	for (size_t i = 0; i < count; i++)
		TRY(explain_need(&explanation, needs[i]));
	return left_out_tell(found, inside);
}
