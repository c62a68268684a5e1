/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/left_out.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/path.h"
#include "harvest/advice.h"
#include "harvest/weight.h"
#include "needs/make.h"

#include <assert.h>
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

/* What one line of a message names. */
struct left_out {
	struct texts files;	/* that it is about */
	struct texts paths;	/* that bring it: some of FILES, or their interpreters */
	struct dragged dragged; /* what they would load; empty where they are only read */
	uint64_t bytes;		/* of FILES that are trees of other packages; else 0 */
};

struct telling {
	struct follower *found;
	struct left_out heavy;	   /* of the need data */
	struct left_out trees;	   /* of packages that are only read */
	struct left_out starters;  /* interpreters of scripts that came as data */
	struct left_out helpers;   /* programs that programs start */
	struct left_out commands;  /* of scripts */
	struct left_out libraries; /* that scripts open */
	struct left_out modules;   /* that scripts import, and their packages do not count on */
	struct left_out private;
	struct left_out shared;	   /* directories of others */
	const struct root *inside; /* the result */
};

/*
 * What has nobody to talk to in a rootfs: the managers of the machine's services and packages.
 * Scripts call them where they are there.
 */
static const char *const of_machine[] = {
	"systemctl",   "systemd-*",   "busctl",	     "journalctl",  "loginctl",
	"hostnamectl", "timedatectl", "invoke-rc.d", "update-rc.d", "deb-systemd-*",
	"service",     "rc-service",  "dpkg*",	     "debconf*",    "apt",
	"apt-*",       "rpm",	      "dnf",	     "yum",	    "apk",
};

static bool is_of_machine(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(of_machine); i++)
		if (fnmatch(of_machine[i], path_basename(path), 0) == 0)
			return true;
	return false;
}

/* The only FILE, whom all is about; NULL where there are several. */
static const char *find_subject(const struct follower *found)
{
	const struct input_list *inputs = &found->inputs->all;
	const char *subject = NULL;

	for (size_t i = 0; i < inputs->count; i++) {
		if (!inputs->items[i]->asked)
			continue;
		if (subject)
			return NULL;
		subject = inputs->items[i]->location.path;
	}
	return subject;
}

static int add_heavy(struct telling *telling, struct left_out *out, const struct need_item *item)
{
	struct arena *arena = telling->found->resolver->sysroot->arena;
	const struct closure **slot = TABLE_ADD(arena, &out->dragged);
	const char *path = item->path;

	if (!slot)
		return -ENOMEM;
	*slot = item->drags;
	if (item->kind == NEED_LIBRARY)
		path = item->drags->objects[0]->loaded.location.path;
	TRY(texts_add(arena, &out->files, path));
	return texts_add(arena, &out->paths, item->starter ? item->starter : path);
}

static int add_tree(struct telling *telling, const struct need_item *item)
{
	struct arena *arena = telling->found->resolver->sysroot->arena;
	struct texts names = { 0 };
	int r;

	if (texts_have(&telling->trees.files, item->path))
		return 0;
	/* Others may have brought it; that of which only the directory came is there and empty. */
	r = root_names(telling->inside, arena, item->path, &names);
	if (r == -ENOMEM || names.count > 0)
		return r;
	telling->trees.bytes += item->weight;
	TRY(texts_add(arena, &telling->trees.files, item->path));
	return texts_add(arena, &telling->trees.paths, item->path);
}

static int add_private(struct telling *telling, const struct need *need,
		       const struct need_item *item)
{
	const struct sysroot *sysroot = telling->found->resolver->sysroot;
	struct stat stat;

	diag_note(sysroot->diag, item->path, "left out: %s; %s", item->refused, need->sign);
	/* An empty one is there for its owner to write to. */
	if (TRY(needs_exists(telling->found->needs, item->path, &stat)) == 0 || stat.st_size == 0)
		return 0;
	TRY(texts_add(sysroot->arena, &telling->private.files, item->path));
	return texts_add(sysroot->arena, &telling->private.paths, item->path);
}

/* A directory of which the result has something, others have seen to. */
static int add_shared(struct telling *telling, const struct need *need,
		      const struct need_item *item, struct left_out *out)
{
	const struct sysroot *sysroot = telling->found->resolver->sysroot;
	int r = root_walk(telling->inside, sysroot->arena, item->path, true, NULL, NULL, NULL);

	diag_note(sysroot->diag, item->path, "left out: %s; %s", item->refused, need->sign);
	/* The needs have named a circle of links already. */
	if (r < 0 && r != -ELOOP && !root_is_absence(r))
		return diag_errno(sysroot->diag, -r, item->path);
	if (r == 0)
		return 0;
	TRY(texts_add(sysroot->arena, &out->files, item->path));
	return texts_add(sysroot->arena, &out->paths, item->path);
}

static int add_item(struct telling *telling, const struct need *need, const struct need_item *item)
{
	if (item->private)
		return add_private(telling, need, item);
	if (item->shared)
		return add_shared(telling, need, item,
				  need->rule == &need_rule_imports ? &telling->modules
								   : &telling->shared);
	if (item->weight == 0)
		return 0;
	if (!item->drags)
		return add_tree(telling, item);
	if (item->starter)
		return add_heavy(telling, &telling->starters, item);
	if (need->rule == &need_rule_started)
		return add_heavy(telling, &telling->helpers, item);
	if (need->rule == &need_rule_ffi)
		return add_heavy(telling, &telling->libraries, item);
	if (need->rule != &need_rule_commands)
		return add_heavy(telling, &telling->heavy, item);
	return is_of_machine(item->path) ? 0 : add_heavy(telling, &telling->commands, item);
}

