#include "report/document.h"
#include "base/path.h"

#include <errno.h>

json_t *document_text(const char *text)
{
	CLEANUP(buffer) struct buffer escaped = { 0 };
	json_t *value = json_string(text);

	if (value)
		return value;
	escape_append(&escaped, text);
	return buffer_error(&escaped) ? NULL : json_string(escaped.bytes ? escaped.bytes : "");
}

int document_set(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) < 0 ? -ENOMEM : 0;
}

int document_set_text(json_t *object, const char *key, const char *text)
{
	return text ? document_set(object, key, document_text(text)) : 0;
}

int document_add(json_t *array, json_t *value)
{
	return json_array_append_new(array, value) < 0 ? -ENOMEM : 0;
}

static int append(const char *bytes, size_t size, void *data)
{
	buffer_add(data, bytes, size);
	return 0;
}

int document_write(struct buffer *out, const json_t *document)
{
	if (json_dump_callback(document, append, out, JSON_INDENT(1)) < 0)
		return -ENOMEM;
	buffer_add_string(out, "\n");
	return buffer_error(out);
}
