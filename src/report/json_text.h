/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strings of JSON documents, which are UTF-8 while paths are any bytes.
 */
#ifndef MKROOTFS_REPORT_JSON_TEXT_H
#define MKROOTFS_REPORT_JSON_TEXT_H

#include "base/buffer.h"

#include <jansson.h>

DEFINE_CLEANUP(json_t *, json_decref);

/*
 * TEXT as it is where it is UTF-8, else escaped as in the other reports; NULL as null. NULL when
 * out of memory.
 */
json_t *json_text(const char *text);

/* Sets KEY of OBJECT to VALUE, which is taken. Returns 0, or -ENOMEM, for VALUE NULL too. */
int json_set(json_t *object, const char *key, json_t *value);

/* Appends VALUE, which is taken, to ARRAY. Returns as json_set. */
int json_append(json_t *array, json_t *value);

/* Appends VALUE as text, by jansson's FLAGS. Returns 0 or -ENOMEM. */
int json_add(struct buffer *out, const json_t *value, size_t flags);

#endif
