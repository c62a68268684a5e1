/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"
#include "together.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* What an option does. */
enum action {
	SET,	 /* sets WHAT in the plan to the value */
	SET_YES, /* sets WHAT in the plan to "yes" */
	OUTPUT,
	OUTPUT_AS, /* an output of the format WHAT */
	FORMAT,
	COMPRESS,
	FORCE,
	REPORT,
	COLOUR,
	VERBOSE,
	QUIET,
	HELP,
	VERSION,
};

static const struct row {
	const char *name; /* NULL: a heading of --help, in TEXT */
	const char *argument;
	char letter;
	enum action action;
	int what; /* enum mkrootfs_option, enum mkrootfs_report or enum mkrootfs_format */
	const char *text;
} rows[] = {
	{ .text = "Output, any number of them from one harvest:" },
	{ "output", "FILE", 'o', OUTPUT, 0,
	  "write an archive by its suffix: .tar .cpio, each\n"
	  "with .gz .zst .xz or none; - is standard output" },
	{ "directory", "DIR", 'd', OUTPUT_AS, MKROOTFS_FORMAT_DIRECTORY,
	  "write a directory, for COPY --from=build DIR /" },
	{ "force", NULL, 0, FORCE, 0, "replace a directory that mkrootfs made" },
	{ "format", "FORMAT", 0, FORMAT, 0,
	  "format of archives, whatever their suffix: tar,\n"
	  "cpio, oci (image layout), docker (docker load)" },
	{ "dockerfile", "FILE", 0, OUTPUT_AS, MKROOTFS_FORMAT_DOCKERFILE,
	  "write a Dockerfile's last stage, which copies\n"
	  "the directory of -d from a stage named build" },
	{ "depfile", "FILE", 0, OUTPUT_AS, MKROOTFS_FORMAT_DEPFILE,
	  "write what the first output of -o or -d\n"
	  "depends on, for Make and Ninja" },
	{ "sbom", "FILE", 0, OUTPUT_AS, MKROOTFS_FORMAT_SBOM,
	  "write a software bill of materials: SPDX\n"
	  "(.spdx.json) or CycloneDX (.cdx.json)" },
	{ "compress", "HOW", 0, COMPRESS, 0,
	  "compression of archives, whatever their suffix,\n"
	  "or of layers: none, gzip, zstd (archives: xz)" },

	{ .text = "Report, to standard output (the tree, where nothing else is asked for):" },
	{ "tree", NULL, 0, REPORT, MKROOTFS_TREE,
	  "libraries and run-time needs, and who needs them" },
	{ "list", NULL, 0, REPORT, MKROOTFS_LIST, "every path of the result, sorted" },
	{ "ldd", NULL, 0, REPORT, MKROOTFS_LDD, "what ldd FILE prints, without addresses" },
	{ "json", NULL, 0, REPORT, MKROOTFS_JSON, "all facts, for programs to read" },
	{ "why", "NAME", 0, REPORT, MKROOTFS_WHY, "why a path or library is in the result" },

	{ .text = "Resolution:" },
	{ "sysroot", "DIR", 0, SET, MKROOTFS_SYSROOT, "harvest from DIR, as if it were /" },
	{ "library-path", "DIRS", 0, SET, MKROOTFS_LIBRARY_PATH,
	  "search DIRS, as with LD_LIBRARY_PATH" },
	{ "preload", "LIB", 0, SET, MKROOTFS_PRELOAD, "load LIB first, as with LD_PRELOAD" },
	{ "hwcaps", "LIST", 0, SET, MKROOTFS_HWCAPS,
	  "glibc-hwcaps variants: all, none, x86-64-v3,..." },
	{ "dlopen", "LEVEL", 0, SET, MKROOTFS_DLOPEN,
	  "how far to follow run-time needs: none,\n"
	  "required, recommended (default), suggested" },
	{ "allow-missing", "NAME", 0, SET, MKROOTFS_ALLOW_MISSING,
	  "allow a library to be missing (a glob)" },

	{ .text = "Content:" },
	{ "add", "SRC[:DEST]", 'a', SET, MKROOTFS_ADD,
	  "add a file, link or directory; the configuration\n"
	  "in it is read" },
	{ "with", "NEED[=VALUE],...", 0, SET, MKROOTFS_WITH,
	  "follow a run-time need, such as tz=Europe/Berlin" },
	{ "without", "NEED,...", 0, SET, MKROOTFS_WITHOUT, "do not follow a run-time need" },
	{ "symlink", "TARGET:LINK", 0, SET, MKROOTFS_SYMLINK, "add a symbolic link" },
	{ "mkdir", "PATH[:MODE[:UID:GID]]", 0, SET, MKROOTFS_MKDIR, "add a directory" },
	{ "user", "NAME[:UID[:GID]]", 'u', SET, MKROOTFS_USER,
	  "add an account (default 10000:10000);\n"
	  "images run as the first" },
	{ "chown", "UID:GID", 0, SET, MKROOTFS_CHOWN, "owner of every entry (default 0:0)" },
	{ "mtime", "clamp|keep", 0, SET, MKROOTFS_MTIME,
	  "clamp (default): no time is later than\n"
	  "SOURCE_DATE_EPOCH, or 1; keep: as they are" },
	{ "package-metadata", NULL, 0, SET_YES, MKROOTFS_PACKAGE_METADATA,
	  "add os-release and the records of packages that\n"
	  "own files, for vulnerability scanners" },
	{ "bare", NULL, 0, SET_YES, MKROOTFS_BARE, "no accounts, no /tmp, no /run" },

	{ .text = "Check, before anything is written; what is said to run, is executed:" },
	{ "check", "symbols|run", 0, SET, MKROOTFS_CHECK,
	  "check that every symbol has a definition, as\n"
	  "ldd -r does; or run the entrypoint in the result\n"
	  "(FILE with the ARGs behind --): it has to exit\n"
	  "with 0, or to end by its stop signal" },
	{ "check-probe", "WHAT", 0, SET, MKROOTFS_CHECK_PROBE,
	  "what is to answer before that: tcp:PORT,\n"
	  "unix:PATH or http:PORT/PATH" },
	{ "check-timeout", "SECONDS", 0, SET, MKROOTFS_CHECK_TIMEOUT,
	  "how long that may take (default 10)" },
	{ "fix", NULL, 0, SET_YES, MKROOTFS_FIX, "bring what it missed, and try again" },

	{ .text = "Trace, which executes the first FILE on this system:" },
	{ "trace", NULL, 0, SET_YES, MKROOTFS_TRACE,
	  "run the first FILE with the ARGs behind --, and\n"
	  "add what it finds" },
	{ "trace-timeout", "SECONDS", 0, SET, MKROOTFS_TRACE_TIMEOUT,
	  "end it by SIGTERM after that time" },

	{ .text = "Image, for --format oci and docker, and --dockerfile:" },
	{ "entrypoint", "WORDS", 0, SET, MKROOTFS_ENTRYPOINT,
	  "what is run: a JSON array, or words divided as\n"
	  "by a shell (default: the first FILE)" },
	{ "cmd", "WORDS", 0, SET, MKROOTFS_CMD,
	  "arguments of the entrypoint, unless docker run\n"
	  "gives others" },
	{ "env", "KEY=VALUE", 0, SET, MKROOTFS_ENV, "an environment variable" },
	{ "workdir", "DIR", 0, SET, MKROOTFS_WORKDIR,
	  "the directory that the entrypoint starts in" },
	{ "volume", "DIR", 0, SET, MKROOTFS_VOLUME, "a directory with data to keep" },
	{ "expose", "PORT[/tcp|/udp]", 0, SET, MKROOTFS_EXPOSE,
	  "a port that the program listens on" },
	{ "stop-signal", "SIGNAL", 0, SET, MKROOTFS_STOP_SIGNAL, "the signal that stops it" },
	{ "label", "KEY=VALUE", 0, SET, MKROOTFS_LABEL, "a label" },
	{ "tag", "NAME[:TAG]", 0, SET, MKROOTFS_TAG, "the name of the image" },

	{ .text = "General:" },
	{ "color", "WHEN", 0, COLOUR, 0,
	  "colours of the tree and of messages: auto,\n"
	  "always or never" },
	{ "verbose", NULL, 'v', VERBOSE, 0, "print notes, too: what is done, and why" },
	{ "quiet", NULL, 'q', QUIET, 0, "print errors only" },
	{ "help", NULL, 'h', HELP, 0, "print this text" },
	{ "version", NULL, 0, VERSION, 0, "print the version" },
};

