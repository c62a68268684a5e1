/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a command line, and what is taken of it as a plan. A NUL ends an
 * argument.
 */
#include "fuzz.h"

#include "command/options.h"

#include <errno.h>
#include <string.h>

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

static const char *const seeds[] = {
	"redis-server\n-o\nrootfs.tar.zst\n-d\n/rootfs\n--force\n--tree\n-u\nredis:1:2",
	"b/a:/a\n--sysroot=/s\n--library-path\na:b\n--preload=x\n--hwcaps\nx86-64-v2,x",
	"-va/etc:/etc\n--symlink\na:/b\n--mkdir\n/d:1777:1:2\n--chown\n1:2\n--bare",
	"--mtime\nkeep\n--format\ncpio\n-o\n-\n--color=always\n-q\n--\n-x",
	"--allow-missing\nlib*\n--check\nsymbols\na",
	"a\n--entrypoint\n[\"a\"]\n--cmd\n'b c' \"d\\$\"\n--env\nA=b\n--label\nc=d\n--format\noci",
	"a\n--workdir\n/w\n--volume\n/v\n--expose\n80/udp\n--stop-signal\nRTMIN+3\n--tag\nh:1/"
	"a_b:c",
	"--lis\n--json\n--ldd\n--vers\n--l\n-x\n--tree=1\n-o",
};

size_t fuzz_seed(unsigned index, uint8_t *bytes, size_t room)
{
	size_t size = index < sizeof(seeds) / sizeof(seeds[0]) ? strlen(seeds[index]) : 0;

	FUZZ_CHECK(size <= room);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(seeds[index][i] == '\n' ? '\0' : seeds[index][i]);
	return size;
}
