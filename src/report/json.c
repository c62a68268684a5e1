/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"
#include "packages/packages.h"
#include "report/json_text.h"
#include "report/report.h"
#include "report/seen.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

/* An array at the top of the document: an element a line, made and freed one by one. */
struct list {
	struct buffer *out;
	bool any;
};

static int add_value(struct buffer *out, const json_t *value)
{
	return json_add(out, value, JSON_ENCODE_ANY);
}

static void list_begin(struct list *list, struct buffer *out, const char *key)
{
	*list = (struct list){ .out = out };
	buffer_printf(out, ",\n \"%s\": [", key);
}

static int list_add(struct list *list, const json_t *element)
{
	buffer_add_string(list->out, list->any ? ",\n  " : "\n  ");
	list->any = true;
	return add_value(list->out, element);
}

static void list_end(struct list *list)
{
	buffer_add_string(list->out, list->any ? "\n ]" : "]");
}

static json_t *hex_string(const char *text)
{
	CLEANUP(buffer) struct buffer hex = { 0 };

	buffer_add_string(&hex, "");
	for (; *text; text++)
		buffer_printf(&hex, "%02x", (unsigned char)*text);
	return buffer_error(&hex) ? NULL : json_string(hex.bytes);
}

static int set_number(json_t *object, const char *key, uint64_t number)
{
	return json_set(object, key, json_integer((json_int_t)number));
}

/* Bytes that are not UTF-8 have no place in JSON: KEY_bytes has them all in hex then. */
static int set_text(json_t *object, const char *key, const char *text)
{
	char bytes_key[32];
	int r = json_set(object, key, json_text(text));

	if (r < 0 || !text || utf8_is_valid(text))
		return r;
	snprintf(bytes_key, sizeof(bytes_key), "%s_bytes", key);
	return json_set(object, bytes_key, hex_string(text));
}

static int set_texts(json_t *object, const char *key, const char *const *texts, size_t count)
{
	CLEANUP(json_decref) json_t *array = json_array();
	CLEANUP(json_decref) json_t *bytes = json_array();
	char bytes_key[32];
	bool plain = true;
	int r;

	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(array, json_text(texts[i])) < 0 ||
		    json_array_append_new(bytes, hex_string(texts[i])) < 0)
			return -ENOMEM;
		plain = plain && utf8_is_valid(texts[i]);
	}
	r = json_set(object, key, STEAL(array));
	if (r < 0 || plain)
		return r;
	snprintf(bytes_key, sizeof(bytes_key), "%s_bytes", key);
	return json_set(object, bytes_key, STEAL(bytes));
}

static int add_needed(json_t *array, const struct closure_edge *edge)
{
	CLEANUP(json_decref) json_t *needed = json_object();
	const struct closure_object *object = edge->object;
	bool missing = closure_is_missing(object);
	enum found_by found_by = edge->kind == EDGE_PRELOAD ? FOUND_BY_PRELOAD : edge->found_by;
	int r;

	r = set_text(needed, "name", edge->name);
	if (r == 0)
		r = set_text(needed, "path", missing ? NULL : object->loaded.location.path);
	if (r == 0)
		r = set_text(needed, "via", missing ? NULL : found_by_name(found_by));
	if (r == 0 && json_array_append_new(array, STEAL(needed)) < 0)
		r = -ENOMEM;
	return r;
}

static int set_needed(json_t *value, const struct closure_object *object)
{
	CLEANUP(json_decref) json_t *array = json_array();
	int r = 0;

	for (size_t i = 0; i < object->n_preloads && r == 0; i++)
		r = add_needed(array, &object->preloads[i]);
	for (size_t i = 0; i < object->n_edges && r == 0; i++)
		r = add_needed(array, &object->edges[i]);
	return r == 0 ? json_set(value, "needed", STEAL(array)) : r;
}

static int add_object(struct list *list, struct seen *seen, const struct closure_object *object)
{
	CLEANUP(json_decref) json_t *value = json_object();
	const struct loaded *loaded = &object->loaded;
	int r;

	if (closure_is_missing(object))
		return 0;
	r = seen_add(seen, loaded->location.dest, "");
	if (r != 0)
		return r == SEEN_KNOWN ? 0 : r;
	r = set_text(value, "path", loaded->location.path);
	if (r == 0)
		r = set_text(value, "dest", loaded->location.dest);
	if (r == 0)
		r = set_text(value, "soname", loaded->elf->soname);
	if (r == 0)
		r = set_text(value, "interp", loaded->elf->interp);
	if (r == 0)
		r = set_needed(value, object);
	return r == 0 ? list_add(list, value) : r;
}

static int add_objects(struct buffer *out, const struct report_input *input)
{
	CLEANUP(seen) struct seen seen = { 0 };
	struct list list;
	int r = 0;

	list_begin(&list, out, "objects");
	for (size_t i = 0; i < input->n_closures && r == 0; i++) {
		const struct closure *closure = input->closures[i];

		for (size_t j = 0; j < closure->n_objects && r == 0; j++)
			r = add_object(&list, &seen, closure->objects[j]);
		if (closure->interp && r == 0)
			r = add_object(&list, &seen, closure->interp);
	}
	for (size_t i = 0; i < input->n_plugins && r == 0; i++) {
		const struct closure *closure = input->plugins[i].closure;

		for (size_t j = 0; j < closure->n_objects && r == 0; j++)
			r = add_object(&list, &seen, closure->objects[j]);
	}
	list_end(&list);
	return r;
}

