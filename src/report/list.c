/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"
#include "report/report.h"

#include <string.h>

void report_list(struct buffer *out, const struct report_input *input)
{
	size_t count;
	const struct entry *const *entries = manifest_entries(input->manifest, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(entries[i]->path, "/") == 0)
			continue;
		escape_append(out, entries[i]->path);
		buffer_add_string(out, "\n");
	}
}
