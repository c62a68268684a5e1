/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/lookups.h"
#include "base/path.h"
#include "harvest/lookups_accounts.h"
#include "harvest/lookups_options.h"
#include "harvest/words.h"
#include "needs/make.h"
#include "needs/own_paths.h"

#include <errno.h>
#include <string.h>

enum {
	LAST_MAX = 3,	  /* so many before the end are told as a probable cause */
	LISTED_MAX = 256, /* directories whose names are compared with those outside */
};

/* The judgement of one run. */
struct judging {
	const struct lookups_of *run;
	struct arena *arena;
	struct needs *needs;
	const struct root *inside;
	struct lookup_list *out;
};

static bool is_below_any(const char *path, const char *const *tops)
{
	for (; *tops; tops++)
		if (path_is_below(path, *tops))
			return true;
	return false;
}

/* What a runtime gives, what kernels show, and what the loader keeps for itself. */
static bool is_of_others(const struct judging *judging, const char *path)
{
	static const char *const runtime[] = { "/etc/resolv.conf", "/etc/hosts", "/etc/hostname",
					       "/etc/mtab", NULL };
	static const char *const locales[] = { "/usr/lib/locale", "/usr/share/locale",
					       "/usr/share/locale-langpack", NULL };
	static const char *const loaders[] = { "/etc/ld.so.cache", "/etc/ld.so.preload", NULL };
	/* The one locale that every program may count on. */
	static const char *const usual[] = { "/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8",
					     NULL };
	bool locale = is_below_any(path, locales) && !is_below_any(path, usual);

	return path_is_kernel(path) || strcmp(path, "/") == 0 || is_below_any(path, runtime) ||
	       is_below_any(path, loaders) || strstr(path, "/__pycache__/") ||
	       (lookups_are_of_gconv(path) && !lookups_lack_gconv(judging->needs)) ||
	       (locale && !judging->run->locales);
}

/* Whether something leads to PATH in the result: 1 or 0; -errno after a diagnostic. */
static int is_inside(const struct judging *judging, const char *path)
{
	int r = root_walk(judging->inside, judging->arena, path, true, NULL, NULL, NULL);

	if (r < 0 && root_is_absence(r))
		return 0;
	return r < 0 ? diag_errno(judging->needs->sysroot->diag, -r, path) : 1;
}

static bool is_library(const char *path)
{
	const char *dot = strstr(path_basename(path), ".so");

	return dot && (!dot[3] || dot[3] == '.');
}

/* Whether WORDS name the file or directory at PATH: by its path, its name, or that of a module. */
static bool is_named(const struct judging *judging, const char *words, const char *path)
{
	const char *name = path_basename(path);
	const char *dot = strchr(name + 1, '.');
	const char *stem;

	if (words_have(words, path) || words_have(words, name))
		return true;
	stem = dot ? arena_strndup(judging->arena, name, (size_t)(dot - name)) : NULL;
	return stem && strlen(stem) > 2 && words_have(words, stem);
}

/* What libc asks for and does without. */
static bool is_of_libc(const char *path)
{
	static const char *const files[] = { "/etc/localtime", "/etc/nsswitch.conf",
					     "/etc/gai.conf", "/etc/host.conf", NULL };

	return is_below_any(path, files);
}

/* Of one lookup alone: which are the last is known once all are. */
static enum lookup_rank rank_of(const struct judging *judging, const struct trace_file *file)
{
	const char *words = judging->run->failed ? judging->run->last_words : NULL;

	if (words && is_named(judging, words, file->path))
		return LOOKUP_NAMED;
	if (file->failed & TRACE_EXECUTED)
		return LOOKUP_PROGRAM;
	if (is_library(file->path))
		return LOOKUP_LIBRARY;
	return is_of_libc(file->path) ? LOOKUP_LIBC : LOOKUP_OTHER;
}

static const char *const *use_names(struct arena *arena, unsigned uses)
{
	static const struct {
		unsigned use;
		const char *name;
	} names[] = {
		{ TRACE_OPENED, "open" },	{ TRACE_EXECUTED, "exec" },
		{ TRACE_READLINK, "readlink" }, { TRACE_TESTED, "stat" },
		{ TRACE_LISTED, "list" },	{ TRACE_CONNECTED, "connect" },
		{ TRACE_CHANGED, "change" },
	};
	const char **out = arena_array(arena, ARRAY_SIZE(names) + 1, sizeof(*out));
	size_t count = 0;

	for (size_t i = 0; out && i < ARRAY_SIZE(names); i++)
		if (uses & names[i].use)
			out[count++] = names[i].name;
	return out;
}

