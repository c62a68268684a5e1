/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a command line, and what is taken of it as a plan. A NUL ends an
 * argument.
 */
#include "fuzz.h"

#include "command/argument_file.h"
#include "command/options.h"

#include <errno.h>

enum {
	ARGUMENTS_MAX = 64,
};

/* Cuts SIZE bytes at TEXT, with a NUL behind them, into ARGUMENTS; returns how many. */
static int cut(char *text, size_t size, char **arguments)
{
	int count = 0;

	arguments[count++] = (char *)"mkrootfs";
	for (size_t at = 0; at < size && count < ARGUMENTS_MAX; at += strlen(text + at) + 1)
		arguments[count++] = text + at;
	arguments[count] = NULL;
	/* No file of this machine is read: check_argument_file has the reader of @FILE. */
	for (int i = 1; i < count; i++)
		if (arguments[i][0] == '@')
			arguments[i][0] = 'a';
	return count;
}

/* All strings that were taken are pieces of the arguments. */
static void check_taken(const struct options *options, const char *text, size_t size)
{
	for (size_t i = 0; i < options->n_settings; i++) {
		const char *value = options->settings[i].value;

		FUZZ_CHECK((value >= text && value <= text + size) || strcmp(value, "yes") == 0);
	}
	for (size_t i = 0; i < options->n_outputs; i++) {
		const char *path = options->outputs[i].path;

		FUZZ_CHECK(path >= text && path <= text + size);
	}
}

static void check_error(const char *error)
{
	FUZZ_CHECK(*error);
	for (; *error; error++)
		FUZZ_CHECK(*error >= ' ' && *error <= '~');
}

/* Any bytes as the text of an @FILE: its words lie in it, one behind the other. */
static void check_argument_file(const uint8_t *bytes, size_t size)
{
	struct argument_file file;
	char *text = malloc(size + 1);
	const char *wrong;
	const char *end;
	int r;

	FUZZ_CHECK(text);
	if (size)
		memcpy(text, bytes, size);
	text[size] = '\0';
	r = argument_file_split(&file, text, size, &wrong);
	FUZZ_CHECK(r == 0 || (r == -EINVAL && wrong));
	end = text;
	for (size_t i = 0; r == 0 && i < file.n_words; i++) {
		FUZZ_CHECK(file.words[i] >= end);
		end = file.words[i] + strlen(file.words[i]) + 1;
	}
	FUZZ_CHECK(end <= text + size + 1);
	argument_file_free(&file);
}

/* A diagnostic is a line. */
static void listen(void *data, enum mkrootfs_level level, const char *subject, const char *message,
		   const char *hint)
{
	unsigned *errors = data;

	*errors += level == MKROOTFS_ERROR;
	FUZZ_CHECK(!subject || !strpbrk(subject, "\n\033"));
	FUZZ_CHECK(!strpbrk(message, "\n\033"));
	FUZZ_CHECK(!hint || !strpbrk(hint, "\n\033"));
}

static void check_plan(const struct options *options)
{
	struct mkrootfs_plan *plan = mkrootfs_plan_new();
	unsigned errors = 0;
	int r = 0;

	FUZZ_CHECK(plan);
	mkrootfs_plan_log(plan, listen, &errors);
	for (size_t i = 0; r == 0 && i < options->n_settings; i++)
		r = mkrootfs_plan_set(plan, options->settings[i].option,
				      options->settings[i].value);
	for (size_t i = 0; r == 0 && i < options->n_outputs; i++)
		r = mkrootfs_output_check(plan, &options->outputs[i]);
	FUZZ_CHECK(r == 0 || r == -EINVAL);
	FUZZ_CHECK((r < 0) == (errors > 0));
	mkrootfs_plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *arguments[ARGUMENTS_MAX + 1];
	char *text = malloc(size + 1);
	struct options options;
	int r;

	check_argument_file(bytes, size);
	FUZZ_CHECK(text);
	if (size)
		memcpy(text, bytes, size);
	text[size] = '\0';
	r = options_parse(&options, cut(text, size, arguments), arguments);
	FUZZ_CHECK(r == 0 || r == -EINVAL);
	check_taken(&options, text, size);
	if (r < 0)
		check_error(options.error);
	else if (!options.help && !options.version)
		check_plan(&options);
	options_free(&options);
	free(text);
	return 0;
}

static const struct fuzz_seed seeds[] = {
	FUZZ_TEXT("redis-server\0-o\0rootfs.tar.zst\0-d\0/rootfs\0--force\0--tree\0-u\0redis:1:2"),
	FUZZ_TEXT("b/a:/a\0--sysroot=/s\0--library-path\0a:b\0--preload=x\0--hwcaps\0x86-64-v2,x"),
	FUZZ_TEXT("-va/etc:/etc\0--symlink\0a:/b\0--mkdir\0/d:1777:1:2\0--chown\0"
		  "1:2\0--bare"),
	FUZZ_TEXT("--mtime\0keep\0--format\0cpio\0-o\0-\0--color=always\0-q\0--\0-x"),
	FUZZ_TEXT("--allow-missing\0lib*\0--check\0symbols\0a"),
	FUZZ_TEXT("a\0--entrypoint\0[\"a\"]\0--cmd\0'b c' "
		  "\"d\\$\"\0--env\0A=b\0--label\0c=d\0--format\0oci"),
	FUZZ_TEXT("a\0--workdir\0/w\0--volume\0/v\0--expose\080/"
		  "udp\0--stop-signal\0RTMIN+3\0--tag\0h:1/a_b:c"),
	FUZZ_TEXT("--lis\0--json\0--ldd\0--vers\0--l\0-x\0--tree=1\0-o"),
	FUZZ_TEXT("# of an @FILE\n--list 'a b'\\ c \"d\\\"\" --env=A='\n'#b #c\n @d"),
	FUZZ_TEXT("--list 'a"),
};

FUZZ_SEEDS(seeds);
