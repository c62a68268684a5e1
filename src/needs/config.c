/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/config.h"
#include "base/error.h"
#include "base/path.h"
#include "needs/config_private.h"
#include "needs/executables.h"
#include "needs/own_paths.h"
#include "needs/people.h"
#include "needs/private.h"
#include "needs/scripts.h"
#include "needs/state_places.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

void config_forget(struct needs *needs)
{
	if (!needs || !needs->config)
		return;
	HASH_CLEAR(hh, needs->config->given);
	HASH_CLEAR(hh, needs->config->seen);
}

static int add_item(struct config_work *work, const struct need_item *template)
{
	struct need_item item = *template;

	item.why = work->why;
	return need_add(work->needs, work->need, &item);
}

/* Files that only the user may bring are reported, each once. */
static int refuse(struct config_work *work, const char *path, const char *reason)
{
	return add_item(work, &(struct need_item){
				      .kind = NEED_PATH,
				      .path = path,
				      .refused = reason,
				      .private = true,
			      });
}

/* Directories of data that are everybody's, and that a configuration names as its own even so. */
static bool is_common_data(const char *path)
{
	static const char *const names[] = { "fonts",  "icons",	   "dict",     "sounds",
					     "themes", "zoneinfo", "terminfo", "misc" };
	const char *name = path_basename(path);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return strchr(path + 1, '/') != NULL;
	return false;
}

/* Whether what was handed over stands in DIRECTORY. */
static bool holds_given(const struct needs *needs, const char *directory)
{
	for (size_t i = 0; i < needs->options.n_given; i++)
		if (path_is_below(needs->options.given[i], directory))
			return true;
	return false;
}

static int take_file(struct config_work *work, const char *path, const struct config_word *word);

/* What was handed over is read; what a link among it leads to comes too, if it was not. */
static int queue_given(struct config_work *work, struct config_given *given)
{
	const struct config_word word = { .kind = CONFIG_WORD_PATH };
	struct stat stat;
	char *canonical;

	given->queued = true;
	TRY(config_queue(work, given->file.path, given->file.dest, work->depth + 1));
	if (strcmp(given->file.path, given->file.dest) != 0 ||
	    TRY(needs_resolve(work->needs, given->file.path, &stat, &canonical)) == 0 ||
	    strcmp(canonical, given->file.path) == 0 ||
	    config_find_given(work->config, canonical) || !S_ISREG(stat.st_mode))
		return 0;
	work->why = arena_printf(work->needs->sysroot->arena, "%s leads there", given->file.dest);
	return work->why ? take_file(work, canonical, &word) : -ENOMEM;
}

/* What in the directory PATH is further configuration. */
static int include_directory(struct config_work *work, const char *path,
			     const struct config_word *word)
{
	struct arena *arena = work->needs->sysroot->arena;
	struct config_given *given;
	struct config_given *next;
	const struct texts *names;

	if (work->config->n_globs++ >= CONFIG_GLOBS_MAX)
		return 0;
	HASH_ITER(hh, work->config->given, given, next)
		if (path_is_below(given->file.dest, path) &&
		    !strchr(given->file.dest + strlen(path) + 1, '/'))
			TRY(queue_given(work, given));
	TRY(needs_names(work->needs, path, &names));
	for (size_t i = 0; i < names->count; i++) {
		const char *name = path_join(arena, path, names->items[i]);
		struct stat stat;

		if (!name)
			return -ENOMEM;
		if (TRY(needs_exists(work->needs, name, &stat)) > 0 && S_ISREG(stat.st_mode) &&
		    !config_is_dormant(name))
			TRY(take_file(work, name, word));
	}
	return 0;
}

/* Whether plugins are in the directory PATH: they come by their names, one by one. */
static int has_plugins(struct config_work *work, const char *path)
{
	const struct texts *names;

	TRY(needs_names(work->needs, path, &names));
	for (size_t i = 0; i < names->count; i++)
		if (strstr(names->items[i], ".so"))
			return 1;
	return 0;
}

/* All in a directory of data. */
static int add_tree(struct config_work *work, const char *path)
{
	size_t first = work->need->n_items;
	size_t kept = first;

	TRY(need_add_tree(work->needs, work->need, path, NULL));
	for (size_t i = first; i < work->need->n_items; i++) {
		struct need_item item = work->need->items[i];
		const char *reason;
		struct stat stat;

		if (TRY(needs_is_private(work->needs, item.path, false, &reason)) > 0) {
			if (needs_exists(work->needs, item.path, &stat) > 0 &&
			    S_ISDIR(stat.st_mode))
				continue;
			item.private = true;
			item.refused = reason;
		}
		item.why = work->why;
		work->need->items[kept++] = item;
	}
	work->need->n_items = kept;
	return 0;
}