/* Adds LOOKUP, unless the same file was looked for by another way to its directory. */
static int add(const struct judging *judging, const struct lookup *lookup)
{
	struct lookup *slot;

	for (size_t i = 0; i < judging->out->all.count; i++) {
		struct lookup *other = &judging->out->all.items[i];

		if (strcmp(other->path, lookup->path) != 0 || other->kind != lookup->kind)
			continue;
		if (lookup->rank < other->rank)
			other->rank = lookup->rank;
		if (lookup->last > other->last)
			other->last = lookup->last;
		return 0;
	}
	slot = TABLE_ADD(judging->arena, &judging->out->all);
	if (!slot)
		return -ENOMEM;
	*slot = *lookup;
	return 0;
}

static int add_file(const struct judging *judging, const struct trace_file *file, unsigned uses,
		    enum lookup_kind kind, const char *path, const char *source)
{
	const struct lookup lookup = {
		.path = path,
		.source = source,
		.kind = kind,
		.rank = rank_of(judging, file),
		.uses = use_names(judging->arena, uses),
		.last = file->last,
	};

	return lookup.uses ? add(judging, &lookup) : -ENOMEM;
}

/* What FILE, which is to be made, lacks: the directory that it would be in. */
static int judge_change(const struct judging *judging, const struct trace_file *file)
{
	const char *directory = path_dirname(judging->arena, file->path);
	struct stat stat;
	int there;

	if (!directory)
		return -ENOMEM;
	if (TRY(is_inside(judging, directory)))
		return 0;
	/* What is nowhere else either, a configuration may name: it is told where it may be why. */
	there = TRY(needs_exists(judging->needs, directory, &stat));
	if (!there && rank_of(judging, file) != LOOKUP_NAMED)
		return 0;
	return add_file(judging, file, file->failed, LOOKUP_PLACE, directory, NULL);
}

/* Where the program's user may not do what it tried: the directory that it would write in. */
static int judge_denied(const struct judging *judging, const struct trace_file *file)
{
	const char *path = file->path;

	if (!(file->denied & (TRACE_OPENED | TRACE_EXECUTED | TRACE_CHANGED | TRACE_LISTED)))
		return 0;
	if (file->denied & TRACE_CHANGED) {
		path = path_dirname(judging->arena, path);
		if (!path)
			return -ENOMEM;
	}
	return TRY(is_inside(judging, path))
		       ? add_file(judging, file, file->denied, LOOKUP_DENIED, path, NULL)
		       : 0;
}

/* Where the file is that stood beside a FILE before that was moved; NULL: nowhere else. */
static int find_beside(const struct judging *judging, const char *path, const char **out)
{
	const struct plan_file *moved = judging->run->moved;
	const char *to;
	const char *from;
	const char *slash;

	*out = NULL;
	if (!moved)
		return 0;
	to = path_dirname(judging->arena, moved->dest);
	from = path_dirname(judging->arena, moved->path);
	if (!to || !from)
		return -ENOMEM;
	/* "/app/bin/x" of "/opt/app/bin/x": what is below "/app" was below "/opt/app". */
	while (to[1] && from[1] && strcmp(path_basename(to), path_basename(from)) == 0) {
		to = path_dirname(judging->arena, to);
		from = path_dirname(judging->arena, from);
		if (!to || !from)
			return -ENOMEM;
	}
	if (!path_is_below(path, to))
		return 0;
	slash = to[1] ? path + strlen(to) : path;
	*out = arena_printf(judging->arena, "%s%s", from[1] ? from : "", slash);
	return *out ? 0 : -ENOMEM;
}

/* Whether PATH is outside, there or beside a FILE that was moved: 1 with *STAT, or 0. */
static int find_outside(const struct judging *judging, const char *path, const char **source,
			struct stat *stat)
{
	*source = NULL;
	if (TRY(needs_exists(judging->needs, path, stat)))
		return 1;
	TRY(find_beside(judging, path, source));
	return *source ? needs_exists(judging->needs, *source, stat) : 0;
}

/*
 * Whether the directory that FILE is outside is worth its content: its names were asked for, or it
 * is no place where programs keep what they make.
 */
static bool is_tree(const struct trace_file *file)
{
	static const char *const places[] = { "/var", "/run", "/tmp",	"/home", "/root",
					      "/srv", "/mnt", "/media", NULL };

	if (own_path_is_shared(file->path))
		return false;
	return (file->failed & (TRACE_OPENED | TRACE_LISTED)) || !is_below_any(file->path, places);
}

static int judge_failed(const struct judging *judging, const struct trace_file *file)
{
	enum lookup_kind kind = LOOKUP_FILE;
	const char *source;
	struct stat stat;

	if (file->failed & TRACE_CHANGED)
		TRY(judge_change(judging, file));
	if (!(file->failed & ~(unsigned)TRACE_CHANGED) || TRY(is_inside(judging, file->path)) ||
	    !TRY(find_outside(judging, file->path, &source, &stat)))
		return 0;
	if (S_ISDIR(stat.st_mode))
		kind = is_tree(file) ? LOOKUP_TREE : LOOKUP_PLACE;
	else if (S_ISSOCK(stat.st_mode))
		kind = LOOKUP_SOCKET;
	else if (!S_ISREG(stat.st_mode))
		return 0;
	return add_file(judging, file, file->failed, kind, file->path, source);
}

