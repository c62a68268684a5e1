/*
 * JSON documents of other people's formats: what those that write them share. Every function
 * takes the values over, and returns NULL or -ENOMEM when out of memory.
 */
#ifndef MKROOTFS_REPORT_DOCUMENT_H
#define MKROOTFS_REPORT_DOCUMENT_H

#include "base/buffer.h"

#include <jansson.h>

DEFINE_CLEANUP(json_t *, json_decref);

/* TEXT as a string; bytes that are not UTF-8 as C escapes. */
json_t *document_text(const char *text);

/* Sets KEY of OBJECT to TEXT; nothing where TEXT is NULL. */
int document_set_text(json_t *object, const char *key, const char *text);

/* Sets KEY of OBJECT to VALUE, or appends VALUE to ARRAY: NULL is one that could not be made. */
int document_set(json_t *object, const char *key, json_t *value);
int document_add(json_t *array, json_t *value);

/* Appends the document, indented and with a newline at the end. */
int document_write(struct buffer *out, const json_t *document);

#endif
