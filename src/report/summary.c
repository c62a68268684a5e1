/* SPDX-License-Identifier: Apache-2.0 */
#include "report/summary.h"
#include "base/error.h"
#include "report/seen.h"

#include <inttypes.h>

/* Counts OBJECT where it is missing, though it may not be, and its name is new. */
static int count_object(struct seen *seen, const struct closure_object *object, size_t *count)
{
	if (!closure_is_missing(object) || object->allowed_missing)
		return 0;
	if (TRY(seen_add(seen, object->loaded.name, "")) == 0)
		(*count)++;
	return 0;
}

static int count_missing(const struct report_input *input, size_t *count)
{
	CLEANUP(seen) struct seen seen = { 0 };

	*count = 0;
	for (size_t i = 0; i < input->n_closures; i++) {
		const struct closure *closure = input->closures[i];

		if (closure->interp)
			TRY(count_object(&seen, closure->interp, count));
		for (size_t j = 0; j < closure->n_objects; j++)
			TRY(count_object(&seen, closure->objects[j], count));
	}
	return 0;
}

static void add_count(struct buffer *out, uint64_t count, const char *noun)
{
	buffer_printf(out, "%" PRIu64 " %s%s", count, noun, count == 1 ? "" : "s");
}

int summary_add(struct buffer *out, const struct report_input *input)
{
	size_t count;
	const struct entry *const *entries = manifest_entries(input->manifest, &count);
	uint64_t files = 0;
	uint64_t links = 0;
	size_t missing;

	TRY(count_missing(input, &missing));
	for (size_t i = 0; i < count; i++) {
		files += entries[i]->type == ENTRY_FILE;
		links += entries[i]->type == ENTRY_SYMLINK;
	}
	add_count(out, files, "file");
	buffer_add_string(out, ", ");
	add_count(out, links, "link");
	buffer_add_string(out, ", ");
	buffer_add_size(out, manifest_size(input->manifest));
	if (missing > 0)
		buffer_printf(out, ", %s%zu not found%s", input->colour ? "\033[1;31m" : "",
			      missing, input->colour ? "\033[0m" : "");
	buffer_add_string(out, "\n");
	return 0;
}