/* A directory that was listed, and the names of it outside. */
struct near_listing {
	const struct judging *judging;
	const struct trace_file *file;
	const char *source; /* as the lookup's */
};

/* Interpreters list a directory and open only what they have seen: a name in their last words. */
static int judge_name(void *data, const char *name)
{
	const struct near_listing *listing = data;
	const struct judging *judging = listing->judging;
	const char *dot = strchr(name, '.');
	const char *stem = dot ? arena_strndup(judging->arena, name, (size_t)(dot - name)) : name;
	struct lookup lookup = { .rank = LOOKUP_NAMED };
	const char *source = NULL;
	const char *path;
	struct stat stat;

	if (!stem)
		return -ENOMEM;
	if (strlen(stem) < 2 || stem[0] == '_' || !words_quote(judging->run->last_words, stem))
		return 0;
	path = path_join(judging->arena, listing->file->path, name);
	if (!path)
		return -ENOMEM;
	if (TRY(is_inside(judging, path)) || !TRY(find_outside(judging, path, &source, &stat)) ||
	    !(S_ISREG(stat.st_mode) || S_ISDIR(stat.st_mode)))
		return 0;
	lookup.path = path;
	lookup.source = source;
	lookup.kind = S_ISDIR(stat.st_mode) ? LOOKUP_TREE : LOOKUP_FILE;
	lookup.uses = use_names(judging->arena, TRACE_LISTED);
	return lookup.uses ? add(judging, &lookup) : -ENOMEM;
}

static int judge_listed(const struct judging *judging, const struct trace_file *file)
{
	struct near_listing listing = { .judging = judging, .file = file };
	struct stat stat;
	int r;

	if (!TRY(find_outside(judging, file->path, &listing.source, &stat)) ||
	    !S_ISDIR(stat.st_mode))
		return 0;
	r = root_list(judging->needs->sysroot->root, judging->arena,
		      listing.source ? listing.source : file->path, judge_name, &listing);
	return r == -ENOMEM ? r : 0;
}

static int judge_all(const struct judging *judging)
{
	const struct trace *trace = judging->run->trace;
	const char *words = judging->run->failed ? judging->run->last_words : NULL;
	unsigned n_listed = 0;

	for (size_t i = 0; i < trace->n_files; i++) {
		const struct trace_file *file = &trace->files[i];

		if (is_of_others(judging, file->path))
			continue;
		if (file->denied)
			TRY(judge_denied(judging, file));
		/* What it found or made at another time, it can do without. */
		if (file->failed && !file->found && !file->written && !file->created)
			TRY(judge_failed(judging, file));
		if (file->found && (file->uses & TRACE_LISTED) && words && *words &&
		    n_listed++ < LISTED_MAX)
			TRY(judge_listed(judging, file));
	}
	return 0;
}

static int compare_last(const void *left, const void *right)
{
	const struct lookup *one = left;
	const struct lookup *other = right;

	return (one->last < other->last) - (one->last > other->last);
}

/* By rank; in one rank, the later first. */
static int compare(const void *left, const void *right)
{
	const struct lookup *one = left;
	const struct lookup *other = right;

	if (one->rank != other->rank)
		return one->rank < other->rank ? -1 : 1;
	if (one->last != other->last)
		return one->last > other->last ? -1 : 1;
	return strcmp(one->path, other->path);
}

static void sort(struct lookup_list *list, bool failed)
{
	struct lookup *items = list->all.items;
	unsigned n_last = 0;

	if (list->all.count == 0)
		return;
	qsort(items, list->all.count, sizeof(*items), compare_last);
	for (size_t i = 0; failed && i < list->all.count && n_last < LAST_MAX; i++) {
		if (items[i].rank <= LOOKUP_LAST || items[i].rank == LOOKUP_LIBC)
			continue;
		items[i].rank = LOOKUP_LAST;
		n_last++;
	}
	qsort(items, list->all.count, sizeof(*items), compare);
}

int lookups_judge(struct arena *arena, const struct lookups_of *run, struct lookup_list *out)
{
	CLEANUP(root_close) struct root *inside = NULL;
	struct judging judging = {
		.run = run,
		.arena = arena,
		.needs = run->found->needs,
		.out = out,
	};

	*out = (struct lookup_list){ 0 };
	TRY(manifest_root(run->manifest, &inside));
	judging.inside = inside;
	TRY(judge_all(&judging));
	if (run->failed)
		TRY(lookups_find_accounts(arena, run, inside, out));
	sort(out, run->failed);
	return lookups_find_options(arena, run->found, out->all.items, out->all.count);
}
