/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line as a plain struct. Parsing has no side effect: it reads no file but those that
 * the command line names as @FILE, and prints nothing.
 */
#ifndef MKROOTFS_COMMAND_OPTIONS_H
#define MKROOTFS_COMMAND_OPTIONS_H

#include "command_line.h"
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
	char error[512];	/* what is wrong with the command line; "" where nothing is */
	const char *error_hint; /* what to do about it, or NULL */
	const char *file;	/* the @FILE whose words are being parsed; NULL: none */
	struct command_line line;
};

/*
 * Parses the arguments of main. Returns 0; -EINVAL with OPTIONS->error set; another negative errno
 * where an @FILE cannot be read, with OPTIONS->error set but for -ENOMEM. Strings belong to
 * ARGUMENTS and to OPTIONS; options_free frees the lists, in any case.
 */
int options_parse(struct options *options, int count, char **arguments);
void options_free(struct options *options);

/* The text of --help: at most 80 columns wide. */
void options_print_help(FILE *stream);

#endif