static int take_directory(struct config_work *work, const char *path,
			  const struct config_word *word)
{
	const struct sysroot *sysroot = work->needs->sysroot;
	const char *reason;

	if (!own_path_is_shared(path) && work->config->bases.count < CONFIG_BASES_MAX)
		TRY(texts_add_once(sysroot->arena, &work->config->bases, path));
	if (word->included)
		return include_directory(work, path, word);
	if (TRY(places_add(work->needs, work->need, path)) > 0 ||
	    (own_path_is_shared(path) && !is_common_data(path)) || holds_given(work->needs, path) ||
	    needs_is_given(work->needs, path))
		return 0;
	if (TRY(needs_is_private(work->needs, path, false, &reason)) > 0)
		return refuse(work, path, reason);
	return TRY(has_plugins(work, path)) > 0 ? 0 : add_tree(work, path);
}

/* Whether the file at PATH is further configuration. */
static bool is_configuration(const char *path, const struct config_word *word,
			     const struct stat *stat)
{
	if (strstr(path_basename(path), ".so") || config_is_document(path))
		return false;
	return word->included || (config_is_name(path) && !(stat->st_mode & 0111));
}

static int take_file(struct config_work *work, const char *path, const struct config_word *word)
{
	struct config_given *given = config_find_given(work->config, path);
	const char *reason;
	struct stat stat;

	if (given)
		return word->included || config_is_name(path) ? queue_given(work, given) : 0;
	if (TRY(needs_exists(work->needs, path, &stat)) == 0 || needs_is_given(work->needs, path))
		return 0;
	if (TRY(needs_is_private(work->needs, path, false, &reason)) > 0)
		return places_is_written(path) ? places_add_parent(work->needs, work->need, path)
					       : refuse(work, path, reason);
	TRY(add_item(work, &(struct need_item){ .kind = NEED_PATH, .path = path }));
	return is_configuration(path, word, &stat) ? config_queue(work, path, path, work->depth + 1)
						   : 0;
}

/* A directory that the root has not either, for what is to be written into it. */
static int make_parent(struct config_work *work, const char *path)
{
	const struct needs *needs = work->needs;
	struct need_item item = { .mode = 0755, .why = work->why };
	const char *parent = path_dirname(needs->sysroot->arena, path);

	if (!parent)
		return -ENOMEM;
	item.path = parent;
	item.owner = work->config->user ? work->config->user : needs->options.user;
	item.group = item.owner;
	return places_make(work->needs, work->need, &item);
}

/* A path without globs, as the root and what was handed over have it. */
static int take_path(struct config_work *work, const char *path, const struct config_word *word)
{
	struct stat stat;
	struct config_given *given;

	path = path_normalize(work->needs->sysroot->arena, "/", path);
	if (!path)
		return -ENOMEM;
	if (path_is_kernel(path) || own_path_is_of_machine(path))
		return 0;
	given = config_find_given(work->config, path);
	if (given)
		return word->cut ? 0 : take_file(work, path, word);
	if (TRY(needs_exists(work->needs, path, &stat)) == 0)
		return word->cut || word->included ? 0 : make_parent(work, path);
	if (S_ISDIR(stat.st_mode))
		return word->cut ? TRY(places_add(work->needs, work->need, path)),
		       0	 : take_directory(work, path, word);
	return word->cut || !S_ISREG(stat.st_mode) ? 0 : take_file(work, path, word);
}

/* What GLOB, absolute, matches. */
static int take_glob(struct config_work *work, const char *glob, const struct config_word *word)
{
	struct need matched = { .sign = work->why, .rule = &need_rule_config };
	struct config_given *given;
	struct config_given *next;

	if (work->config->n_globs++ >= CONFIG_GLOBS_MAX)
		return 0;
	HASH_ITER(hh, work->config->given, given, next)
		if (fnmatch(glob, given->file.dest, FNM_PATHNAME | FNM_PERIOD) == 0)
			TRY(take_file(work, given->file.dest, word));
	TRY(need_add_paths(work->needs, &matched, glob, NULL));
	for (size_t i = 0; i < matched.n_items; i++)
		if (!matched.items[i].tree)
			TRY(take_path(work, matched.items[i].path, word));
	return 0;
}

static int take_absolute(struct config_work *work, const char *path, const struct config_word *word)
{
	return word->glob ? take_glob(work, path, word) : take_path(work, path, word);
}

