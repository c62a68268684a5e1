/* SPDX-License-Identifier: Apache-2.0 */
#include "together.h"

#include <string.h>

/* What the options say, as far as some of them ask for others. */
enum {
	HAS_ARCHIVE = 1 << 0,
	HAS_DIRECTORY = 1 << 1,
	HAS_DOCKERFILE = 1 << 2,
	HAS_DEPFILE = 1 << 3,
	HAS_TARGET = 1 << 4, /* what a rule of Make or Ninja can be about: the rootfs, by a name */
	HAS_STANDARD_OUTPUT = 1 << 5,
	HAS_STANDARD_OUTPUTS = 1 << 6, /* more than one */
	HAS_FORMAT = 1 << 7,
	HAS_COMPRESSION = 1 << 8,
	HAS_FORCE = 1 << 9,
	HAS_REPORT = 1 << 10,
	HAS_FILE = 1 << 11,
	HAS_CONTENT = 1 << 12, /* a FILE, or a thing that is put into the rootfs without one */
	HAS_TRACE = 1 << 13,
	HAS_ARGUMENT = 1 << 14,
	HAS_SYSROOT = 1 << 15,
	HAS_RUN = 1 << 16,    /* --check run */
	HAS_RUNNER = 1 << 17, /* something that takes ARGs: that or --trace */
	HAS_PROBE = 1 << 18,
	HAS_TIMEOUT = 1 << 19, /* of the check */
	HAS_FIX = 1 << 20,
};

/* Where all of WHERE is so, NEEDED has to be so too; 0: WHERE cannot be. The first counts. */
static const struct {
	unsigned where;
	unsigned needed;
	const char *error;
} rows[] = {
	{ HAS_DEPFILE, HAS_TARGET,
	  "--depfile needs an output that depends on something, by -o or -d" },
	{ HAS_DOCKERFILE, HAS_DIRECTORY, "--dockerfile needs a directory to copy from, by -d" },
	{ HAS_FORMAT, HAS_ARCHIVE, "--format is of archives: name one with -o" },
	{ HAS_COMPRESSION, HAS_ARCHIVE, "--compress is of archives: name one with -o" },
	{ HAS_FORCE, HAS_DIRECTORY, "--force replaces a directory: name one with -d" },
	{ HAS_STANDARD_OUTPUT | HAS_TRACE, 0,
	  "standard output cannot take an archive and what a traced program writes" },
	{ HAS_STANDARD_OUTPUTS, 0, "standard output can take one output only" },
	{ HAS_STANDARD_OUTPUT | HAS_REPORT, 0,
	  "standard output cannot take an output and a report" },
	{ HAS_ARGUMENT, HAS_RUNNER,
	  "arguments after -- are those of a FILE that --trace or --check run runs" },
	{ HAS_PROBE, HAS_RUN, "--check-probe asks what --check run runs: give that, too" },
	{ HAS_TIMEOUT, HAS_RUN, "--check-timeout is of --check run: give that, too" },
	{ HAS_FIX, HAS_RUN, "--fix brings what --check run has missed: give that, too" },
	{ HAS_TRACE | HAS_SYSROOT, 0,
	  "--trace runs programs of this system, not those of --sysroot" },
	{ HAS_TRACE, HAS_FILE, "--trace needs a FILE to run" },
	{ 0, HAS_CONTENT, "no FILE was given" },
};

static unsigned facts_of_output(const struct mkrootfs_output *output)
{
	bool standard = strcmp(output->path, "-") == 0;

	switch (output->format) {
	case MKROOTFS_FORMAT_DIRECTORY:
		return HAS_DIRECTORY | HAS_TARGET;
	case MKROOTFS_FORMAT_AUTO: /* --format and --compress are not applied yet */
		return HAS_ARCHIVE | (standard ? HAS_STANDARD_OUTPUT : HAS_TARGET);
	case MKROOTFS_FORMAT_DOCKERFILE:
		return HAS_DOCKERFILE | (standard ? HAS_STANDARD_OUTPUT : 0);
	case MKROOTFS_FORMAT_DEPFILE:
		return HAS_DEPFILE | (standard ? HAS_STANDARD_OUTPUT : 0);
	default:
		return standard ? HAS_STANDARD_OUTPUT : 0;
	}
}

static unsigned facts_of_setting(const struct setting *setting)
{
	switch (setting->option) {
	case MKROOTFS_FILE:
		return HAS_FILE | HAS_CONTENT;
	case MKROOTFS_ADD:
	case MKROOTFS_SYMLINK:
	case MKROOTFS_MKDIR:
		return HAS_CONTENT;
	case MKROOTFS_TRACE:
		return HAS_TRACE | HAS_RUNNER;
	case MKROOTFS_CHECK:
		return strcmp(setting->value, "run") == 0 ? HAS_RUN | HAS_RUNNER : 0;
	case MKROOTFS_CHECK_PROBE:
		return HAS_PROBE;
	case MKROOTFS_CHECK_TIMEOUT:
		return HAS_TIMEOUT;
	case MKROOTFS_FIX:
		return HAS_FIX;
	case MKROOTFS_ARGUMENT:
		return HAS_ARGUMENT;
	case MKROOTFS_SYSROOT:
		return HAS_SYSROOT;
	default:
		return 0;
	}
}

static unsigned facts_of(const struct options *options)
{
	unsigned facts = 0;

	if (options->format != MKROOTFS_FORMAT_AUTO)
		facts |= HAS_FORMAT;
	if (options->compression != MKROOTFS_COMPRESS_AUTO)
		facts |= HAS_COMPRESSION;
	if (options->force)
		facts |= HAS_FORCE;
	if (options->n_reports > 0)
		facts |= HAS_REPORT;
	for (size_t i = 0; i < options->n_settings; i++)
		facts |= facts_of_setting(&options->settings[i]);
	for (size_t i = 0; i < options->n_outputs; i++) {
		unsigned output = facts_of_output(&options->outputs[i]);

		if (facts & output & HAS_STANDARD_OUTPUT)
			facts |= HAS_STANDARD_OUTPUTS;
		facts |= output;
	}
	return facts;
}

const char *together_check(const struct options *options)
{
	unsigned facts = facts_of(options);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool met = rows[i].needed && (facts & rows[i].needed) == rows[i].needed;

		if ((facts & rows[i].where) == rows[i].where && !met)
			return rows[i].error;
	}
	return NULL;
}
