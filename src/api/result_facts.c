/* SPDX-License-Identifier: Apache-2.0 */
#include "api/result_facts.h"
#include "base/error.h"

#include <errno.h>

/* All closures, those of one program together. */
static int fill_closures(const struct programs *programs, struct arena *arena,
			 struct report_input *input)
{
	const struct closure **closures;
	size_t count = 0;

	for (size_t i = 0; i < programs->all.count; i++)
		count += programs->all.items[i]->closures.count;
	closures = arena_array(arena, count + 1, sizeof(*closures));
	if (!closures)
		return -ENOMEM;
	input->closures = closures;
	for (size_t i = 0; i < programs->all.count; i++)
		for (size_t j = 0; j < programs->all.items[i]->closures.count; j++)
			closures[input->n_closures++] = programs->all.items[i]->closures.items[j];
	return 0;
}

static int fill_plugins(const struct plugins *found, struct arena *arena,
			struct report_input *input)
{
	struct report_plugin *plugins = arena_array(arena, found->count + 1, sizeof(*plugins));

	if (!plugins)
		return -ENOMEM;
	for (size_t i = 0; i < found->count; i++)
		plugins[i] = (struct report_plugin){
			.need = found->items[i].need,
			.closure = found->items[i].closure,
		};
	input->plugins = plugins;
	input->n_plugins = found->count;
	return 0;
}

int result_facts(const struct mkrootfs *rootfs, struct arena *arena, struct report_input *input)
{
	const struct programs *programs = &rootfs->programs;

	*input = (struct report_input){
		.manifest = rootfs->manifest,
		.version = mkrootfs_version(),
		.machine = "",
		.traced = rootfs->traced,
		.timed_out = rootfs->trace.timed_out,
		.trace_status = rootfs->trace.status,
		.run = rootfs->proving.ran ? &rootfs->proving.report : NULL,
	};
	if (programs->all.count > 0)
		input->machine = elf_machine_name(programs->all.items[0]->input->elf);
	input->needs = needs_list(rootfs->needs, &input->n_needs);
	TRY(fill_closures(programs, arena, input));
	return fill_plugins(&rootfs->follower.plugins, arena, input);
}