/* Whether the name of WORD is in DIRECTORY, where it is taken then: 1, 0, -errno. */
static int try_directory(struct config_work *work, const char *directory,
			 const struct config_word *word)
{
	struct arena *arena = work->needs->sysroot->arena;
	struct stat stat;
	const char *path;

	if (word->kind == CONFIG_WORD_MODULE) {
		TRY(config_find_module(work, directory, word->text, &path));
		return path ? TRY(take_path(work, path, word)), 1 : 0;
	}
	path = path_normalize(arena, directory, word->text);
	if (!path)
		return -ENOMEM;
	if (!config_find_given(work->config, path) && !word->glob &&
	    (TRY(config_has(work, directory, word->text)) == 0 ||
	     TRY(needs_exists(work->needs, path, &stat)) == 0))
		return 0;
	if (word->glob) {
		size_t n_items = work->need->n_items;
		size_t n_sources = work->config->sources.count;

		TRY(take_glob(work, path, word));
		return work->need->n_items > n_items || work->config->sources.count > n_sources;
	}
	return TRY(take_path(work, path, word)), 1;
}

static int try_directories(struct config_work *work, const struct texts *directories,
			   const struct config_word *word)
{
	for (size_t i = 0; i < directories->count; i++)
		if (TRY(try_directory(work, directories->items[i], word)) > 0)
			return 1;
	return 0;
}

/* A name: of something beside the configuration, or for the directories of the program. */
static int take_name(struct config_work *work, const struct config_word *word)
{
	struct arena *arena = work->needs->sysroot->arena;
	struct config_pending *pending;

	if (word->kind == CONFIG_WORD_RELATIVE &&
	    TRY(try_directory(work, work->source->directory, word)) > 0)
		return 0;
	if (work->config->pending.count >= CONFIG_PENDING_MAX)
		return 0;
	pending = TABLE_ADD(arena, &work->config->pending);
	if (!pending)
		return -ENOMEM;
	*pending = (struct config_pending){
		.kind = word->kind,
		.text = arena_strdup(arena, word->text),
		.why = work->why,
		.included = word->included,
		.glob = word->glob,
		.depth = work->depth,
	};
	return pending->text ? 0 : -ENOMEM;
}

static int take_account(struct config_work *work, const struct config_word *word)
{
	size_t before = work->need->n_items;

	TRY(people_add(work->needs, work->need, word->text));
	if (work->need->n_items > before && !work->config->user &&
	    work->need->items[before].kind == NEED_ACCOUNT)
		work->config->user = work->need->items[before].path;
	return 0;
}

/* A program that is looked up in a search path. */
static int take_command(struct config_work *work, const struct config_word *word)
{
	const char *path;

	return TRY(executables_find(work->needs, word->text, &path)) > 0
		       ? take_file(work, path, word)
		       : 0;
}

static int take_word(void *data, const struct config_word *word)
{
	struct config_work *work = data;

	work->why = arena_printf(work->needs->sysroot->arena, "named in %s, line %u",
				 work->source->dest, word->line);
	if (!work->why)
		return -ENOMEM;
	switch (word->kind) {
	case CONFIG_WORD_PATH:
		return take_absolute(work, word->text, word);
	case CONFIG_WORD_USER:
	case CONFIG_WORD_GROUP:
		return take_account(work, word);
	case CONFIG_WORD_COMMAND:
		return take_command(work, word);
	default:
		/* An absolute one came as a path. */
		return word->text[0] == '/' ? 0 : take_name(work, word);
	}
}

static int read_source(struct config_work *work, const struct config_source *source)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	const struct sysroot *sysroot = work->needs->sysroot;
	size_t size = 0;
	char *text;
	int r = scratch ? root_open(sysroot->root, source->path, &file) : -ENOMEM;

	if (r < 0)
		return needs_absent(work->needs, source->path, r);
	if (!S_ISREG(file.stat.st_mode) || work->config->n_bytes >= CONFIG_BYTES_MAX)
		return 0;
	r = root_file_read(&file, scratch, CONFIG_SIZE_MAX, &text, &size);
	if (r == -EFBIG) {
		diag_note(sysroot->diag, source->path, "is too long to be configuration");
		return 0;
	}
	if (r < 0)
		return needs_absent(work->needs, source->path, r);
	work->config->n_bytes += size;
	/* A script is read as such. */
	if (size > 1 && memcmp(text, "#!", 2) == 0)
		return 0;
	work->source = source;
	work->depth = source->depth;
	r = config_words_read(text, size, take_word, work);
	work->source = NULL;
	return r < 0 ? r : 0;
}

static int read_sources(struct config_work *work)
{
	while (work->config->n_read < work->config->sources.count) {
		/* The table may move while it is read. */
		const struct config_source source =
			work->config->sources.items[work->config->n_read++];

		TRY(read_source(work, &source));
	}
	return 0;
}

