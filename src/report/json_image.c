/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "report/json_parts.h"

#include <errno.h>

static void put_texts(struct json *json, const char *key, struct image_texts texts)
{
	json_put_bytes_list(json, json->root, key, texts.items, texts.count);
}

/* "KEY=VALUE", as a program has it in its environment. */
static int put_environment(struct json *json, struct image_pairs pairs)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char **texts = arena ? arena_array(arena, pairs.count + 1, sizeof(*texts)) : NULL;

	if (!texts)
		return -ENOMEM;
	for (size_t i = 0; i < pairs.count; i++) {
		texts[i] = arena_printf(arena, "%s=%s", pairs.items[i].key, pairs.items[i].value);
		if (!texts[i])
			return -ENOMEM;
	}
	json_put_bytes_list(json, json->root, "env", texts, pairs.count);
	return 0;
}

static void put_labels(struct json *json, struct image_pairs pairs)
{
	json_t *labels = json_put_object(json, json->root, "labels");

	for (size_t i = 0; i < pairs.count; i++)
		json_put_text(json, labels, pairs.items[i].key, pairs.items[i].value);
}

int report_json_image(struct buffer *out, const struct image *image)
{
	CLEANUP(json) struct json json = json_new_object();
	char created[IMAGE_TIME_SIZE];

	image_time(image->created, created);
	json_put_bytes(&json, json.root, "tag", image->reference);
	json_put_bytes(&json, json.root, "architecture", image->architecture);
	json_put_bytes(&json, json.root, "variant", image->variant);
	json_put_text(&json, json.root, "os", "linux");
	json_put_text(&json, json.root, "created", created);
	json_put_bytes(&json, json.root, "user", image->user);
	json_put_bytes(&json, json.root, "workdir", image->workdir);
	put_texts(&json, "entrypoint", image->entrypoint);
	put_texts(&json, "cmd", image->cmd);
	TRY(put_environment(&json, image->environment));
	put_texts(&json, "volumes", image->volumes);
	put_texts(&json, "ports", image->ports);
	json_put_bytes(&json, json.root, "stop_signal", image->stop_signal);
	put_labels(&json, image->labels);
	buffer_add_string(out, ",\n \"image\": ");
	return json_write(&json, out, 0);
}