/* One path or library of a need; what is part of a tree stands with the others in "entries". */
static int add_brought(json_t *array, const struct need *need, const struct need_item *item)
{
	CLEANUP(json_decref) json_t *value = json_object();
	int r = set_text(value, "name", item->path);

	if (r == 0)
		r = set_text(value, "via", found_by_name(need_found_by(need)));
	if (r == 0)
		r = json_set(value, "brought", json_boolean(item->brought));
	if (r == 0 && item->why)
		r = set_text(value, "why", item->why);
	if (r == 0 && item->refused)
		r = set_text(value, "refused", item->refused);
	if (r == 0 && json_array_append_new(array, STEAL(value)) < 0)
		r = -ENOMEM;
	return r;
}

static int add_need(struct list *list, const struct need *need)
{
	CLEANUP(json_decref) json_t *value = json_object();
	CLEANUP(json_decref) json_t *items = json_array();
	int r;

	r = set_text(value, "name", need->name);
	if (r == 0)
		r = set_text(value, "level", need_level_name(need->level));
	if (r == 0)
		r = set_text(value, "program", need->process->objects[0]->loaded.location.path);
	if (r == 0)
		r = set_text(value, "sign", need->sign);
	if (r == 0)
		r = set_text(value, "why", need->why);
	if (r == 0)
		r = json_set(value, "followed", json_boolean(need->followed));
	for (size_t i = 0; r == 0 && i < need->n_items; i++) {
		const struct need_item *item = &need->items[i];

		if (!item->tree || strcmp(item->tree, item->path) == 0 || item->refused)
			r = add_brought(items, need, item);
	}
	if (r == 0)
		r = json_set(value, "items", STEAL(items));
	return r == 0 ? list_add(list, value) : r;
}

static int add_needs(struct buffer *out, const struct report_input *input)
{
	struct list list;
	int r = 0;

	list_begin(&list, out, "needs");
	for (size_t i = 0; r == 0 && i < input->n_needs; i++)
		r = add_need(&list, input->needs[i]);
	list_end(&list);
	return r;
}

static int add_trace(struct buffer *out, const struct report_input *input)
{
	CLEANUP(json_decref) json_t *value = json_object();
	int status = input->trace_status;
	int r;

	r = json_set(value, "status",
		     WIFEXITED(status) ? json_integer(WEXITSTATUS(status)) : json_null());
	if (r == 0)
		r = json_set(value, "signal",
			     WIFSIGNALED(status) ? json_integer(WTERMSIG(status)) : json_null());
	if (r == 0)
		r = json_set(value, "timed_out", json_boolean(input->timed_out));
	buffer_add_string(out, ",\n \"trace\": ");
	return r == 0 ? add_value(out, value) : r;
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

/* "libc6 2.36-9": nothing where it has no owner, or none was looked for. */
static int set_package(json_t *value, const struct package *package)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *text = arena ? package_text(arena, package) : NULL;

	return text ? set_text(value, "package", text) : -ENOMEM;
}

static int add_entry(struct list *list, const struct entry *entry)
{
	CLEANUP(json_decref) json_t *value = json_object();
	char mode[16];
	int r;

	snprintf(mode, sizeof(mode), "%04o", (unsigned)entry->mode & 07777);
	r = set_text(value, "path", entry->path);
	if (r == 0)
		r = set_text(value, "type", type_name(entry->type));
	if (r == 0)
		r = set_text(value, "mode", mode);
	if (r == 0)
		r = set_number(value, "uid", entry->uid);
	if (r == 0)
		r = set_number(value, "gid", entry->gid);
	if (r == 0)
		r = set_number(value, "size", entry->size);
	if (r == 0 && entry->type == ENTRY_SYMLINK)
		r = set_text(value, "target", entry->target);
	if (r == 0)
		r = set_text(value, "source", entry->source);
	if (r == 0)
		r = set_text(value, "why", entry->why);
	if (r == 0 && entry->package)
		r = set_package(value, entry->package);
	return r == 0 ? list_add(list, value) : r;
}

static int add_entries(struct buffer *out, const struct manifest *manifest)
{
	size_t count;
	const struct entry *const *entries = manifest_entries(manifest, &count);
	struct list list;
	int r = 0;

	list_begin(&list, out, "entries");
	for (size_t i = 0; i < count && r == 0; i++)
		if (strcmp(entries[i]->path, "/") != 0)
			r = add_entry(&list, entries[i]);
	list_end(&list);
	return r;
}

