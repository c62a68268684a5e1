/* SPDX-License-Identifier: Apache-2.0 */
/* The files and directories that stand in the strings of a program, a library or a plugin. */
#include "base/error.h"
#include "base/path.h"
#include "needs/belongs_private.h"
#include "needs/own_paths.h"
#include "needs/path_strings.h"

#include <errno.h>
#include <string.h>

enum {
	/* Of one object; what has more is a table of paths, such as a file manager's. */
	CANDIDATES_MAX = 2048,
};

/* Someone who reads the strings of a subject. */
struct strings_reading {
	struct needs *needs;
	struct subject *subject;
	const char *origin; /* the directory that its file stands in */
	const char *prefix;
	const char *called; /* "x" of /usr/bin/x and of libx.so.1 */
};

/* Where nothing of a program's own is, whatever a string says. */
static bool is_elsewhere(const char *path)
{
	static const char *const places[] = { "/tmp",  "/var/tmp", "/run",   "/var/run",
					      "/boot", "/mnt",	   "/media", "/build" };

	if (path_is_kernel(path) || own_path_is_of_machine(path))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (path_is_below(path, places[i]))
			return true;
	return false;
}

/* Whether PATH is everybody's, and not right below a prefix of the subject's own. */
static bool is_shared(const struct strings_reading *reading, const char *path)
{
	size_t length = strlen(reading->prefix);

	return own_path_is_shared(path) && (own_path_is_shared(reading->prefix) ||
					    strncmp(path, reading->prefix, length) != 0 ||
					    path[length] != '/' || strchr(path + length + 1, '/'));
}

static int add_candidate(struct strings_reading *reading, const char *path, bool cut, bool by_name)
{
	struct needs *needs = reading->needs;
	struct arena *arena = needs->sysroot->arena;
	struct candidate *candidate;
	struct stat stat;
	char *canonical;

	if (is_elsewhere(path) || is_shared(reading, path))
		return 0;
	HASH_FIND_STR(reading->subject->candidates, path, candidate);
	if (candidate) {
		candidate->by_name = candidate->by_name && by_name;
		return 0;
	}
	if (HASH_COUNT(reading->subject->candidates) >= CANDIDATES_MAX) {
		reading->subject->n_beyond++;
		return 0;
	}
	if (TRY(needs_resolve(needs, path, &stat, &canonical)) == 0)
		return 0;
	if ((!S_ISDIR(stat.st_mode) && (cut || !S_ISREG(stat.st_mode))) ||
	    is_elsewhere(canonical) || is_shared(reading, canonical))
		return 0;
	candidate = arena_alloc(arena, sizeof(*candidate));
	if (!candidate)
		return -ENOMEM;
	candidate->path = arena_strdup(arena, path);
	candidate->canonical = canonical;
	candidate->directory = S_ISDIR(stat.st_mode);
	candidate->by_name = by_name;
	if (!candidate->path)
		return -ENOMEM;
	HASH_ADD_KEYPTR(hh, reading->subject->candidates, candidate->path, strlen(candidate->path),
			candidate);
	return HASH_HAS(candidate) ? 0 : -ENOMEM;
}

/* "/etc" and "x" may be two strings of one path. */
static int add_own_of_shared(struct strings_reading *reading, const char *path)
{
	const char *own;

	if (!own_path_is_shared(path))
		return 0;
	own = path_join(reading->needs->sysroot->arena, path, reading->called);
	return own ? add_candidate(reading, own, true, true) : -ENOMEM;
}

static int add_path_string(void *data, const struct path_string *string)
{
	struct strings_reading *reading = data;
	struct arena *arena = reading->needs->sysroot->arena;
	const char *base = string->kind == PATH_STRING_ORIGIN ? reading->origin : reading->prefix;
	const char *path = string->path;

	if (string->kind != PATH_STRING_ABSOLUTE)
		path = path_normalize(arena, base, string->path);
	if (!path)
		return -ENOMEM;
	TRY(add_own_of_shared(reading, path));
	return add_candidate(reading, path, string->cut, false);
}

static int add_string(void *data, const char *text)
{
	return path_strings_visit(text, add_path_string, data);
}

int subject_strings_read(struct needs *needs, struct subject *subject)
{
	struct arena *arena = needs->sysroot->arena;
	const struct owner *owner = &subject->owner;
	struct strings_reading reading = {
		.needs = needs,
		.subject = subject,
		.origin = path_dirname(arena, owner->path),
		.prefix = own_path_prefix(arena, owner->path),
		.called = own_path_called(arena, owner->path),
	};

	if (!reading.origin || !reading.prefix || !reading.called)
		return -ENOMEM;
	return needs_visit_paths(needs, subject->who.object, add_string, &reading);
}

/* What a user's FILE names is told to them; of libraries, to who asks. */
void subject_strings_tell(const struct needs *needs, const struct subject *subject)
{
	if (subject->n_beyond > 0)
		(subject->who.asked ? diag_warning : diag_note)(
			needs->sysroot->diag, subject->owner.called,
			"left out what it names beyond %d paths (%u strings, not looked at); to "
			"bring it: -a, or --trace for what a run needs of it",
			CANDIDATES_MAX, subject->n_beyond);
}
