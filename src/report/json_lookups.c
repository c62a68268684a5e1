/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "report/json_parts.h"
#include "report/lookup.h"

#include <sys/wait.h>

static int add_lookup(struct json_list *list, const struct lookup *lookup)
{
	CLEANUP(json) struct json json = json_new_object();
	json_t *uses;

	json_put_bytes(&json, json.root, "path", lookup->path);
	json_put_text(&json, json.root, "kind", lookup_kind_name(lookup->kind));
	uses = json_put_array(&json, json.root, "uses");
	for (const char *const *use = lookup->uses; *use; use++)
		json_add_text(&json, uses, *use);
	json_put_text(&json, json.root, "rank", lookup_rank_name(lookup->rank));
	json_put_bytes(&json, json.root, "source", lookup->source);
	json_put_text(&json, json.root, "need", lookup->need);
	json_put_bytes(&json, json.root, "option", lookup->option);
	json_put_bytes(&json, json.root, "refused", lookup->refused);
	json_put_boolean(&json, json.root, "brought", lookup->brought);
	return json_list_add(list, &json);
}

/* How the run in the result ended. */
static int add_end(struct buffer *out, const struct report_run *run)
{
	CLEANUP(json) struct json json = json_new_object();

	json_put_boolean(&json, json.root, "proven", run->proven);
	json_put_text(&json, json.root, "end", run->end);
	if (run->has_status && WIFEXITED(run->status))
		json_put_number(&json, json.root, "status", (uint64_t)WEXITSTATUS(run->status));
	else
		json_put_null(&json, json.root, "status");
	if (run->has_status && WIFSIGNALED(run->status))
		json_put_number(&json, json.root, "signal", (uint64_t)WTERMSIG(run->status));
	else
		json_put_null(&json, json.root, "signal");
	json_put_number(&json, json.root, "rounds", run->rounds);
	buffer_add_string(out, ",\n \"check\": ");
	return json_write(&json, out, 0);
}

int report_json_lookups(struct buffer *out, const struct report_run *run)
{
	struct json_list list;

	TRY(add_end(out, run));
	json_list_begin(&list, out, "lookups");
	for (size_t i = 0; i < run->n_lookups; i++)
		TRY(add_lookup(&list, &run->lookups[i]));
	json_list_end(&list);
	return 0;
}
