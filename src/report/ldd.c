/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/musl.h"
#include "report/report.h"
#include "report/seen.h"

#include <errno.h>
#include <string.h>

/*
 * glibc before 2.41 lists the interpreter only where an object needs it by name (elf/rtld.c:
 * rtld_multiple_ref).
 */
enum { GLIBC_LISTS_INTERP = 41 };

static void add_line(struct buffer *out, const char *name, const char *path)
{
	buffer_printf(out, "\t%s => %s\n", name, path);
}

static bool is_preload(const struct closure_object *program, const struct closure_object *object)
{
	for (size_t i = 0; i < program->n_preloads; i++)
		if (program->preloads[i].object == object)
			return true;
	return false;
}

/* glibc makes no entry for a preload that is missing: see glibc_preloads. */
static void glibc_object(struct buffer *out, const struct closure *closure,
			 const struct closure_object *object)
{
	const struct loaded *loaded = &object->loaded;

	if (!closure_is_missing(object) && strcmp(loaded->name, loaded->location.path) == 0)
		buffer_printf(out, "\t%s\n", loaded->name);
	else if (!closure_is_missing(object))
		add_line(out, loaded->name, loaded->location.path);
	else if (!is_preload(closure->objects[0], object))
		add_line(out, loaded->name, "not found");
}

/* Whether the loader lists its interpreter though no object needs it by name. */
static bool lists_interp(const struct closure *closure)
{
	if (!closure->interp || closure_is_missing(closure->interp) ||
	    closure->loader->minor < GLIBC_LISTS_INTERP)
		return false;
	for (size_t i = 1; i < closure->n_objects; i++)
		if (closure->objects[i] == closure->interp)
			return false;
	return true;
}

static void glibc_objects(struct buffer *out, const struct closure *closure)
{
	size_t last_found = closure->n_objects - 1;

	while (last_found > 0 && closure_is_missing(closure->objects[last_found]))
		last_found--;
	for (size_t i = 0; i < closure->n_objects; i++) {
		if (i > 0 && !closure->objects[i]->hidden_from_ldd)
			glibc_object(out, closure, closure->objects[i]);
		if (i == last_found && lists_interp(closure))
			glibc_object(out, closure, closure->interp);
	}
}

static const char *preload_source(const struct closure *closure, const char *name)
{
	for (size_t i = 0; i < closure->loader->n_preload; i++)
		if (strcmp(closure->loader->preload[i], name) == 0)
			return closure->loader->preload_path;
	return "LD_PRELOAD";
}

static void glibc_preloads(struct buffer *out, const struct closure *closure)
{
	const struct closure_object *program = closure->objects[0];

	for (size_t i = 0; i < program->n_preloads; i++) {
		const struct closure_edge *edge = &program->preloads[i];

		if (closure_is_missing(edge->object))
			buffer_printf(out,
				      "ERROR: ld.so: object '%s' from %s cannot be preloaded "
				      "(cannot open shared object file): ignored.\n",
				      edge->name, preload_source(closure, edge->name));
	}
}

static bool has_needed(const struct closure_object *object)
{
	const struct elf_object *elf = object->loaded.elf;

	for (size_t i = 0; i < object->n_edges; i++)
		if (object->edges[i].kind == EDGE_NEEDED)
			return true;
	/* Of the vdso there is no edge. */
	for (size_t i = 0; i < elf->n_dependencies; i++)
		if (elf->dependencies[i].tag == DT_NEEDED)
			return true;
	return false;
}

/* What ldd runs: LD_TRACE_LOADED_OBJECTS=1 ld.so FILE, both streams (elf/rtld.c). */
static void glibc_trace(struct buffer *out, const struct closure *closure, const char *name)
{
	glibc_preloads(out, closure);
	for (size_t i = 0; i < closure->n_faults; i++)
		buffer_printf(out, "%s: %s: %s\n", name, closure->faults[i].subject,
			      closure->faults[i].text);
	if (closure->stopped) {
		buffer_printf(out, "%s: %s\n", name, closure->stopped);
		return;
	}
	if (has_needed(closure->objects[0]))
		glibc_objects(out, closure);
	else
		buffer_add_string(out, "\tstatically linked\n");
}

/* The state of a listing in musl's form. */
struct musl_listing {
	struct buffer *out;
	const struct closure *closure;
	const char *program;
	bool *listed;	      /* by an object's index */
	struct seen reserved; /* "libc", "libm", ... */
};

/* musl names itself once for each kind of name that means it. */
static void musl_interp(struct musl_listing *listing, const char *name)
{
	CLEANUP(free) char *kind = strndup(name, strcspn(name, "."));
	int r = kind ? seen_add(&listing->reserved, kind, "") : -ENOMEM;

	if (r < 0)
		listing->out->failed = true;
	else if (r != SEEN_KNOWN)
		add_line(listing->out, name, listing->closure->loader->interp);
}

static void musl_edge(struct musl_listing *listing, const struct closure_object *from,
		      const struct closure_edge *edge)
{
	const struct closure_object *object = edge->object;
	bool is_program = from == listing->closure->objects[0];

	if (object == listing->closure->interp) {
		if (musl_is_reserved(edge->name))
			musl_interp(listing, edge->name);
	} else if (!closure_is_missing(object)) {
		if (!listing->listed[object->index])
			add_line(listing->out, edge->name, object->loaded.location.path);
		listing->listed[object->index] = true;
	} else if (edge->kind != EDGE_PRELOAD) {
		buffer_printf(listing->out, "Error loading shared library %s: %s (needed by %s)\n",
			      edge->name, object->problem,
			      is_program ? listing->program : from->loaded.location.path);
	}
}

static void musl_object(struct musl_listing *listing, const struct closure_object *object)
{
	for (size_t i = 0; i < object->n_preloads; i++)
		musl_edge(listing, object, &object->preloads[i]);
	for (size_t i = 0; i < object->n_edges; i++)
		musl_edge(listing, object, &object->edges[i]);
}

/* ld-musl-ARCH.so.1 --list FILE, both streams: a line is printed when an object is loaded. */
static void musl_list(struct buffer *out, const struct closure *closure, const char *name)
{
	CLEANUP(free) bool *listed = calloc(closure->n_objects, sizeof(*listed));
	struct musl_listing listing = {
		.out = out,
		.closure = closure,
		.program = name,
		.listed = listed,
	};

	if (!listed) {
		out->failed = true;
		return;
	}
	listed[0] = true;
	buffer_printf(out, "\t%s\n", closure->loader->interp);
	for (size_t i = 0; i < closure->n_objects; i++)
		musl_object(&listing, closure->objects[i]);
	if (closure->stopped)
		buffer_printf(out, "%s\n", closure->stopped);
	seen_reset(&listing.reserved);
}

static void one_file(struct buffer *out, const struct closure *closure, const char *name)
{
	if (!closure->objects[0]->loaded.elf->dynamic)
		buffer_add_string(out, "\tnot a dynamic executable\n");
	else if (closure->loader->kind == LOADER_MUSL)
		musl_list(out, closure, name);
	else
		glibc_trace(out, closure, name);
}

void report_ldd(struct buffer *out, const struct report_input *input)
{
	for (size_t i = 0; i < input->n_native; i++) {
		if (input->n_native > 1)
			buffer_printf(out, "%s:\n", input->native_names[i]);
		one_file(out, input->native[i], input->native_names[i]);
	}
}
