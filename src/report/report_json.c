/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "packages/packages.h"
#include "report/json_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* How the program ended that --trace ran. */
static int add_trace(struct buffer *out, const struct report_input *input)
{
	CLEANUP(json) struct json json = json_new_object();
	int status = input->trace_status;

	if (WIFEXITED(status))
		json_put_number(&json, json.root, "status", (uint64_t)WEXITSTATUS(status));
	else
		json_put_null(&json, json.root, "status");
	if (WIFSIGNALED(status))
		json_put_number(&json, json.root, "signal", (uint64_t)WTERMSIG(status));
	else
		json_put_null(&json, json.root, "signal");
	json_put_boolean(&json, json.root, "timed_out", input->timed_out);
	buffer_add_string(out, ",\n \"trace\": ");
	return json_write(&json, out, 0);
}

static const char *type_name(enum entry_type type)
{
	static const char *const names[] = {
		[ENTRY_DIRECTORY] = "directory",
		[ENTRY_FILE] = "file",
		[ENTRY_SYMLINK] = "symlink",
	};

	return names[type];
}

/* "libc6 2.36-9". */
static int put_package(struct json *json, const struct package *package)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *text = arena ? package_text(arena, package) : NULL;

	if (!text)
		return -ENOMEM;
	json_put_bytes(json, json->root, "package", text);
	return 0;
}

static int add_entry(struct json_list *list, const struct entry *entry)
{
	CLEANUP(json) struct json json = json_new_object();
	char mode[16];

	snprintf(mode, sizeof(mode), "%04o", (unsigned)entry->mode & 07777);
	json_put_bytes(&json, json.root, "path", entry->path);
	json_put_text(&json, json.root, "type", type_name(entry->type));
	json_put_text(&json, json.root, "mode", mode);
	json_put_number(&json, json.root, "uid", entry->uid);
	json_put_number(&json, json.root, "gid", entry->gid);
	json_put_number(&json, json.root, "size", entry->size);
	if (entry->type == ENTRY_SYMLINK)
		json_put_bytes(&json, json.root, "target", entry->target);
	json_put_bytes(&json, json.root, "source", entry->source);
	json_put_bytes(&json, json.root, "why", entry->why);
	if (entry->package)
		TRY(put_package(&json, entry->package));
	return json_list_add(list, &json);
}

static int add_entries(struct buffer *out, const struct manifest *manifest)
{
	size_t count;
	const struct entry *const *entries = manifest_entries(manifest, &count);
	struct json_list list;

	json_list_begin(&list, out, "entries");
	for (size_t i = 0; i < count; i++)
		if (strcmp(entries[i]->path, "/") != 0)
			TRY(add_entry(&list, entries[i]));
	json_list_end(&list);
	return 0;
}

int report_json(struct buffer *out, const struct report_input *input)
{
	buffer_add_string(out, "{\"version\": ");
	TRY(json_write_text(out, input->version));
	buffer_add_string(out, ",\n \"machine\": ");
	TRY(json_write_text(out, input->machine));
	TRY(report_json_objects(out, input));
	TRY(report_json_needs(out, input));
	if (input->traced)
		TRY(add_trace(out, input));
	if (input->run)
		TRY(report_json_lookups(out, input->run));
	TRY(add_entries(out, input->manifest));
	TRY(report_json_missing(out, input));
	if (input->image)
		TRY(report_json_image(out, input->image));
	buffer_printf(out, ",\n \"size\": %llu}\n",
		      (unsigned long long)manifest_size(input->manifest));
	return buffer_error(out);
}