enum {
	N_ROWS = sizeof(rows) / sizeof(rows[0]),
	FIRST_LONG = 256, /* above all letters */
	TEXT_COLUMN = 32,
};

static int fail(struct options *options, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int fail(struct options *options, const char *format, ...)
{
	int begin = options->file ? snprintf(options->error, sizeof(options->error) / 2,
					     "%.200s: ", options->file)
				  : 0;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(options->error + begin, sizeof(options->error) - (size_t)begin, format,
		  arguments);
	va_end(arguments);
	/* A message is one line that no terminal obeys. Correct options are ASCII. */
	for (char *at = options->error; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	return -EINVAL;
}

/*
 * The index of VALUE among the COUNT words of OPTION, some of which may be NULL; -EINVAL with the
 * error set where it is none of them.
 */
static int find_word(struct options *options, const char *option, const char *const *words,
		     size_t count, const char *value)
{
	char known[64] = "";
	const char *separator = "";

	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(known);

		if (!words[i])
			continue;
		if (strcmp(words[i], value) == 0)
			return (int)i;
		snprintf(known + length, sizeof(known) - length, "%s%s",
			 i + 1 < count ? separator : " or ", words[i]);
		separator = ", ";
	}
	return fail(options, "%s: '%s' is not %s", option, value, known);
}

static int set_format(struct options *options, const char *value)
{
	static const char *const words[] = {
		[MKROOTFS_FORMAT_TAR] = "tar",
		[MKROOTFS_FORMAT_CPIO] = "cpio",
		[MKROOTFS_FORMAT_OCI] = "oci",
		[MKROOTFS_FORMAT_DOCKER] = "docker",
	};
	int found = find_word(options, "--format", words, sizeof(words) / sizeof(words[0]), value);

	if (found >= 0)
		options->format = (enum mkrootfs_format)found;
	return found < 0 ? found : 0;
}

static int set_compression(struct options *options, const char *value)
{
	static const char *const words[] = {
		[MKROOTFS_COMPRESS_NONE] = "none",
		[MKROOTFS_COMPRESS_GZIP] = "gzip",
		[MKROOTFS_COMPRESS_ZSTD] = "zstd",
		[MKROOTFS_COMPRESS_XZ] = "xz",
	};
	int found =
		find_word(options, "--compress", words, sizeof(words) / sizeof(words[0]), value);

	if (found >= 0)
		options->compression = (enum mkrootfs_compression)found;
	return found < 0 ? found : 0;
}

static int set_colour(struct options *options, const char *value)
{
	static const char *const words[] = {
		[COLOUR_AUTO] = "auto",
		[COLOUR_ALWAYS] = "always",
		[COLOUR_NEVER] = "never",
	};
	int found = find_word(options, "--color", words, sizeof(words) / sizeof(words[0]), value);

	if (found >= 0)
		options->colour = (enum colour_when)found;
	return found < 0 ? found : 0;
}

static void add_setting(struct options *options, int option, const char *value)
{
	options->settings[options->n_settings++] = (struct setting){
		.option = (enum mkrootfs_option)option,
		.value = value,
	};
}

static void add_output(struct options *options, enum mkrootfs_format format, const char *path)
{
	options->outputs[options->n_outputs++] = (struct mkrootfs_output){
		.size = sizeof(struct mkrootfs_output),
		.path = path,
		.format = format,
	};
}

static int take(struct options *options, const struct row *row, const char *value)
{
	switch (row->action) {
	case SET:
		add_setting(options, row->what, value);
		break;
	case SET_YES:
		add_setting(options, row->what, "yes");
		break;
	case OUTPUT:
		add_output(options, MKROOTFS_FORMAT_AUTO, value);
		break;
	case OUTPUT_AS:
		add_output(options, (enum mkrootfs_format)row->what, value);
		break;
	case FORMAT:
		return set_format(options, value);
	case COMPRESS:
		return set_compression(options, value);
	case FORCE:
		options->force = true;
		break;
	case REPORT:
		options->subjects[options->n_reports] = value;
		options->reports[options->n_reports++] = (enum mkrootfs_report)row->what;
		break;
	case COLOUR:
		return set_colour(options, value);
	case VERBOSE:
		options->verbose = true;
		options->quiet = false;
		break;
	case QUIET:
		options->quiet = true;
		options->verbose = false;
		break;
	case HELP:
		options->help = true;
		break;
	case VERSION:
		options->version = true;
		break;
	}
	return 0;
}

/* getopt's tables out of the rows; long options return FIRST_LONG plus their row. */
static void fill_getopt(struct option *longs, char *letters)
{
	size_t n_longs = 0;

	/* Operands are returned in their places, as 1; messages are ours to give. */
	*letters++ = '-';
	*letters++ = ':';
	for (int i = 0; i < N_ROWS; i++) {
		if (!rows[i].name)
			continue;
		longs[n_longs++] = (struct option){
			.name = rows[i].name,
			.has_arg = rows[i].argument ? required_argument : no_argument,
			.val = FIRST_LONG + i,
		};
		if (!rows[i].letter)
			continue;
		*letters++ = rows[i].letter;
		if (rows[i].argument)
			*letters++ = ':';
	}
	longs[n_longs] = (struct option){ 0 };
	*letters = '\0';
}

static const struct row *find_row(int value)
{
	if (value >= FIRST_LONG && value < FIRST_LONG + N_ROWS)
		return &rows[value - FIRST_LONG];
	for (int i = 0; i < N_ROWS; i++)
		if (rows[i].letter && rows[i].letter == value)
			return &rows[i];
	return NULL;
}

/* How many long options WORD, "--NAME" or "--NAME=VALUE", may be short for. */
static int count_meant(const char *word)
{
	size_t length = strcspn(word, "=");
	int n = 0;

	for (int i = 0; i < N_ROWS; i++)
		if (rows[i].name && length > 2 && strncmp(rows[i].name, word + 2, length - 2) == 0)
			n++;
	return n;
}

/* What getopt found wrong with WORD: VALUE is what it returned. */
static int refuse(struct options *options, int value, const char *word)
{
	const struct row *row = find_row(optopt);

	if (value == ':' && row)
		return fail(options, "--%s needs an argument, %s", row->name, row->argument);
	if (row && optopt >= FIRST_LONG)
		return fail(options, "--%s takes no argument", row->name);
	if (optopt != 0)
		return fail(options, "unknown option -%c", optopt);
	return fail(options, "%s option %s", count_meant(word) > 1 ? "ambiguous" : "unknown", word);
}

/* Makes room for what COUNT words can ask for: no word makes more than one of anything. */
static int make_room(struct options *options, int count)
{
	const size_t room = (size_t)count + 1;
	struct setting *settings = realloc(options->settings, room * sizeof(*settings));
	struct mkrootfs_output *outputs = realloc(options->outputs, room * sizeof(*outputs));
	enum mkrootfs_report *reports = realloc(options->reports, room * sizeof(*reports));
	const char **subjects = realloc(options->subjects, room * sizeof(*subjects));

	options->settings = settings ? settings : options->settings;
	options->outputs = outputs ? outputs : options->outputs;
	options->reports = reports ? reports : options->reports;
	options->subjects = subjects ? subjects : options->subjects;
	return settings && outputs && reports && subjects ? 0 : -ENOMEM;
}

/* Puts the words of the file at PATH where its name stands, as @PATH, at index AT. */
static int take_file(struct options *options, int at, const char *path)
{
	const char *wrong;
	int r = command_line_take_file(&options->line, at, path, &wrong);

	if (r >= 0)
		return make_room(options, options->line.n_all);
	if (r == -ENOMEM)
		return r;
	options->file = path;
	fail(options, "%s", wrong ? wrong : strerror(-r));
	options->error_hint = r == -ENOENT ? "@FILE reads options from FILE; a file that is called "
					     "@FILE is given as ./@FILE"
					   : NULL;
	return r;
}

/* The next word is a FILE, or @FILE: options. */
static int take_operand(struct options *options, int at, const char *word)
{
	if (word[0] != '@') {
		add_setting(options, MKROOTFS_FILE, word);
		return 0;
	}
	/* getopt begins anew, with the words that are left. */
	optind = 0;
	return take_file(options, at, word + 1);
}

static int parse_options(struct options *options)
{
	struct command_line *line = &options->line;
	struct option longs[N_ROWS + 1];
	char letters[2 * N_ROWS + 3];

	fill_getopt(longs, letters);
	/* 0 makes getopt begin anew. */
	optind = 0;
	opterr = 0;
	while (!options->help && !options->version) {
		int at = optind ? optind : 1;
		int value = getopt_long(line->count, line->words, letters, longs, NULL);
		const struct row *row = find_row(value);
		int r = 0;

		if (value == -1)
			break;
		options->file = line->files[at];
		if (value == 1)
			r = take_operand(options, at, optarg);
		else if (row)
			r = take(options, row, optarg);
		else
			r = refuse(options, value, line->words[at]);
		if (r < 0)
			return r;
	}
	options->file = NULL;
	return 0;
}

static bool has_file(const struct options *options)
{
	for (size_t i = 0; i < options->n_settings; i++)
		if (options->settings[i].option == MKROOTFS_FILE)
			return true;
	return false;
}

/* --format, --compress and --force are said once, of all outputs that they can be of. */
static void apply_to_outputs(struct options *options)
{
	for (size_t i = 0; i < options->n_outputs; i++) {
		struct mkrootfs_output *output = &options->outputs[i];

		output->force = options->force && output->format == MKROOTFS_FORMAT_DIRECTORY;
		if (output->format != MKROOTFS_FORMAT_AUTO)
			continue;
		output->format = options->format;
		output->compression = options->compression;
	}
}

int options_parse(struct options *options, int count, char **arguments)
{
	enum mkrootfs_option rest;
	const char *wrong;
	int r;

	*options = (struct options){ .error_hint = "try 'mkrootfs --help'" };
	if (command_line_begin(&options->line, count, arguments) < 0 ||
	    make_room(options, count) < 0)
		return -ENOMEM;
	r = parse_options(options);
	if (r < 0 || options->help || options->version)
		return r;
	/* Before FILEs, "--" lets them begin with a dash; after FILEs it is followed by arguments
	 * of the first one. */
	rest = has_file(options) ? MKROOTFS_ARGUMENT : MKROOTFS_FILE;
	for (int i = optind; i < options->line.count; i++)
		add_setting(options, rest, options->line.words[i]);
	wrong = together_check(options);
	if (wrong)
		return fail(options, "%s", wrong);
	apply_to_outputs(options);
	return 0;
}

void options_free(struct options *options)
{
	free(options->settings);
	free(options->outputs);
	free(options->reports);
	free(options->subjects);
	command_line_free(&options->line);
}

static void print_row(FILE *stream, const struct row *row)
{
	char left[64];
	int length = snprintf(left, sizeof(left), "  %c%c%s --%s%s%s", row->letter ? '-' : ' ',
			      row->letter ? row->letter : ' ', row->letter ? "," : " ", row->name,
			      row->argument ? " " : "", row->argument ? row->argument : "");
	const char *text = row->text;

	fputs(left, stream);
	if (length + 2 > TEXT_COLUMN) {
		fputc('\n', stream);
		length = 0;
	}
	while (*text) {
		size_t line = strcspn(text, "\n");

		fprintf(stream, "%*s%.*s\n", TEXT_COLUMN - length, "", (int)line, text);
		text += line + (text[line] == '\n');
		length = 0;
	}
}

void options_print_help(FILE *stream)
{
	fputs("Usage: mkrootfs [OPTION]... FILE[:DEST]... [-- ARG...]\n"
	      "Make the smallest root filesystem that really runs the programs FILE...: each\n"
	      "with every library its loader would load, the loader, the links that lead to\n"
	      "them, what it needs at run time, accounts, and nothing else.\n"
	      "mkrootfs does not execute any of it, unless --trace or --check run asks for it.\n",
	      stream);
	for (int i = 0; i < N_ROWS; i++)
		if (rows[i].name)
			print_row(stream, &rows[i]);
		else
			fprintf(stream, "\n%s\n", rows[i].text);
	fputs("      @FILE                     read options and FILEs from FILE: words between\n"
	      "                                blanks or line ends, quoted as in a shell\n"
	      "\nExamples:\n"
	      "  mkrootfs /usr/bin/redis-server -o rootfs.tar\n"
	      "  mkrootfs -u redis build/redis-server:/redis-server -d /rootfs\n"
	      "  mkrootfs --ldd --sysroot /srv/arm64 /usr/sbin/nginx\n"
	      "\nStatus: 0 done, 1 failed, 2 wrong usage, 3 something needed was not found.\n",
	      stream);
}
