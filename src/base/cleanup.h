/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Automatic cleanup of locals, so that functions return early and read
 * straight down. A type's own header defines its cleanup function with
 * DEFINE_CLEANUP and locals are declared with CLEANUP(name).
 */
#ifndef MKROOTFS_BASE_CLEANUP_H
#define MKROOTFS_BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

/* Declares a local that FUNCTION_cleanup(&local) releases at the end of its scope. */
#define CLEANUP(function) __attribute__((cleanup(function##_cleanup)))

/* Defines FUNCTION_cleanup for a local of pointer type TYPE released by FUNCTION. */
#define DEFINE_CLEANUP(type, function)                                                             \
	static inline void function##_cleanup(type *pointer)                                       \
	{                                                                                          \
		if (*pointer)                                                                      \
			function(*pointer);                                                        \
	}                                                                                          \
	struct function##_cleanup_needs_semicolon

/* Hands a local's value on and leaves NULL behind, so that its cleanup does nothing. */
#define STEAL(pointer)                                                                             \
	({                                                                                         \
		__typeof__(pointer) stolen_ = (pointer);                                           \
		(pointer) = NULL;                                                                  \
		stolen_;                                                                           \
	})

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static inline void free_cleanup(void *pointer)
{
	free(*(void **)pointer);
}

/* For file descriptors: -1 is none. */
static inline void fd_cleanup(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#endif
