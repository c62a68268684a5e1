/* SPDX-License-Identifier: Apache-2.0 */
#include "report/paint.h"
#include "base/path.h"

#include <string.h>

static const char *const styles[] = {
	[STYLE_PLAIN] = NULL,	      [STYLE_BOLD] = "\033[1m",	      [STYLE_FOLDER] = "\033[36m",
	[STYLE_FILE] = "\033[1;36m",  [STYLE_DIM] = "\033[2m",	      [STYLE_MOVED] = "\033[32m",
	[STYLE_ALLOWED] = "\033[33m", [STYLE_MISSING] = "\033[1;31m",
};

void paint_text(const struct paint *paint, enum style style, const char *text)
{
	bool painted = paint->colour && styles[style];

	if (painted)
		buffer_add_string(paint->out, styles[style]);
	escape_append(paint->out, text);
	if (painted)
		buffer_add_string(paint->out, "\033[0m");
}

void paint_path(const struct paint *paint, const char *path)
{
	const char *file = path_basename(path);
	CLEANUP(free) char *folder = strndup(path, (size_t)(file - path));

	if (!folder) {
		paint->out->failed = true;
		return;
	}
	paint_text(paint, STYLE_FOLDER, folder);
	paint_text(paint, STYLE_FILE, file);
}

void paint_location(const struct paint *paint, const struct location *location)
{
	paint_path(paint, location->path);
	if (strcmp(location->path, location->dest) != 0) {
		buffer_add_string(paint->out, " -> ");
		paint_text(paint, STYLE_MOVED, location->dest);
	}
}

static const char *kind_text(enum edge_kind kind)
{
	switch (kind) {
	case EDGE_FILTER:
		return "filter, ";
	case EDGE_AUXILIARY:
		return "auxiliary, ";
	default:
		return "";
	}
}

static void add_found_by(const struct paint *paint, const struct closure_edge *edge)
{
	enum found_by found_by = edge->kind == EDGE_INTERP    ? FOUND_BY_INTERP
				 : edge->kind == EDGE_PRELOAD ? FOUND_BY_PRELOAD
							      : edge->object->found_by;

	buffer_add_string(paint->out, paint->colour ? " \033[2m[" : " [");
	buffer_printf(paint->out, "%s%s", kind_text(edge->kind), found_by_name(found_by));
	buffer_add_string(paint->out, paint->colour ? "]\033[0m" : "]");
}

void paint_object(const struct paint *paint, const struct closure_edge *edge)
{
	const struct location *location = &edge->object->loaded.location;

	if (strcmp(edge->name, location->path) != 0 &&
	    strcmp(edge->name, path_basename(location->path)) != 0) {
		paint_text(paint, STYLE_PLAIN, edge->name);
		buffer_add_string(paint->out, " => ");
	}
	paint_location(paint, location);
	add_found_by(paint, edge);
}
