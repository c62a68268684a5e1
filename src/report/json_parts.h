/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the --json document, and what they share. For json.c and its neighbours alone.
 *
 * Bytes that are not UTF-8 have no place in JSON: such a text stands there escaped, and beside it,
 * as KEY_bytes, all its bytes in hexadecimal digits.
 */
#ifndef MKROOTFS_REPORT_JSON_PARTS_H
#define MKROOTFS_REPORT_JSON_PARTS_H

#include "base/json.h"
#include "report/report.h"

/* An array at the top of the document: an element a line, made and freed one by one. */
struct json_list {
	struct buffer *out;
	bool any;
};

void json_list_begin(struct json_list *list, struct buffer *out, const char *key);
/* Returns 0 or -ENOMEM. */
int json_list_add(struct json_list *list, const struct json *element);
void json_list_end(struct json_list *list);

/* Members of OBJECT, with their bytes where they are not UTF-8. TEXT may be NULL. */
void json_put_bytes(struct json *json, json_t *object, const char *key, const char *text);
void json_put_bytes_list(struct json *json, json_t *object, const char *key,
			 const char *const *texts, size_t count);

/* The parts that are files of their own. Each returns 0 or -ENOMEM. */
int report_json_objects(struct buffer *out, const struct report_input *input);
int report_json_missing(struct buffer *out, const struct report_input *input);
int report_json_needs(struct buffer *out, const struct report_input *input);
int report_json_lookups(struct buffer *out, const struct report_run *run);
int report_json_image(struct buffer *out, const struct image *image);

#endif
