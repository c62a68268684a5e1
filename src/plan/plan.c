/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan.h"
#include "base/error.h"
#include "base/path.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* What a plan and its frozen copies share; it goes with the last of them. */
struct plan_shared {
	unsigned n_plans;
	struct arena *arena;
	struct buffer error; /* the last one's text */
	bool failed;	     /* an error was told since plan_begin */
};

/* Keeps the last error for those who have no log function. */
static void keep_error(struct plan_shared *shared, const char *subject, const char *message)
{
	buffer_reset(&shared->error);
	if (subject)
		buffer_printf(&shared->error, "%s: ", subject);
	buffer_add_string(&shared->error, message);
	shared->failed = true;
}

/* The diagnostics of every floor become the caller's: escaped, so that each is a line. */
static void forward(void *data, enum mkrootfs_level level, const char *subject, const char *message,
		    const char *hint)
{
	CLEANUP(buffer) struct buffer escaped_subject = { 0 };
	CLEANUP(buffer) struct buffer escaped_message = { 0 };
	CLEANUP(buffer) struct buffer escaped_hint = { 0 };
	const struct mkrootfs_plan *plan = data;
	const char *text = "";

	escape_append(&escaped_subject, subject ? subject : "");
	escape_append(&escaped_message, message);
	escape_append(&escaped_hint, hint ? hint : "");
	if (escaped_message.bytes)
		text = escaped_message.bytes;
	if (buffer_error(&escaped_message) < 0)
		text = "out of memory, also for the message";
	subject = subject && !buffer_error(&escaped_subject) ? escaped_subject.bytes : NULL;
	if (level == MKROOTFS_ERROR)
		keep_error(plan->shared, subject, text);
	if (plan->log)
		plan->log(plan->log_data, level, subject, text,
			  hint && !buffer_error(&escaped_hint) ? escaped_hint.bytes : NULL);
}

struct mkrootfs_plan *mkrootfs_plan_new(void)
{
	CLEANUP(mkrootfs_plan_free) struct mkrootfs_plan *plan = calloc(1, sizeof(*plan));

	if (!plan)
		return NULL;
	plan->shared = calloc(1, sizeof(*plan->shared));
	if (!plan->shared)
		return NULL;
	plan->shared->n_plans = 1;
	plan->arena = plan->shared->arena = arena_new();
	if (!plan->arena)
		return NULL;
	plan->all_hwcaps = true;
	plan->needs.level = NEED_RECOMMENDED;
	plan->run.timeout = PLAN_RUN_TIMEOUT;
	plan->diag.emit = forward;
	plan->diag.data = plan;
	return STEAL(plan);
}

void mkrootfs_plan_free(struct mkrootfs_plan *plan)
{
	if (!plan)
		return;
	if (plan->shared && --plan->shared->n_plans == 0) {
		arena_free(plan->shared->arena);
		buffer_reset(&plan->shared->error);
		free(plan->shared);
	}
	free(plan);
}

/*
 * Lists are changed in place, so a frozen plan has its own; the texts that they point to are
 * never changed, and shared.
 */
static int copy_list(struct mkrootfs_plan *plan, struct plan_list *list)
{
	if (list->count == 0) {
		*list = (struct plan_list){ 0 };
		return 0;
	}
	list->items = arena_memdup(plan->arena, list->items, list->count * list->size);
	list->capacity = list->count;
	return list->items ? 0 : -ENOMEM;
}

static int copy_lists(struct mkrootfs_plan *plan)
{
	struct image_plan *image = &plan->image;
	struct plan_list *const lists[] = {
		&plan->run.brought, &plan->run.made, &plan->files,	  &plan->adds,
		&plan->symlinks,    &plan->mkdirs,   &plan->preloads,	  &plan->allow_missing,
		&plan->users,	    &plan->with,     &plan->without,	  &plan->arguments,
		&image->entrypoint, &image->cmd,     &image->environment, &image->labels,
		&image->volumes,    &image->ports,
	};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		TRY(copy_list(plan, lists[i]));
	plan->user = plan->users.items;
	return 0;
}

int plan_freeze(const struct mkrootfs_plan *plan, struct mkrootfs_plan **out)
{
	CLEANUP(mkrootfs_plan_free) struct mkrootfs_plan *frozen = malloc(sizeof(*frozen));

	if (!frozen)
		return -ENOMEM;
	*frozen = *plan;
	frozen->shared->n_plans++;
	frozen->diag.data = frozen;
	TRY(copy_lists(frozen));
	*out = STEAL(frozen);
	return 0;
}

void plan_begin(const struct mkrootfs_plan *plan)
{
	plan->shared->failed = false;
}

int plan_end(const struct mkrootfs_plan *plan, int result)
{
	/* Who stops the work knows it. */
	if (result < 0 && result != -EINTR && !plan->shared->failed)
		diag_errno(&plan->diag, -result, NULL);
	return result;
}

const char *mkrootfs_plan_error(const struct mkrootfs_plan *plan)
{
	const struct buffer *error = &plan->shared->error;

	if (buffer_error(error) < 0)
		return "out of memory";
	return error->bytes ? error->bytes : "";
}

void mkrootfs_plan_log(struct mkrootfs_plan *plan, mkrootfs_log_fn *function, void *data)
{
	plan->log = function;
	plan->log_data = data;
}

void mkrootfs_plan_cancel(struct mkrootfs_plan *plan, const volatile sig_atomic_t *cancelled)
{
	plan->cancelled = cancelled;
}

int plan_cancelled(const struct mkrootfs_plan *plan)
{
	return plan->cancelled && *plan->cancelled ? -EINTR : 0;
}

enum need_level plan_level(const struct mkrootfs_plan *plan)
{
	return plan->bare && !plan->level_set ? NEED_REQUIRED : plan->needs.level;
}

void *plan_list_add(struct mkrootfs_plan *plan, struct plan_list *list, size_t size)
{
	assert(list->size == 0 || list->size == size);
	list->size = size;
	return table_add(plan->arena, &list->items, &list->count, &list->capacity, size);
}
