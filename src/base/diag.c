/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"
#include "base/buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *errno_text(int errnum)
{
	/* strerrordesc_np would do, but musl has none; no setlocale is ever called here. */
	return strerror(errnum);
}

static void diag_emit(const struct diag *diag, enum mkrootfs_level level, const char *subject,
		      const char *hint, const char *format, va_list arguments)
{
	char *message = NULL;

	if (!diag || !diag->emit)
		return;
	if (vasprintf(&message, format, arguments) < 0)
		message = NULL;
	diag->emit(diag->data, level, subject, message ? message : format, hint);
	free(message);
}

int diag_error(const struct diag *diag, int errnum, const char *subject, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	diag_emit(diag, MKROOTFS_ERROR, subject, NULL, format, arguments);
	va_end(arguments);
	return -errnum;
}

int diag_error_hint(const struct diag *diag, int errnum, const char *subject, const char *hint,
		    const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	diag_emit(diag, MKROOTFS_ERROR, subject, hint, format, arguments);
	va_end(arguments);
	return -errnum;
}

int diag_errno(const struct diag *diag, int errnum, const char *subject)
{
	return diag_error(diag, errnum, subject, "%s", errno_text(errnum));
}

void diag_warning(const struct diag *diag, const char *subject, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	diag_emit(diag, MKROOTFS_WARNING, subject, NULL, format, arguments);
	va_end(arguments);
}

void diag_note(const struct diag *diag, const char *subject, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	diag_emit(diag, MKROOTFS_NOTE, subject, NULL, format, arguments);
	va_end(arguments);
}
