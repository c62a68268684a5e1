/* SPDX-License-Identifier: Apache-2.0 */
#include "manifest/image.h"
#include "base/path.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* 9999-12-31T23:59:59Z */
static const int64_t last_second = 253402300799;

void image_time(int64_t seconds, char text[IMAGE_TIME_SIZE])
{
	time_t time = (time_t)(seconds < last_second ? seconds : last_second);
	struct tm tm = { 0 };

	gmtime_r(&time, &tm);
	strftime(text, IMAGE_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static const char *find_in_texts(struct image_texts texts)
{
	for (size_t i = 0; i < texts.count; i++)
		if (!utf8_is_valid(texts.items[i]))
			return texts.items[i];
	return NULL;
}

static const char *find_in_pairs(struct image_pairs pairs)
{
	for (size_t i = 0; i < pairs.count; i++)
		if (!utf8_is_valid(pairs.items[i].value))
			return pairs.items[i].value;
	return NULL;
}

const char *image_find_foreign(const struct image *image)
{
	const char *const found[] = {
		find_in_texts(image->entrypoint), find_in_texts(image->cmd),
		find_in_texts(image->volumes),	  find_in_pairs(image->environment),
		find_in_pairs(image->labels),
	};

	for (size_t i = 0; i < ARRAY_SIZE(found); i++)
		if (found[i])
			return found[i];
	return image->workdir && !utf8_is_valid(image->workdir) ? image->workdir : NULL;
}
