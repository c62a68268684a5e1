/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json_text.h"
#include "base/path.h"

#include <errno.h>

json_t *json_text(const char *text)
{
	CLEANUP(buffer) struct buffer escaped = { 0 };

	if (!text)
		return json_null();
	if (utf8_is_valid(text))
		return json_string(text);
	escape_append(&escaped, text);
	return buffer_error(&escaped) ? NULL : json_string(escaped.bytes);
}

int json_set(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) < 0 ? -ENOMEM : 0;
}

int json_append(json_t *array, json_t *value)
{
	return json_array_append_new(array, value) < 0 ? -ENOMEM : 0;
}

static int append_bytes(const char *bytes, size_t size, void *data)
{
	buffer_add(data, bytes, size);
	return 0;
}

int json_add(struct buffer *out, const json_t *value, size_t flags)
{
	return json_dump_callback(value, append_bytes, out, flags) < 0 ? -ENOMEM : 0;
}
