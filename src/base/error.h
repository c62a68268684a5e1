/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The error rule of the whole program: functions return 0 or a negative errno, and a positive
 * value is an outcome that their header documents. A negative number is forwarded unchanged.
 */
#ifndef MKROOTFS_BASE_ERROR_H
#define MKROOTFS_BASE_ERROR_H

/*
 * Returns EXPRESSION's value from the calling function if that is negative; else it is the macro's
 * own value.
 */
#define TRY(expression)                                                                            \
	({                                                                                         \
		int try_result_ = (expression);                                                    \
		if (try_result_ < 0)                                                               \
			return try_result_;                                                        \
		try_result_;                                                                       \
	})

/* As TRY, for calls whose outcomes end the work too: returns EXPRESSION's value if it is not 0. */
#define TRY_ZERO(expression)                                                                       \
	do {                                                                                       \
		int try_result_ = (expression);                                                    \
		if (try_result_ != 0)                                                              \
			return try_result_;                                                        \
	} while (0)

/* The result must not be ignored: it alone tells absence from failure. */
#define MUST_USE __attribute__((warn_unused_result))

#endif
