/* SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"

#include <assert.h>
#include <string.h>

bool number_take(const char **text, unsigned base, uint64_t limit, uint64_t *out)
{
	const char *at = *text;
	uint64_t value = 0;

	assert(base >= 2 && base <= 10);
	for (; *at >= '0' && *at < (char)('0' + base); at++) {
		unsigned digit = (unsigned)(*at - '0');

		if (digit > limit || value > (limit - digit) / base)
			return false;
		value = value * base + digit;
	}
	if (at == *text)
		return false;
	*text = at;
	*out = value;
	return true;
}

bool number_parse(const char *text, uint64_t limit, uint64_t *out)
{
	uint64_t value;

	if (!number_take(&text, 10, limit, &value) || *text)
		return false;
	*out = value;
	return true;
}

bool switch_parse(const char *text, bool *out)
{
	*out = strcmp(text, "yes") == 0;
	return *out || strcmp(text, "no") == 0;
}
