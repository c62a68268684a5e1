/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/shebang.h"
#include "base/path.h"

#include <errno.h>
#include <string.h>

enum {
	LINE_MAX_BYTES = 256, /* BINPRM_BUF_SIZE since Linux 5.1 */
};

/*
 * What env(1) runs: its first operand that is neither an option nor an assignment. With
 * -S the rest of the line is split as words; the kernel gives it as one argument.
 */
static const char *env_command(struct arena *arena, const char *argument)
{
	char *text = arena_strdup(arena, argument);
	char *rest = text;

	for (char *word; rest && (word = strsep(&rest, " \t")) != NULL;) {
		if (strncmp(word, "-S", 2) == 0 && word[2])
			word += 2;
		if (!*word || *word == '-' || strchr(word, '='))
			continue;
		return word;
	}
	return NULL;
}

int shebang_read(struct root_file *file, struct arena *arena, struct shebang *out)
{
	char line[LINE_MAX_BYTES + 1];
	ssize_t size = root_file_pread(file, line, LINE_MAX_BYTES, 0);
	char *start;
	char *end;

	if (size < 0)
		return (int)size;
	if (size < 2 || line[0] != '#' || line[1] != '!')
		return 0;
	line[size] = '\0';
	*out = (struct shebang){ 0 };
	line[strcspn(line, "\n")] = '\0';
	start = line + 2 + strspn(line + 2, " \t");
	end = start + strlen(start);
	out->carriage_return = end > start && end[-1] == '\r';
	while (end > start && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		*--end = '\0';
	if (!*start)
		return 0;
	end = start + strcspn(start, " \t");
	out->interpreter = arena_strndup(arena, start, (size_t)(end - start));
	if (!out->interpreter)
		return -ENOMEM;
	end += strspn(end, " \t");
	if (!*end)
		return 1;
	out->argument = arena_strdup(arena, end);
	if (!out->argument)
		return -ENOMEM;
	if (strcmp(path_basename(out->interpreter), "env") == 0)
		out->command = env_command(arena, out->argument);
	return 1;
}
