/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/fix.h"
#include "base/path.h"
#include "harvest/lookups_options.h"
#include "harvest/prove_tell.h"

#include <errno.h>
#include <string.h>

enum { WHOLE_FROM = 3 }; /* rounds */

/* Each message once in all rounds, but for errors. */
static void say_once(void *data, enum mkrootfs_level level, const char *subject,
		     const char *message, const char *hint)
{
	struct fix *fix = data;

	if (level != MKROOTFS_ERROR &&
	    seen_add(&fix->told, subject ? subject : "", message) == SEEN_KNOWN)
		return;
	if (fix->log)
		fix->log(fix->log_data, level, subject, message, hint);
}

int fix_open(struct fix *fix, const struct mkrootfs_plan *plan)
{
	*fix = (struct fix){ .log = plan->log, .log_data = plan->log_data };
	TRY(plan_freeze(plan, &fix->plan));
	if (plan->run.fix)
		mkrootfs_plan_log(fix->plan, say_once, fix);
	return 0;
}

void fix_close(struct fix *fix)
{
	mkrootfs_plan_free(fix->plan);
	fix->plan = NULL;
	seen_reset(&fix->told);
}

static bool was_brought(const struct fix *fix, const struct lookup *lookup)
{
	for (size_t i = 0; i < fix->brought.all.count; i++)
		if (strcmp(fix->brought.all.items[i].path, lookup->path) == 0)
			return true;
	return false;
}

/* Whether the need that LOOKUP is of comes as a whole already. */
static bool is_requested(const struct fix *fix, const struct lookup *lookup)
{
	const struct need_request *requests = fix->plan->with.items;

	for (size_t i = 0; i < fix->plan->with.count; i++)
		if (strcmp(requests[i].name, lookup->need) == 0)
			return true;
	return false;
}

/* A directory that its user is to write in. */
static int add_place(struct mkrootfs_plan *plan, const char *path)
{
	const struct account *user = plan->user;
	struct plan_directory *place = plan_list_add(plan, &plan->run.made, sizeof(*place));

	if (!place)
		return -ENOMEM;
	*place = (struct plan_directory){
		.path = path,
		.mode = 0755,
		.uid = user ? user->uid : (uid_t)-1,
		.gid = user ? user->gid : (gid_t)-1,
	};
	return 0;
}

/* The words of an option for accounts are those of --user. */
static int add_account(struct mkrootfs_plan *plan, const struct lookup *lookup)
{
	const char *at = lookup->option;

	while ((at = strstr(at, "--user ")) != NULL) {
		size_t length = strcspn(at += strlen("--user "), " ");
		const char *value = arena_strndup(plan->arena, at, length);

		if (!value)
			return -ENOMEM;
		TRY(mkrootfs_plan_set(plan, MKROOTFS_USER, value));
	}
	return 0;
}

static int add_lookup(struct mkrootfs_plan *plan, const struct lookup *lookup)
{
	struct plan_brought *brought;

	if (lookup->kind == LOOKUP_ACCOUNT)
		return add_account(plan, lookup);
	if (lookup->whole)
		return mkrootfs_plan_set(plan, MKROOTFS_WITH, lookup->need);
	if (lookup->kind == LOOKUP_PLACE)
		return add_place(plan, lookup->path);
	/* What was beside a FILE that moved has two places, as --add has. */
	if (lookup->source) {
		struct plan_file *file = plan_list_add(plan, &plan->adds, sizeof(*file));

		if (!file)
			return -ENOMEM;
		*file = (struct plan_file){ lookup->source, lookup->path };
		return 0;
	}
	brought = plan_list_add(plan, &plan->run.brought, sizeof(*brought));
	if (!brought)
		return -ENOMEM;
	*brought = (struct plan_brought){ lookup->path, lookup->kind == LOOKUP_TREE };
	return 0;
}

static int keep_text(struct arena *arena, const char **text)
{
	*text = arena_strdup(arena, *text);
	return *text ? 0 : -ENOMEM;
}

/* Makes all of LOOKUP ARENA's: it outlives the harvest that has found it. */
static int keep(struct arena *arena, struct lookup *lookup)
{
	const char **const texts[] = { &lookup->path,  &lookup->source, &lookup->need,
				       &lookup->exact, &lookup->option, &lookup->refused };
	const char **uses;
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (*texts[i])
			TRY(keep_text(arena, texts[i]));
	while (lookup->uses && lookup->uses[count])
		count++;
	uses = arena_array(arena, count + 1, sizeof(*uses));
	if (!uses)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		uses[i] = lookup->uses[i];
		TRY(keep_text(arena, &uses[i]));
	}
	lookup->uses = uses;
	return 0;
}