static int add_missing(struct list *list, struct seen *seen, const struct closure_object *from,
		       const char *name, const struct closure_object *object)
{
	CLEANUP(json_decref) json_t *value = json_object();
	const char *needed_by = from->loaded.location.path;
	int r;

	if (!closure_is_missing(object))
		return 0;
	r = seen_add(seen, needed_by, name);
	if (r != 0)
		return r == SEEN_KNOWN ? 0 : r;
	r = set_text(value, "name", name);
	if (r == 0)
		r = set_text(value, "needed_by", needed_by);
	if (r == 0)
		r = json_set(value, "allowed", json_boolean(object->allowed_missing));
	if (r == 0)
		r = set_texts(value, "searched", object->searched, object->n_searched);
	return r == 0 ? list_add(list, value) : r;
}

static int add_missing_of(struct list *list, struct seen *seen, const struct closure *closure)
{
	const struct closure_object *program = closure->objects[0];
	int r = 0;

	if (closure->interp)
		r = add_missing(list, seen, program, closure->interp->loaded.name, closure->interp);
	for (size_t i = 0; i < program->n_preloads && r == 0; i++)
		r = add_missing(list, seen, program, program->preloads[i].name,
				program->preloads[i].object);
	for (size_t i = 0; i < closure->n_objects && r == 0; i++) {
		const struct closure_object *from = closure->objects[i];

		for (size_t j = 0; j < from->n_edges && r == 0; j++)
			r = add_missing(list, seen, from, from->edges[j].name,
					from->edges[j].object);
	}
	return r;
}

static int add_all_missing(struct buffer *out, const struct report_input *input)
{
	CLEANUP(seen) struct seen seen = { 0 };
	struct list list;
	int r = 0;

	list_begin(&list, out, "missing");
	for (size_t i = 0; i < input->n_closures && r == 0; i++)
		r = add_missing_of(&list, &seen, input->closures[i]);
	list_end(&list);
	return r;
}

static int add_head(struct buffer *out, const struct report_input *input)
{
	CLEANUP(json_decref) json_t *version = json_text(input->version);
	CLEANUP(json_decref) json_t *machine = json_text(input->machine);
	int r;

	buffer_add_string(out, "{\"version\": ");
	r = add_value(out, version);
	buffer_add_string(out, ",\n \"machine\": ");
	return r == 0 ? add_value(out, machine) : r;
}

static int set_image_texts(json_t *object, const char *key, struct image_texts texts)
{
	return set_texts(object, key, texts.items, texts.count);
}

/* "KEY=VALUE", as a program has it in its environment. */
static int set_environment(json_t *object, const char *key, struct image_pairs pairs)
{
	CLEANUP(free) char **texts = calloc(pairs.count + 1, sizeof(*texts));
	int r = texts ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < pairs.count; i++)
		if (asprintf(&texts[i], "%s=%s", pairs.items[i].key, pairs.items[i].value) < 0)
			r = -ENOMEM;
	if (r == 0)
		r = set_texts(object, key, (const char *const *)texts, pairs.count);
	for (size_t i = 0; texts && i < pairs.count; i++)
		free(texts[i]);
	return r;
}

static int set_labels(json_t *object, const char *key, struct image_pairs pairs)
{
	CLEANUP(json_decref) json_t *labels = json_object();

	for (size_t i = 0; i < pairs.count; i++)
		if (json_set(labels, pairs.items[i].key, json_text(pairs.items[i].value)) < 0)
			return -ENOMEM;
	return json_set(object, key, STEAL(labels));
}

static int add_image(struct buffer *out, const struct image *image)
{
	CLEANUP(json_decref) json_t *value = json_object();
	char created[IMAGE_TIME_SIZE];

	image_time(image->created, created);
	if (set_text(value, "tag", image->reference) < 0 ||
	    set_text(value, "architecture", image->architecture) < 0 ||
	    set_text(value, "variant", image->variant) < 0 || set_text(value, "os", "linux") < 0 ||
	    set_text(value, "created", created) < 0 || set_text(value, "user", image->user) < 0 ||
	    set_text(value, "workdir", image->workdir) < 0 ||
	    set_image_texts(value, "entrypoint", image->entrypoint) < 0 ||
	    set_image_texts(value, "cmd", image->cmd) < 0 ||
	    set_environment(value, "env", image->environment) < 0 ||
	    set_image_texts(value, "volumes", image->volumes) < 0 ||
	    set_image_texts(value, "ports", image->ports) < 0 ||
	    set_text(value, "stop_signal", image->stop_signal) < 0 ||
	    set_labels(value, "labels", image->labels) < 0)
		return -ENOMEM;
	buffer_add_string(out, ",\n \"image\": ");
	return add_value(out, value);
}

int report_json(struct buffer *out, const struct report_input *input)
{
	int r = add_head(out, input);

	if (r == 0)
		r = add_objects(out, input);
	if (r == 0)
		r = add_needs(out, input);
	if (r == 0 && input->traced)
		r = add_trace(out, input);
	if (r == 0)
		r = add_entries(out, input->manifest);
	if (r == 0)
		r = add_all_missing(out, input);
	if (r == 0 && input->image)
		r = add_image(out, input->image);
	buffer_printf(out, ",\n \"size\": %llu}\n",
		      (unsigned long long)manifest_size(input->manifest));
	return r == 0 ? buffer_error(out) : r;
}
