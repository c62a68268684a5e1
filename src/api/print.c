/* SPDX-License-Identifier: Apache-2.0 */
/* mkrootfs_print: a report is made in memory, and then written as a whole. */
#include "api/result_facts.h"
#include "base/error.h"
#include "base/path.h"

#include <errno.h>
#include <string.h>

struct printing {
	struct image image; /* of --json */
	const struct mkrootfs *rootfs;
	struct arena *arena; /* of what the report finds out */
	struct report_input input;
	struct buffer text;
};

static void printing_cleanup(struct printing *printing)
{
	buffer_reset(&printing->text);
	arena_free(printing->arena);
}

/*
 * What ldd would say on this machine: this processor's closure, and $ORIGIN from the path
 * as given, for that is what ldd's loader gets to see.
 */
static int resolve_native(const struct printing *printing, const struct program *program,
			  const struct closure **out)
{
	const struct input *input = program->input;
	const struct closure *baseline = program->closures.items[0];
	const struct processor *native = baseline->processor;
	struct closure_program plain = input_program(input);
	struct resolver resolver = printing->rootfs->resolver;
	struct sysroot sysroot = *resolver.sysroot;

	/* The loader is started by root's hand or the user's own: never with AT_SECURE. */
	plain.secure = false;
	plain.location = (struct location){ input->given, input->given };
	plain.origin.path = plain.origin.dest = path_dirname(printing->arena, input->given);
	if (!plain.origin.path)
		return -ENOMEM;
	*out = baseline;
	/* Asking the processor is slow where a hypervisor answers for it. */
	if (baseline->cpu_dependent)
		native = loader_native_processor(input->loader);
	if (!input->secure && native == baseline->processor &&
	    strcmp(plain.origin.path, input->origin.path) == 0)
		return 0;
	sysroot.arena = printing->arena;
	resolver.sysroot = &sysroot;
	return resolve_process(&resolver, &plain, native, out);
}

static int print_ldd(struct printing *printing)
{
	const struct programs *programs = &printing->rootfs->programs;
	size_t count = programs->all.count;
	const struct closure **native = arena_array(printing->arena, count + 1, sizeof(*native));
	const char **names = arena_array(printing->arena, count + 1, sizeof(*names));
	struct report_input *input = &printing->input;

	if (!native || !names)
		return -ENOMEM;
	input->native = native;
	input->native_names = names;
	for (size_t i = 0; i < count; i++) {
		const struct program *program = programs->all.items[i];

		if (!program->input->asked)
			continue;
		TRY(resolve_native(printing, program, &native[input->n_native]));
		names[input->n_native++] = program->input->given;
	}
	report_ldd(&printing->text, input);
	return 0;
}

static int print_json(struct printing *printing)
{
	const struct image_source source = result_image(printing->rootfs);

	TRY(image_make(&source, printing->arena, &printing->image));
	printing->input.image = &printing->image;
	return report_json(&printing->text, &printing->input);
}

static int print_why(struct printing *printing, const char *subject)
{
	const struct diag *diag = &printing->rootfs->plan->diag;

	if (!subject)
		return diag_error(diag, EINVAL, NULL, "the report why needs a subject");
	if (TRY(report_why(&printing->text, &printing->input, subject)) == REPORT_NOT_THERE)
		return diag_error_hint(diag, ENOENT, subject,
				       "--list shows what is; -v tells what was left out",
				       "is not in the result");
	return 0;
}

static int make(struct printing *printing, enum mkrootfs_report report, const char *subject)
{
	switch (report) {
	case MKROOTFS_TREE:
		report_tree(&printing->text, &printing->input);
		return 0;
	case MKROOTFS_LIST:
		report_list(&printing->text, &printing->input);
		return 0;
	case MKROOTFS_LDD:
		return print_ldd(printing);
	case MKROOTFS_JSON:
		return print_json(printing);
	case MKROOTFS_WHY:
		return print_why(printing, subject);
	}
	return diag_error(&printing->rootfs->plan->diag, EINVAL, NULL, "unknown report %d",
			  (int)report);
}

static int print(const struct mkrootfs *rootfs, enum mkrootfs_report report, const char *subject,
		 FILE *stream, bool colour)
{
	CLEANUP(printing) struct printing printing = { .rootfs = rootfs, .arena = arena_new() };
	const struct buffer *text = &printing.text;

	if (!printing.arena)
		return -ENOMEM;
	TRY(result_facts(rootfs, printing.arena, &printing.input));
	printing.input.colour = colour;
	TRY(make(&printing, report, subject));
	TRY(buffer_error(text));
	errno = 0;
	if ((text->size && fwrite(text->bytes, 1, text->size, stream) != text->size) ||
	    fflush(stream) != 0)
		return diag_errno(&rootfs->plan->diag, errno ? errno : EIO,
				  stream == stdout ? "standard output" : "report");
	return 0;
}

int mkrootfs_print(const struct mkrootfs *rootfs, enum mkrootfs_report report, const char *subject,
		   FILE *stream, bool colour)
{
	plan_begin(rootfs->plan);
	return plan_end(rootfs->plan, print(rootfs, report, subject, stream, colour));
}
