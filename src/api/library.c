/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rest of the public face: what can be done with a harvested rootfs.
 */
#include "base/path.h"
#include "harvest/image_make.h"
#include "harvest/result.h"
#include "report/report.h"

#include <errno.h>
#include <string.h>

#ifndef MKROOTFS_VERSION
#error "MKROOTFS_VERSION comes from the build"
#endif

const char *mkrootfs_version(void)
{
	return MKROOTFS_VERSION;
}

/*
 * What ldd would say on this machine: this processor's closure, and $ORIGIN from the path
 * as given, for that is what ldd's loader gets to see.
 */
static int resolve_native(struct mkrootfs *rootfs, const struct program *program,
			  const struct closure **out)
{
	const struct input *input = program->input;
	struct closure_program plain = input_program(input);
	const struct closure *baseline = program->closures.items[0];
	const struct processor *native = baseline->processor;

	/* The loader is started by root's hand or the user's own: never with AT_SECURE. */
	plain.secure = false;
	plain.location = (struct location){ input->given, input->given };
	plain.origin.path = plain.origin.dest = path_dirname(rootfs->arena, input->given);
	if (!plain.origin.path)
		return -ENOMEM;
	*out = baseline;
	/* Asking the processor is slow where a hypervisor answers for it. */
	if (baseline->cpu_dependent)
		native = loader_native_processor(input->loader);
	if (!input->secure && native == baseline->processor &&
	    strcmp(plain.origin.path, input->origin.path) == 0)
		return 0;
	return resolve_process(&rootfs->resolver, &plain, native, out);
}

static int fill_native(struct mkrootfs *rootfs, struct report_input *input)
{
	const struct closure **native;
	const char **names;

	native = arena_array(rootfs->arena, rootfs->programs.all.count + 1, sizeof(*native));
	names = arena_array(rootfs->arena, rootfs->programs.all.count + 1, sizeof(*names));
	if (!native || !names)
		return -ENOMEM;
	input->native = native;
	input->native_names = names;
	for (size_t i = 0; i < rootfs->programs.all.count; i++) {
		const struct program *program = rootfs->programs.all.items[i];
		int r;

		if (!program->input->asked)
			continue;
		names[input->n_native] = program->input->given;
		r = resolve_native(rootfs, program, &native[input->n_native++]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* All closures, those of one program together. */
static int fill_closures(struct mkrootfs *rootfs, struct report_input *input)
{
	const struct programs *programs = &rootfs->programs;
	const struct closure **closures;
	size_t count = 0;

	for (size_t i = 0; i < programs->all.count; i++)
		count += programs->all.items[i]->closures.count;
	closures = arena_array(rootfs->arena, count + 1, sizeof(*closures));
	if (!closures)
		return -ENOMEM;
	input->closures = closures;
	for (size_t i = 0; i < programs->all.count; i++)
		for (size_t j = 0; j < programs->all.items[i]->closures.count; j++)
			closures[input->n_closures++] = programs->all.items[i]->closures.items[j];
	return 0;
}

static int fill_plugins(struct mkrootfs *rootfs, struct report_input *input)
{
	const struct plugins *found = &rootfs->follower.plugins;
	struct report_plugin *plugins =
		arena_array(rootfs->arena, found->count + 1, sizeof(*plugins));

	if (!plugins)
		return -ENOMEM;
	for (size_t i = 0; i < found->count; i++)
		plugins[i] = (struct report_plugin){
			.need = found->items[i].need,
			.closure = found->items[i].closure,
		};
	input->plugins = plugins;
	input->n_plugins = found->count;
	input->traced = rootfs->traced;
	input->timed_out = rootfs->trace.timed_out;
	input->trace_status = rootfs->trace.status;
	input->needs = needs_list(rootfs->needs, &input->n_needs);
	return 0;
}

/* NAME is what is asked about, where REPORT is MKROOTFS_WHY. */
static int make_report(struct mkrootfs *rootfs, enum mkrootfs_report report, const char *name,
		       bool colour, struct buffer *out)
{
	struct image image;
	struct report_input input = {
		.manifest = rootfs->manifest,
		.version = MKROOTFS_VERSION,
		.machine = "",
		.image = &image,
		.colour = colour,
	};
	int r = fill_closures(rootfs, &input);

	if (r == 0)
		r = fill_plugins(rootfs, &input);
	if (r == 0)
		r = image_make(rootfs, &image);
	if (r < 0)
		return r;
	if (rootfs->programs.all.count > 0)
		input.machine = elf_machine_name(rootfs->programs.all.items[0]->input->elf);
	switch (report) {
	case MKROOTFS_TREE:
		report_tree(out, &input);
		break;
	case MKROOTFS_LIST:
		report_list(out, &input);
		break;
	case MKROOTFS_LDD:
		r = fill_native(rootfs, &input);
		if (r == 0)
			report_ldd(out, &input);
		break;
	case MKROOTFS_JSON:
		r = report_json(out, &input);
		break;
	case MKROOTFS_WHY:
		r = report_why(out, &input, name);
		if (r == REPORT_NOT_THERE)
			return diag_error_hint(&rootfs->plan->diag, ENOENT, name,
					       "--list shows what is; -v tells what was left out",
					       "is not in the result");
		break;
	default:
		return -EINVAL;
	}
	return r < 0 ? r : buffer_error(out);
}

static int print(const struct mkrootfs *rootfs, enum mkrootfs_report report, const char *name,
		 FILE *stream, bool colour)
{
	CLEANUP(buffer) struct buffer text = { 0 };
	/* Reports may resolve anew; what they find out belongs to the rootfs's arena. */
	int r = make_report((struct mkrootfs *)(uintptr_t)rootfs, report, name, colour, &text);

	if (r < 0)
		return r == -ENOENT ? r : diag_errno(&rootfs->plan->diag, -r, NULL);
	errno = 0;
	if ((text.size && fwrite(text.bytes, 1, text.size, stream) != text.size) ||
	    fflush(stream) != 0) {
		int error = errno ? errno : EIO;

		return diag_errno(&rootfs->plan->diag, error, "standard output");
	}
	return 0;
}

int mkrootfs_print(const struct mkrootfs *rootfs, enum mkrootfs_report report, FILE *stream,
		   bool colour)
{
	return print(rootfs, report, "", stream, colour);
}

int mkrootfs_print_why(const struct mkrootfs *rootfs, const char *name, FILE *stream)
{
	return print(rootfs, MKROOTFS_WHY, name, stream, false);
}

int mkrootfs_entries(const struct mkrootfs *rootfs,
		     int (*function)(void *data, const struct mkrootfs_entry *entry), void *data)
{
	static const char types[] = {
		[ENTRY_DIRECTORY] = 'd',
		[ENTRY_FILE] = 'f',
		[ENTRY_SYMLINK] = 'l',
	};
	const struct entry *const *entries;
	size_t count;

	entries = manifest_entries(rootfs->manifest, &count);
	for (size_t i = 0; i < count; i++) {
		const struct mkrootfs_entry entry = {
			.path = entries[i]->path,
			.type = types[entries[i]->type],
			.mode = entries[i]->mode,
			.uid = entries[i]->uid,
			.gid = entries[i]->gid,
			.size = entries[i]->size,
			.target = entries[i]->target,
			.source = entries[i]->source,
			.why = entries[i]->why,
		};
		int r = function(data, &entry);

		if (r != 0)
			return r;
	}
	return 0;
}
