/* SPDX-License-Identifier: Apache-2.0 */
#include "report/dockerfile.h"
#include "base/error.h"
#include "base/json.h"

#include <assert.h>
#include <string.h>

static const char plain_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789/._-+:@%,";

bool dockerfile_can_hold(const char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7f)
			return false;
	return true;
}

/* The first of PAIRS that a line cannot hold, or NULL. */
static const char *find_pair(struct image_pairs pairs)
{
	for (size_t i = 0; i < pairs.count; i++)
		if (!dockerfile_can_hold(pairs.items[i].key) ||
		    !dockerfile_can_hold(pairs.items[i].value))
			return pairs.items[i].key;
	return NULL;
}

const char *dockerfile_find_unholdable(const struct image *image)
{
	const char *const values[] = { image->user, image->workdir, image->stop_signal };
	const char *found = find_pair(image->environment);

	if (!found)
		found = find_pair(image->labels);
	for (size_t i = 0; !found && i < ARRAY_SIZE(values); i++)
		if (values[i] && !dockerfile_can_hold(values[i]))
			found = values[i];
	for (size_t i = 0; !found && i < image->ports.count; i++)
		if (!dockerfile_can_hold(image->ports.items[i]))
			found = image->ports.items[i];
	return found;
}

bool dockerfile_can_copy(const char *directory)
{
	return dockerfile_can_hold(directory) && !strpbrk(directory, "*?[\\");
}

/*
 * A word in double quotes, in which $ and " are escaped. Builders differ in what a backslash is
 * between quotes, so it stands outside of them.
 */
static void add_quoted(struct buffer *out, const char *text)
{
	buffer_add_string(out, "\"");
	for (; *text; text++) {
		if (*text == '\\')
			buffer_add_string(out, "\"\\\\\"");
		else if (*text == '"' || *text == '$')
			buffer_printf(out, "\\%c", *text);
		else
			buffer_add(out, text, 1);
	}
	buffer_add_string(out, "\"");
}

/* A word that is quoted only where it has to be. */
static void add_word(struct buffer *out, const char *text)
{
	if (*text && text[strspn(text, plain_bytes)] == '\0')
		buffer_add_string(out, text);
	else
		add_quoted(out, text);
}

/*
 * An instruction in its JSON form; nothing where there are no words. EXPANDED: the builder reads
 * the words of this instruction again, as a shell would, after it has read the JSON.
 */
static int add_array(struct buffer *out, const char *instruction, struct image_texts words,
		     bool expanded)
{
	CLEANUP(json) struct json json = json_new_array();

	if (words.count == 0)
		return 0;
	for (size_t i = 0; i < words.count; i++) {
		CLEANUP(buffer) struct buffer word = { 0 };

		buffer_add_string(&word, "");
		if (expanded)
			add_word(&word, words.items[i]);
		else
			buffer_add_string(&word, words.items[i]);
		TRY(buffer_error(&word));
		json_add_text(&json, json.root, word.bytes);
	}
	buffer_printf(out, "%s ", instruction);
	TRY(json_write(&json, out, 0));
	buffer_add_string(out, "\n");
	return 0;
}

static void add_pairs(struct buffer *out, const char *instruction, struct image_pairs pairs)
{
	for (size_t i = 0; i < pairs.count; i++) {
		buffer_printf(out, "%s %s=", instruction, pairs.items[i].key);
		add_quoted(out, pairs.items[i].value);
		buffer_add_string(out, "\n");
	}
}

static void add_value(struct buffer *out, const char *instruction, const char *value)
{
	if (!value)
		return;
	buffer_printf(out, "%s ", instruction);
	add_word(out, value);
	buffer_add_string(out, "\n");
}

static int add_copy(struct buffer *out, const char *directory)
{
	const char *const words[] = { directory, "/" };

	if (directory[strspn(directory, plain_bytes)] != '\0')
		return add_array(out, "COPY --from=build",
				 (struct image_texts){ words, ARRAY_SIZE(words) }, true);
	buffer_printf(out, "COPY --from=build %s /\n", directory);
	return 0;
}

int report_dockerfile(struct buffer *out, const struct image *image, const char *directory)
{
	assert(directory[0] == '/' && dockerfile_can_copy(directory));
	assert(!dockerfile_find_unholdable(image));
	buffer_add_string(out, "# Made by mkrootfs: the last stage, behind one named build.\n"
			       "FROM scratch\n");
	TRY(add_copy(out, directory));
	add_pairs(out, "ENV", image->environment);
	add_pairs(out, "LABEL", image->labels);
	add_value(out, "USER", image->user);
	add_value(out, "WORKDIR", image->workdir);
	TRY(add_array(out, "VOLUME", image->volumes, true));
	for (size_t i = 0; i < image->ports.count; i++)
		add_value(out, "EXPOSE", image->ports.items[i]);
	add_value(out, "STOPSIGNAL", image->stop_signal);
	TRY(add_array(out, "ENTRYPOINT", image->entrypoint, false));
	TRY(add_array(out, "CMD", image->cmd, false));
	return buffer_error(out);
}
