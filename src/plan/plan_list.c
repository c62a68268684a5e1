/* SPDX-License-Identifier: Apache-2.0 */
#include "base/table.h"
#include "plan/plan.h"

void *plan_list_add(struct mkrootfs_plan *plan, struct plan_list *list, size_t size)
{
	return table_add(plan->arena, &list->items, &list->count, &list->capacity, size);
}
