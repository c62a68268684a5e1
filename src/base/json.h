/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON documents that are written: jansson's values, made from the root on. An error while making
 * one is remembered, as in a buffer, so that a writer checks once at its end.
 *
 * Objects and arrays that these functions return belong to the document; NULL, after an error, may
 * be passed on. Members keep the order in which they were put.
 */
#ifndef MKROOTFS_BASE_JSON_H
#define MKROOTFS_BASE_JSON_H

#include "base/buffer.h"

#include <jansson.h>
#include <stdint.h>

struct json {
	json_t *root; /* an object or array; NULL when out of memory */
	bool failed;  /* out of memory at some time: the document is not whole */
};

/* A document that is an empty object or array. json_reset frees it. */
struct json json_new_object(void);
struct json json_new_array(void);
void json_reset(struct json *json);

static inline void json_cleanup(struct json *json)
{
	json_reset(json);
}

/*
 * Members of OBJECT. A text that is not UTF-8, as paths may be, is escaped as in the other reports;
 * NULL is null.
 */
json_t *json_put_object(struct json *json, json_t *object, const char *key);
json_t *json_put_array(struct json *json, json_t *object, const char *key);
void json_put_text(struct json *json, json_t *object, const char *key, const char *text);
void json_put_number(struct json *json, json_t *object, const char *key, uint64_t number);
void json_put_boolean(struct json *json, json_t *object, const char *key, bool value);
void json_put_null(struct json *json, json_t *object, const char *key);

/* Puts a text only where there is one. */
void json_put_known(struct json *json, json_t *object, const char *key, const char *text);

/* Elements of ARRAY. */
json_t *json_add_object(struct json *json, json_t *array);
void json_add_text(struct json *json, json_t *array, const char *text);

/* Appends the document to OUT, by jansson's FLAGS. Returns 0, or -ENOMEM where it is not whole. */
int json_write(const struct json *json, struct buffer *out, size_t flags);

/* Appends TEXT alone, as the members above have it. Returns 0 or -ENOMEM. */
int json_write_text(struct buffer *out, const char *text);

#endif