/* "modules/x.so" is relative to the prefix of a program whose strings name its "modules". */
static int try_parents(struct config_work *work, const struct config_word *word)
{
	for (size_t i = 0; i < work->places.count && strchr(word->text, '/'); i++) {
		const char *parent =
			path_dirname(work->needs->sysroot->arena, work->places.items[i]);

		if (!parent)
			return -ENOMEM;
		if (TRY(try_directory(work, parent, word)) > 0)
			return 1;
	}
	return 0;
}

static int try_pending(struct config_work *work)
{
	/* What is found may be configuration that has names of its own: those come later. */
	for (size_t i = 0; i < work->config->pending.count; i++) {
		struct config_pending pending = work->config->pending.items[i];
		const struct config_word word = {
			.kind = pending.kind,
			.text = pending.text,
			.included = pending.included,
			.glob = pending.glob,
		};
		bool found;

		if (pending.found)
			continue;
		work->why = pending.why;
		work->depth = pending.depth;
		found = TRY(try_directories(work, &work->config->bases, &word)) > 0;
		/* A word that is like a file's name is one of the program's only where it has to be
		 * a file's. */
		if (!found && (pending.included || pending.kind == CONFIG_WORD_MODULE))
			found = TRY(try_directories(work, &work->places, &word)) > 0;
		if (!found && pending.kind == CONFIG_WORD_MODULE)
			found = TRY(try_parents(work, &word)) > 0;
		work->config->pending.items[i].found = found;
	}
	return 0;
}

/* Has all read that is configuration at first sight. */
static int queue_first(struct config_work *work)
{
	struct config_given *given;
	struct config_given *next;

	HASH_ITER(hh, work->config->given, given, next)
		if (!given->queued && given->configuration) {
			work->depth = 0;
			TRY(queue_given(work, given));
		}
	return 0;
}

static int compare_given(const struct config_given *left, const struct config_given *right)
{
	return strcmp(left->file.dest, right->file.dest);
}

/* Whether a need has brought PATH: as a module, say, that another script imports. */
static bool is_brought(const struct needs *needs, const char *path)
{
	for (size_t i = 0; i < needs->count; i++)
		for (size_t j = 0; j < needs->items[i]->n_items; j++)
			if (needs->items[i]->rule == &need_rule_imports &&
			    strcmp(needs->items[i]->items[j].path, path) == 0)
				return true;
	return false;
}

/* Whether GIVEN is started by itself: its interpreter has it then. */
static int is_started(struct needs *needs, const struct config_given *given)
{
	struct stat stat;

	return TRY(needs_exists(needs, given->file.path, &stat)) == 0 || !S_ISREG(stat.st_mode) ||
	       (stat.st_mode & 0111);
}

/* Scripts that were handed over, and that the program is to be told of. */
static int look_scripts(struct needs *needs, size_t program, const struct closure *process)
{
	struct config *config = needs->config;

	for (size_t i = 0; i < config->scripts.count; i++) {
		struct config_given *given = config->scripts.items[i];
		const struct needs_script script = {
			.program = program,
			.process = process,
			.path = given->file.path,
			.in_place = strcmp(given->file.path, given->file.dest) == 0,
		};

		if (given->looked_at)
			continue;
		given->looked_at = is_brought(needs, given->file.path) ||
				   TRY(is_started(needs, given)) ||
				   TRY(needs_look_source(needs, &script)) > 0;
	}
	return 0;
}

int config_look(struct needs *needs, size_t program, const struct closure *process)
{
	struct need need = {
		.rule = &need_rule_config,
		.name = need_rule_config.name,
		.program = program,
		.process = process,
		.object = process->n_objects > 0 ? process->objects[0] : NULL,
		.followed = true,
		.requested = needs_find_request(needs, need_rule_config.name) != NULL,
		.sign = "the configuration that is added names it",
	};
	struct config_work work = { .needs = needs, .config = needs->config, .need = &need };
	struct need *kept;

	if (!needs->config || !need.object || closure_is_missing(need.object) ||
	    !needs_wants(needs, &need_rule_config))
		return 0;
	if (needs->config->sources.count == 0) {
		HASH_SORT(needs->config->given, compare_given);
		TRY(queue_first(&work));
	}
	TRY(look_scripts(needs, program, process));
	TRY(read_sources(&work));
	if (needs->config->pending.count > 0)
		TRY(config_find_places(&work, process));
	while (needs->config->pending.count > 0) {
		size_t n_pending = needs->config->pending.count;
		size_t n_bases = needs->config->bases.count;

		TRY(try_pending(&work));
		TRY(read_sources(&work));
		if (needs->config->pending.count == n_pending &&
		    needs->config->bases.count == n_bases)
			break;
	}
	return need.n_items > 0 ? needs_put(needs, &need, &kept) : 0;
}
