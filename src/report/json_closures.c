/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "report/json_parts.h"
#include "report/seen.h"

static void add_needed(struct json *json, json_t *array, const struct closure_edge *edge)
{
	const struct closure_object *object = edge->object;
	bool missing = closure_is_missing(object);
	enum found_by found_by = edge->kind == EDGE_PRELOAD ? FOUND_BY_PRELOAD : edge->found_by;
	json_t *needed = json_add_object(json, array);

	json_put_bytes(json, needed, "name", edge->name);
	json_put_bytes(json, needed, "path", missing ? NULL : object->loaded.location.path);
	json_put_text(json, needed, "via", missing ? NULL : found_by_name(found_by));
}

/* Adds OBJECT once, by the path where it stands in the result. */
static int add_object(struct json_list *list, struct seen *seen,
		      const struct closure_object *object)
{
	const struct loaded *loaded = &object->loaded;
	CLEANUP(json) struct json json = { 0 };
	json_t *needed;

	if (closure_is_missing(object) ||
	    TRY(seen_add(seen, loaded->location.dest, "")) == SEEN_KNOWN)
		return 0;
	json = json_new_object();
	json_put_bytes(&json, json.root, "path", loaded->location.path);
	json_put_bytes(&json, json.root, "dest", loaded->location.dest);
	json_put_bytes(&json, json.root, "soname", loaded->elf->soname);
	json_put_bytes(&json, json.root, "interp", loaded->elf->interp);
	needed = json_put_array(&json, json.root, "needed");
	for (size_t i = 0; i < object->n_preloads; i++)
		add_needed(&json, needed, &object->preloads[i]);
	for (size_t i = 0; i < object->n_edges; i++)
		add_needed(&json, needed, &object->edges[i]);
	return json_list_add(list, &json);
}

static int add_closure(struct json_list *list, struct seen *seen, const struct closure *closure)
{
	for (size_t i = 0; i < closure->n_objects; i++)
		TRY(add_object(list, seen, closure->objects[i]));
	return closure->interp ? add_object(list, seen, closure->interp) : 0;
}

int report_json_objects(struct buffer *out, const struct report_input *input)
{
	CLEANUP(seen) struct seen seen = { 0 };
	struct json_list list;

	json_list_begin(&list, out, "objects");
	for (size_t i = 0; i < input->n_closures; i++)
		TRY(add_closure(&list, &seen, input->closures[i]));
	for (size_t i = 0; i < input->n_plugins; i++)
		TRY(add_closure(&list, &seen, input->plugins[i].closure));
	json_list_end(&list);
	return 0;
}

/* Adds OBJECT, where it is missing, once for each NAME that FROM asks for. */
static int add_missing(struct json_list *list, struct seen *seen, const struct closure_object *from,
		       const char *name, const struct closure_object *object)
{
	const char *needed_by = from->loaded.location.path;
	CLEANUP(json) struct json json = { 0 };

	if (!closure_is_missing(object) || TRY(seen_add(seen, needed_by, name)) == SEEN_KNOWN)
		return 0;
	json = json_new_object();
	json_put_bytes(&json, json.root, "name", name);
	json_put_bytes(&json, json.root, "needed_by", needed_by);
	json_put_boolean(&json, json.root, "allowed", object->allowed_missing);
	json_put_bytes_list(&json, json.root, "searched", object->searched, object->n_searched);
	return json_list_add(list, &json);
}

static int add_missing_edges(struct json_list *list, struct seen *seen,
			     const struct closure_object *from, const struct closure_edge *edges,
			     size_t count)
{
	for (size_t i = 0; i < count; i++)
		TRY(add_missing(list, seen, from, edges[i].name, edges[i].object));
	return 0;
}

static int add_missing_of(struct json_list *list, struct seen *seen, const struct closure *closure)
{
	const struct closure_object *program = closure->objects[0];

	if (closure->interp)
		TRY(add_missing(list, seen, program, closure->interp->loaded.name,
				closure->interp));
	TRY(add_missing_edges(list, seen, program, program->preloads, program->n_preloads));
	for (size_t i = 0; i < closure->n_objects; i++) {
		const struct closure_object *from = closure->objects[i];

		TRY(add_missing_edges(list, seen, from, from->edges, from->n_edges));
	}
	return 0;
}

int report_json_missing(struct buffer *out, const struct report_input *input)
{
	CLEANUP(seen) struct seen seen = { 0 };
	struct json_list list;

	json_list_begin(&list, out, "missing");
	for (size_t i = 0; i < input->n_closures; i++)
		TRY(add_missing_of(&list, &seen, input->closures[i]));
	json_list_end(&list);
	return 0;
}
