/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line as a plain struct. Parsing has no side effect: it reads no file, and
 * prints nothing.
 */
#ifndef MKROOTFS_COMMAND_OPTIONS_H
#define MKROOTFS_COMMAND_OPTIONS_H

#include "mkrootfs.h"

enum colour_when {
	COLOUR_AUTO,
	COLOUR_ALWAYS,
	COLOUR_NEVER,
};

/* A value for the plan, in the order of the command line. */
struct setting {
	enum mkrootfs_option option;
	const char *value;
};

struct options {
	struct setting *settings;
	size_t n_settings;
	struct mkrootfs_output *outputs;
	size_t n_outputs;
	enum mkrootfs_report *reports;
	const char **subjects; /* of the reports that have one: --why NAME; else NULL */
	size_t n_reports;
	enum mkrootfs_format format; /* of archives; MKROOTFS_FORMAT_AUTO: by their names */
	enum mkrootfs_compression compression; /* of archives, and of images' layers */
	enum colour_when colour;
	bool force;
	bool verbose;
	bool quiet;
	bool help;
	bool version;
	char error[512]; /* what is wrong with the command line; "" where nothing is */
};

/*
 * Parses the arguments of main. Returns 0, or -EINVAL with OPTIONS->error set, or -ENOMEM.
 * Strings belong to ARGUMENTS; the lists are freed by options_free, in any case.
 */
int options_parse(struct options *options, int count, char **arguments);
void options_free(struct options *options);

/* The text of --help: at most 80 columns wide. */
void options_print_help(FILE *stream);

#endif
