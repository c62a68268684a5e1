/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/path.h"

#include <errno.h>

DEFINE_CLEANUP(json_t *, json_decref);

static struct json make(json_t *root)
{
	return (struct json){ .root = root, .failed = !root };
}

struct json json_new_object(void)
{
	return make(json_object());
}

struct json json_new_array(void)
{
	return make(json_array());
}

void json_reset(struct json *json)
{
	json_decref(json->root);
	*json = (struct json){ 0 };
}

/* Puts VALUE, which is taken; NULL is one that could not be made. Returns it, or NULL. */
static json_t *put(struct json *json, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) == 0)
		return value;
	json->failed = true;
	return NULL;
}

static json_t *add(struct json *json, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) == 0)
		return value;
	json->failed = true;
	return NULL;
}

static json_t *make_text(const char *text)
{
	CLEANUP(buffer) struct buffer escaped = { 0 };

	if (!text)
		return json_null();
	if (utf8_is_valid(text))
		return json_string(text);
	escape_append(&escaped, text);
	return buffer_error(&escaped) ? NULL : json_string(escaped.bytes);
}

json_t *json_put_object(struct json *json, json_t *object, const char *key)
{
	return put(json, object, key, json_object());
}

json_t *json_put_array(struct json *json, json_t *object, const char *key)
{
	return put(json, object, key, json_array());
}

void json_put_text(struct json *json, json_t *object, const char *key, const char *text)
{
	put(json, object, key, make_text(text));
}

void json_put_known(struct json *json, json_t *object, const char *key, const char *text)
{
	if (text)
		json_put_text(json, object, key, text);
}

void json_put_number(struct json *json, json_t *object, const char *key, uint64_t number)
{
	put(json, object, key, json_integer((json_int_t)number));
}

void json_put_boolean(struct json *json, json_t *object, const char *key, bool value)
{
	put(json, object, key, json_boolean(value));
}

void json_put_null(struct json *json, json_t *object, const char *key)
{
	put(json, object, key, json_null());
}

json_t *json_add_object(struct json *json, json_t *array)
{
	return add(json, array, json_object());
}

void json_add_text(struct json *json, json_t *array, const char *text)
{
	add(json, array, make_text(text));
}

static int append_bytes(const char *bytes, size_t size, void *data)
{
	struct buffer *out = data;

	buffer_add(out, bytes, size);
	return buffer_error(out);
}

static int write_value(struct buffer *out, const json_t *value, size_t flags)
{
	if (!value || json_dump_callback(value, append_bytes, out, flags) < 0)
		return -ENOMEM;
	return buffer_error(out);
}

int json_write(const struct json *json, struct buffer *out, size_t flags)
{
	return json->failed ? -ENOMEM : write_value(out, json->root, flags);
}

int json_write_text(struct buffer *out, const char *text)
{
	CLEANUP(json_decref) json_t *value = make_text(text);

	return write_value(out, value, JSON_ENCODE_ANY);
}