/* Takes LOOKUP, which may be there already: what was brought alone and did not help. */
static int extend_by(struct fix *fix, const struct lookup *lookup)
{
	bool again = was_brought(fix, lookup);
	bool whole = lookup->need && !is_requested(fix, lookup) &&
		     (again || fix->rounds >= WHOLE_FROM || lookups_are_of_gconv(lookup->path));
	struct lookup *slot;

	if (again && !whole)
		return 0;
	slot = TABLE_ADD(fix->plan->arena, &fix->brought.all);
	if (!slot)
		return -ENOMEM;
	*slot = *lookup;
	TRY(keep(fix->plan->arena, slot));
	slot->brought = true;
	/* What goes on being missed one by one comes as a whole: a standard library. */
	slot->whole = whole;
	return add_lookup(fix->plan, slot);
}

/* Adds what is new: of libc's own files, where LIBC, or all others. */
static int extend(struct fix *fix, const struct proving *proving, bool libc)
{
	const struct lookup *all = proving->lookups.all.items;

	for (size_t i = 0; i < proving->lookups.all.count; i++)
		if (!all[i].refused && (all[i].rank == LOOKUP_LIBC) == libc)
			TRY(extend_by(fix, &all[i]));
	return 0;
}

int fix_extend(struct fix *fix, const struct proving *proving)
{
	size_t before = fix->brought.all.count;
	const char *end;

	TRY(extend(fix, proving, false));
	/* What every program does without is the last to be tried. */
	if (fix->brought.all.count == before)
		TRY(extend(fix, proving, true));
	if (fix->brought.all.count == before)
		return 0;
	end = prove_end_text(fix->plan->arena, fix->plan, &proving->proof);
	if (!end)
		return -ENOMEM;
	diag_note(&fix->plan->diag, proving->program,
		  "%s in the result; --fix brings %zu paths that it missed, and tries again", end,
		  fix->brought.all.count - before);
	return 1;
}

int fix_finish(struct fix *fix, struct mkrootfs_plan *plan, struct proving *proving)
{
	mkrootfs_plan_log(plan, fix->log, fix->log_data);
	proving->report.rounds = fix->rounds;
	for (size_t i = 0; i < fix->brought.all.count; i++) {
		struct lookup *slot = TABLE_ADD(plan->arena, &proving->lookups.all);

		if (!slot)
			return -ENOMEM;
		*slot = fix->brought.all.items[i];
	}
	proving->report.lookups = proving->lookups.all.items;
	proving->report.n_lookups = proving->lookups.all.count;
	return 0;
}

/* The option for exactly what was brought: not the whole need that it is of. */
static void add_option(struct buffer *out, const struct lookup *lookup)
{
	buffer_printf(out, " %s", lookup->whole ? lookup->option : lookup->exact);
}

/* Whether the lookup at INDEX comes with a directory that was brought. */
static bool comes_otherwise(const struct fix *fix, size_t index)
{
	const struct lookup *lookup = &fix->brought.all.items[index];

	for (size_t i = 0; i < fix->brought.all.count; i++) {
		const struct lookup *other = &fix->brought.all.items[i];

		if (i != index && !lookup->whole && !other->whole && other->kind == LOOKUP_TREE &&
		    lookup->kind != LOOKUP_ACCOUNT && lookup->kind != LOOKUP_PLACE &&
		    strcmp(other->path, lookup->path) != 0 &&
		    path_is_below(lookup->path, other->path))
			return true;
	}
	return false;
}

int fix_tell(const struct fix *fix)
{
	CLEANUP(buffer) struct buffer text = { 0 };
	size_t count = fix->brought.all.count;

	if (count == 0)
		return 0;
	buffer_printf(&text,
		      "brought what the program missed (%zu path%s); options that say the same:",
		      count, count == 1 ? "" : "s");
	for (size_t i = 0; i < count; i++)
		if (!comes_otherwise(fix, i))
			add_option(&text, &fix->brought.all.items[i]);
	TRY(buffer_error(&text));
	diag_warning(&fix->plan->diag, "--fix", "%s", text.bytes);
	return 0;
}
