/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics: how every floor tells the user what is wrong. One is given where
 * the facts are known (which file, who asked for it); the callers above forward
 * the error number only. The command prints them as "mkrootfs: SUBJECT: MESSAGE".
 */
#ifndef MKROOTFS_BASE_DIAG_H
#define MKROOTFS_BASE_DIAG_H

#include "mkrootfs.h"

#include <stdbool.h>

/*
 * Receives one diagnostic. SUBJECT (a file, an option; may be NULL) and MESSAGE are
 * raw: the receiver escapes them. HINT is what the user can do about it, or NULL.
 */
typedef void diag_emit_fn(void *data, enum mkrootfs_level level, const char *subject,
			  const char *message, const char *hint);

struct diag {
	diag_emit_fn *emit; /* NULL: nobody listens */
	void *data;
};

/*
 * Reports an error and returns -ERRNUM, so that it can end a function:
 * return diag_error(diag, EINVAL, path, "not an ELF file");
 */
int diag_error(const struct diag *diag, int errnum, const char *subject, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* As diag_error, with a second line that says what to do. */
int diag_error_hint(const struct diag *diag, int errnum, const char *subject, const char *hint,
		    const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Reports an error whose message is the text of errno value ERRNUM; returns -ERRNUM. */
int diag_errno(const struct diag *diag, int errnum, const char *subject);

/* Reports what does not stop the work. */
void diag_warning(const struct diag *diag, const char *subject, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void diag_note(const struct diag *diag, const char *subject, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The English text of an errno value (positive), whatever the locale: what is
 * printed must not depend on who runs it.
 */
const char *errno_text(int errnum);

#endif
