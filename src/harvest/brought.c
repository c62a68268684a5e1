/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/brought.h"
#include "harvest/to_manifest.h"
#include "needs/make.h"
#include "needs/private.h"

#include <errno.h>

static const struct need_rule brought_rule = {
	.name = "trace",
	.found_by = FOUND_BY_TRACE,
	.level = NEED_RECOMMENDED,
	.each = true,
	.quiet = true,
	.soft = true,
	.why = "looked for in vain by the program when it was checked",
};

/* A need of the first program, whose sign is that it ran. */
static int put_need(const struct follower *follower, struct need **out)
{
	const struct closure *process = follower->programs->all.items[0]->closures.items[0];
	const struct need need = {
		.rule = &brought_rule,
		.sign = "--check run --fix",
		.program = 0,
		.process = process,
		.object = process->objects[0],
		.followed = true,
	};

	return needs_put(follower->needs, &need, out);
}

/* What it weighs does not matter. A directory may hold what nobody brings unasked. */
static void judge_items(const struct sysroot *sysroot, struct need *need, bool tree, size_t first)
{
	for (size_t i = first; i < need->n_items; i++) {
		struct need_item *item = &need->items[i];

		item->sure = true;
		if (tree && item->kind == NEED_PATH)
			item->private = private_path(sysroot->root, sysroot->arena, item->path,
						     false, &item->refused);
	}
}

int brought_harvest(struct follower *follower, struct manifest *manifest)
{
	const struct mkrootfs_plan *plan = follower->resolver->plan;
	const struct plan_brought *brought = plan->run.brought.items;
	struct need *need;
	int incomplete;

	if (plan->run.brought.count == 0 || follower->programs->all.count == 0)
		return 0;
	TRY(put_need(follower, &need));
	for (size_t i = 0; i < plan->run.brought.count; i++) {
		size_t first = need->n_items;

		if (brought[i].tree)
			TRY(need_add_tree(follower->needs, need, brought[i].path, NULL));
		else
			TRY(need_add_path(follower->needs, need, brought[i].path));
		judge_items(follower->resolver->sysroot, need, brought[i].tree, first);
	}
	incomplete = TRY(follow_needs(follower));
	TRY(manifest_put_closures(manifest, follower));
	TRY(manifest_put_needs(manifest, follower));
	return incomplete;
}
