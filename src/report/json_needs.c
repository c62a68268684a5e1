/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "report/json_parts.h"
#include "report/need_sizes.h"

#include <errno.h>
#include <string.h>

static void add_item(struct json *json, json_t *array, const struct need *need,
		     const struct need_item *item)
{
	json_t *value = json_add_object(json, array);

	json_put_bytes(json, value, "name", item->path);
	json_put_text(json, value, "via", found_by_name(need_found_by(need)));
	json_put_boolean(json, value, "brought", item->brought);
	if (item->why)
		json_put_bytes(json, value, "why", item->why);
	if (item->refused)
		json_put_bytes(json, value, "refused", item->refused);
}

/* A tree is one item: "entries" has each path below it. One that was refused has its reason here.
 */
static bool has_item(const struct need_item *item)
{
	return !item->tree || strcmp(item->tree, item->path) == 0 || item->refused;
}

static int add_need(struct json_list *list, const struct need *need)
{
	CLEANUP(json) struct json json = json_new_object();
	json_t *items;

	json_put_text(&json, json.root, "name", need->name);
	json_put_text(&json, json.root, "level", need_level_name(need->level));
	json_put_bytes(&json, json.root, "program",
		       need->process->objects[0]->loaded.location.path);
	json_put_bytes(&json, json.root, "sign", need->sign);
	json_put_bytes(&json, json.root, "why", need->why);
	json_put_boolean(&json, json.root, "followed", need->followed);
	items = json_put_array(&json, json.root, "items");
	for (size_t i = 0; i < need->n_items; i++)
		if (has_item(&need->items[i]))
			add_item(&json, items, need, &need->items[i]);
	return json_list_add(list, &json);
}

/* What each need costs, the largest first. */
static int add_sizes(struct buffer *out, const struct report_input *input)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct need_sizes sizes;
	struct json_list list;

	if (!arena)
		return -ENOMEM;
	TRY(need_sizes_find(input, arena, &sizes));
	json_list_begin(&list, out, "need_sizes");
	for (size_t i = 0; i < sizes.count; i++) {
		CLEANUP(json) struct json json = json_new_object();

		json_put_text(&json, json.root, "name", sizes.items[i].name);
		json_put_number(&json, json.root, "files", sizes.items[i].n_files);
		json_put_number(&json, json.root, "size", sizes.items[i].bytes);
		TRY(json_list_add(&list, &json));
	}
	json_list_end(&list);
	return 0;
}

int report_json_needs(struct buffer *out, const struct report_input *input)
{
	struct json_list list;

	json_list_begin(&list, out, "needs");
	for (size_t i = 0; i < input->n_needs; i++)
		TRY(add_need(&list, input->needs[i]));
	json_list_end(&list);
	return add_sizes(out, input);
}
