/* SPDX-License-Identifier: Apache-2.0 */
/* What the strings of an object name, read once for all that ask. */
#include "base/error.h"
#include "base/hash.h"
#include "base/path.h"
#include "needs/joined_paths.h"
#include "needs/make.h"
#include "needs/pattern.h"

#include <errno.h>
#include <string.h>

enum {
	JOINED_TEXTS_MAX = 4096, /* of one object */
	MOVES_MAX = 8,
};

/* A prefix that was to be when the object was built, and where that stands. */
struct move {
	const char *from;
	const char *to;
};

struct moves {
	const char *home; /* the directory that the object is in */
	size_t count;
	struct move list[MOVES_MAX];
};

/* The strings of an object that may be paths: rules ask for them again and again. */
struct paths_of {
	UT_hash_handle hh;
	const struct elf_object *elf;
	struct texts texts;
};

/* The paths of an object that are being read. */
struct reading_paths {
	struct needs *needs;
	struct paths_of *paths;
	struct arena *scratch;
	struct texts joined; /* texts that begin with one, if the object has such */
};

static int keep_path(void *data, const char *string)
{
	struct reading_paths *reading = data;
	struct arena *arena = reading->needs->sysroot->arena;

	return texts_add(arena, &reading->paths->texts, arena_strdup(arena, string));
}

static int keep_joined(void *data, const char *text)
{
	struct reading_paths *reading = data;

	if (reading->joined.count >= JOINED_TEXTS_MAX)
		return 0;
	return texts_add(reading->scratch, &reading->joined, arena_strdup(reading->scratch, text));
}

/* Whether TEXT is a path as a whole: what is composed does not say where a file was to be. */
static bool is_plain_path(const char *text)
{
	size_t length = strlen(text);

	return text[0] == '/' && length > 1 && text[length - 1] != '/' &&
	       !text[strcspn(text, " \n\t\"'<>|;,=:%$*")];
}

/* How much of the ends of both paths is the same, in whole components. */
static size_t common_end(const char *left, const char *right)
{
	size_t left_length = strlen(left);
	size_t right_length = strlen(right);
	size_t same = 0;

	for (size_t n = 1; n <= left_length && n <= right_length; n++) {
		if (left[left_length - n] != right[right_length - n])
			break;
		if (left[left_length - n] == '/')
			same = n;
	}
	return same;
}

/*
 * TEXT may be where the object's directory was to be: then what was beside that is beside this one,
 * and programs find it so (make_relative_path of PostgreSQL).
 */
static int note_move(struct arena *arena, struct moves *moves, const char *text)
{
	size_t same = is_plain_path(text) ? common_end(text, moves->home) : 0;
	struct move move;

	if (same == 0 || same == strlen(text) || same == strlen(moves->home))
		return 0;
	move.from = arena_strndup(arena, text, strlen(text) - same);
	move.to = arena_strndup(arena, moves->home, strlen(moves->home) - same);
	if (!move.from || !move.to)
		return -ENOMEM;
	for (size_t i = 0; i < moves->count; i++)
		if (strcmp(moves->list[i].from, move.from) == 0)
			return 0;
	/* What is below /usr is where the distribution has put it. */
	if (strcmp(move.to, "/usr") != 0)
		moves->list[moves->count++] = move;
	return 0;
}

/* Keeps where TEXT leads to after MOVE, if what is constant of it is there. */
static int keep_moved(struct reading_paths *reading, const struct move *move, const char *text)
{
	struct arena *arena = reading->needs->sysroot->arena;
	size_t length = strlen(move->from);
	size_t constant;
	char *moved;
	char *there;

	if (strncmp(text, move->from, length) != 0 || text[length] != '/')
		return 0;
	moved = arena_printf(arena, "%s%s", move->to, text + length);
	if (!moved)
		return -ENOMEM;
	constant = strcspn(moved, " \n\"':%$*");
	while (moved[constant] && constant > 1 && moved[constant - 1] != '/')
		constant--;
	there = arena_strndup(arena, moved, constant);
	if (!there)
		return -ENOMEM;
	return TRY(needs_exists(reading->needs, there, NULL)) ? keep_path(reading, moved) : 0;
}

/* The paths of an object whose tree was moved, as they are now. */
static int add_moved(struct reading_paths *reading, const char *path)
{
	struct needs *needs = reading->needs;
	struct arena *arena = needs->sysroot->arena;
	struct texts *texts = &reading->paths->texts;
	size_t count = texts->count;
	struct moves moves = { 0 };
	struct stat stat;
	char *canonical;

	if (TRY(needs_resolve(needs, path, &stat, &canonical)) == 0)
		return 0;
	moves.home = path_dirname(arena, canonical);
	if (!moves.home)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		if (strcmp(texts->items[i], moves.home) == 0)
			return 0;
	for (size_t i = 0; i < count && moves.count < MOVES_MAX; i++)
		TRY(note_move(arena, &moves, texts->items[i]));
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < moves.count; j++)
			TRY(keep_moved(reading, &moves.list[j], texts->items[i]));
	return 0;
}

static int read_paths(struct needs *needs, const struct elf_object *elf, struct paths_of *paths)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	struct reading_paths reading = { .needs = needs, .paths = paths, .scratch = scratch };
	bool joined = false;
	int r;

	if (!scratch)
		return -ENOMEM;
	r = facts_visit_paths(needs->sysroot->root, elf, keep_path, keep_joined, &joined, &reading);
	if (r < 0)
		return diag_errno(needs->sysroot->diag, -r, elf->path);
	for (size_t i = 0; joined && i < reading.joined.count; i++)
		TRY(joined_path_find(needs, reading.joined.items[i], keep_path, &reading));
	return add_moved(&reading, elf->path);
}

static int get_paths(struct needs *needs, const struct elf_object *elf, const struct texts **out)
{
	struct paths_of *known;

	HASH_FIND_PTR(needs->paths, &elf, known);
	if (!known) {
		known = arena_alloc(needs->sysroot->arena, sizeof(*known));
		if (!known)
			return -ENOMEM;
		known->elf = elf;
		TRY(read_paths(needs, elf, known));
		HASH_ADD_PTR(needs->paths, elf, known);
		if (!HASH_HAS(known))
			return -ENOMEM;
	}
	*out = &known->texts;
	return 0;
}

int needs_visit_paths(struct needs *needs, const struct closure_object *object,
		      facts_string_fn *visit, void *data)
{
	const struct texts *texts;
	int r = get_paths(needs, object->loaded.elf, &texts);

	for (size_t i = 0; r == 0 && i < texts->count; i++)
		r = visit(data, texts->items[i]);
	return r;
}

struct matches {
	struct needs *needs;
	const char *pattern;
	facts_string_fn *visit;
	void *data;
};

static int visit_match(void *data, const char *string)
{
	const struct matches *matches = data;
	struct pattern_match match;
	const char *capture;

	if (!pattern_matches(matches->pattern, string, &match) || match.count == 0)
		return 0;
	capture = arena_strndup(matches->needs->sysroot->arena, match.start[0], match.length[0]);
	return capture ? matches->visit(matches->data, capture) : -ENOMEM;
}

int needs_visit_matches(struct needs *needs, const struct closure_object *object,
			const char *pattern, facts_string_fn *visit, void *data)
{
	struct matches matches = { needs, pattern, visit, data };

	return needs_visit_paths(needs, object, visit_match, &matches);
}

void needs_forget_paths(struct needs *needs)
{
	HASH_CLEAR(hh, needs->paths);
}