/* What the trace has told of, of private FILES, is not told again. */
static int drop_traced(const struct follower *found, struct texts *files)
{
	struct texts traced = { 0 };
	size_t kept = 0;
	size_t count;
	struct need *const *needs = needs_list(found->needs, &count);

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0;
		     need_found_by(needs[i]) == FOUND_BY_TRACE && j < needs[i]->n_items; j++)
			if (needs[i]->items[j].private)
				TRY(texts_add(found->resolver->sysroot->arena, &traced,
					      needs[i]->items[j].path));
	texts_sort(traced.items, traced.count);
	for (size_t i = 0; i < files->count; i++)
		if (!texts_find(traced.items, traced.count, files->items[i]))
			files->items[kept++] = files->items[i];
	files->count = kept;
	return 0;
}

enum {
	DEPTH_MAX = 16,
	LOOKED_AT_MAX = 1 << 14, /* in directories: a size to the nearest file is not worth more */
};

/* Adds to *BYTES what the file at PATH has, or those in it. */
static int add_size(struct needs *needs, const char *path, unsigned depth, unsigned *looked_at,
		    uint64_t *bytes)
{
	const struct texts *names;
	struct stat stat;

	if (++*looked_at > LOOKED_AT_MAX || TRY(needs_exists(needs, path, &stat)) == 0)
		return 0;
	if (S_ISREG(stat.st_mode))
		*bytes += (uint64_t)stat.st_size;
	if (!S_ISDIR(stat.st_mode) || depth == DEPTH_MAX)
		return 0;
	TRY(needs_names(needs, path, &names));
	for (size_t i = 0; i < names->count; i++) {
		const char *below = path_join(needs->sysroot->arena, path, names->items[i]);

		if (!below)
			return -ENOMEM;
		TRY(add_size(needs, below, depth + 1, looked_at, bytes));
	}
	return 0;
}

static int size_of(const struct telling *telling, const struct left_out *out, uint64_t *bytes)
{
	unsigned looked_at = 0;

	*bytes = out->bytes;
	if (out->bytes > 0)
		return 0;
	if (out->dragged.count > 0)
		return weight_of_all(telling->found, &out->dragged, bytes);
	assert(out->files.items || out->files.count == 0);
	for (size_t i = 0; i < out->files.count; i++)
		TRY(add_size(telling->found->needs, out->files.items[i], 0, &looked_at, bytes));
	return 0;
}

/* Tells that WHAT of NEED was left out, and which options bring it. */
static int tell(const struct telling *telling, struct left_out *out, const struct need_rule *rule,
		const char *what)
{
	CLEANUP(buffer) struct buffer text = { 0 };
	const struct sysroot *sysroot = telling->found->resolver->sysroot;
	const char *subject = find_subject(telling->found);
	bool heavy = out->dragged.count > 0;
	uint64_t bytes;

	out->files.count = texts_sort_once(out->files.items, out->files.count);
	if (out->files.count == 0)
		return 0;
	TRY(size_of(telling, out, &bytes));
	buffer_printf(&text, "left out %s (", what);
	advice_add_count(&text, out->files.count,
			 out->bytes > 0					       ? "tree"
			 : out == &telling->shared || out == &telling->modules ? "path"
									       : "file");
	buffer_add_string(&text, ", ");
	buffer_add_size(&text, bytes);
	buffer_printf(&text, "%s); to bring it:", heavy ? " with what nothing else needs" : "");
	TRY(advice_add_paths(sysroot->arena, &text, &out->paths));
	if (heavy || out->bytes > 0)
		buffer_printf(&text, ", or --with %s for all", rule->name);
	if (out == &telling->modules)
		buffer_add_string(&text, ", or --with dist-packages for all");
	TRY(buffer_error(&text));
	diag_warning(sysroot->diag, subject ? subject : rule->name, "%s", text.bytes);
	return 0;
}

/* What is imported is not soft, but for what nobody is said to need. */
static bool tells(const struct need_rule *rule)
{
	return rule->soft || rule == &need_rule_imports;
}

int left_out_tell(struct follower *found, const struct root *inside)
{
	struct telling telling = { .found = found, .inside = inside };
	size_t count;
	struct need *const *needs = needs_list(found->needs, &count);

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; tells(needs[i]->rule) && j < needs[i]->n_items; j++)
			TRY(add_item(&telling, needs[i], &needs[i]->items[j]));
	TRY(drop_traced(found, &telling.private.files));
	TRY(drop_traced(found, &telling.private.paths));
	TRY(tell(&telling, &telling.heavy, &need_rule_data, "what is heavy"));
	TRY(tell(&telling, &telling.trees, &need_rule_data, "what is read of other packages"));
	TRY(tell(&telling, &telling.starters, &need_rule_data, "what starts some of its scripts"));
	TRY(tell(&telling, &telling.helpers, &need_rule_started, "what it may start"));
	TRY(tell(&telling, &telling.commands, &need_rule_commands, "what its scripts run"));
	TRY(tell(&telling, &telling.libraries, &need_rule_ffi, "what its scripts open"));
	TRY(tell(&telling, &telling.modules, &need_rule_imports,
		 "modules that its package does not depend on"));
	TRY(tell(&telling, &telling.shared, &need_rule_data, "what it names of others"));
	return tell(&telling, &telling.private, &need_rule_data, "what is private");
}
