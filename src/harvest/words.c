/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/words.h"

#include <ctype.h>
#include <string.h>

static bool is_of_word(char c)
{
	return c && (isalnum((unsigned char)c) || strchr("-+_", c));
}

bool words_have(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = text; length > 0 && (at = strstr(at, word)) != NULL; at++) {
		const char *behind = at + length;

		behind += *behind == '.';
		if ((at == text || !is_of_word(at[-1])) && !is_of_word(*behind))
			return true;
	}
	return false;
}

bool words_quote(const char *text, const char *name)
{
	static const char around[] = "'\"`./";
	size_t length = strlen(name);

	for (const char *at = text; length > 0 && (at = strstr(at, name)) != NULL; at++)
		if (at > text && strchr(around, at[-1]) && at[length] && strchr(around, at[length]))
			return true;
	return false;
}

static bool is_of_name(char c)
{
	return is_of_word(c) || c == '.';
}

size_t words_next(const char **text, const char **word)
{
	const char *at = *text;

	while (*at && !is_of_name(*at))
		at++;
	*word = at;
	while (is_of_name(*at))
		at++;
	*text = at;
	return (size_t)(at - *word);
}
