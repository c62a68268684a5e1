/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers and switches as text, the same in every locale.
 */
#ifndef MKROOTFS_BASE_NUMBER_H
#define MKROOTFS_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Reads the digits of BASE (at most 10) at *TEXT and moves *TEXT behind them. Returns false, and
 * moves nothing, where there is no digit, or a number above LIMIT.
 */
bool number_take(const char **text, unsigned base, uint64_t limit, uint64_t *out);

/* Whether all of TEXT is a decimal number up to LIMIT: *OUT. */
bool number_parse(const char *text, uint64_t limit, uint64_t *out);

/* Whether TEXT is "yes" or "no": *OUT. */
bool switch_parse(const char *text, bool *out);

#endif
