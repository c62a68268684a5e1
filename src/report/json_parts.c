/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json_parts.h"
#include "base/path.h"

#include <assert.h>
#include <stdio.h>

enum { KEY_SIZE = 32 };

void json_list_begin(struct json_list *list, struct buffer *out, const char *key)
{
	*list = (struct json_list){ .out = out };
	buffer_printf(out, ",\n \"%s\": [", key);
}

int json_list_add(struct json_list *list, const struct json *element)
{
	buffer_add_string(list->out, list->any ? ",\n  " : "\n  ");
	list->any = true;
	return json_write(element, list->out, 0);
}

void json_list_end(struct json_list *list)
{
	buffer_add_string(list->out, list->any ? "\n ]" : "]");
}

static void format_hex(struct buffer *out, const char *text)
{
	buffer_add_string(out, "");
	for (; *text; text++)
		buffer_printf(out, "%02x", (unsigned char)*text);
}

static void format_key(char bytes_key[KEY_SIZE], const char *key)
{
	int length = snprintf(bytes_key, KEY_SIZE, "%s_bytes", key);

	assert(length > 0 && length < KEY_SIZE);
}

void json_put_bytes(struct json *json, json_t *object, const char *key, const char *text)
{
	CLEANUP(buffer) struct buffer hex = { 0 };
	char bytes_key[KEY_SIZE];

	json_put_text(json, object, key, text);
	if (!text || utf8_is_valid(text))
		return;
	format_key(bytes_key, key);
	format_hex(&hex, text);
	json_put_text(json, object, bytes_key, hex.bytes);
	json->failed |= buffer_error(&hex) < 0;
}

static bool are_valid(const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!utf8_is_valid(texts[i]))
			return false;
	return true;
}

void json_put_bytes_list(struct json *json, json_t *object, const char *key,
			 const char *const *texts, size_t count)
{
	json_t *array = json_put_array(json, object, key);
	char bytes_key[KEY_SIZE];

	for (size_t i = 0; i < count; i++)
		json_add_text(json, array, texts[i]);
	if (are_valid(texts, count))
		return;
	format_key(bytes_key, key);
	array = json_put_array(json, object, bytes_key);
	for (size_t i = 0; i < count; i++) {
		CLEANUP(buffer) struct buffer hex = { 0 };

		format_hex(&hex, texts[i]);
		json_add_text(json, array, hex.bytes);
		json->failed |= buffer_error(&hex) < 0;
	}
}
