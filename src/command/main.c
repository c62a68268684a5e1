/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mkrootfs, the command: options in, messages and a status out. All work is the
 * library's.
 */
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum status {
	STATUS_DONE = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_NOT_FOUND = 3,
};

/* The signal that asked us to stop; the library looks at it. */
static volatile sig_atomic_t stopped_by;

static void stop(int signal)
{
	stopped_by = signal;
}

static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP };

/*
 * While a program runs, and while outputs are written: these are taken back first. At any other
 * time there is nothing to.
 */
static void catch_signals(void)
{
	/* No SA_RESTART: a write that blocks on a FIFO is to end. */
	struct sigaction action = { .sa_handler = stop };

	for (size_t i = 0; i < sizeof(stop_signals) / sizeof(stop_signals[0]); i++) {
		struct sigaction old;

		/* nohup's choice stays. */
		if (sigaction(stop_signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(stop_signals[i], &action, NULL);
	}
}

/* A reader that went away is an error of writing like another, with its message. */
static void ignore_broken_pipes(void)
{
	struct sigaction ignored = { .sa_handler = SIG_IGN };

	sigaction(SIGPIPE, &ignored, NULL);
}

/* Ends as the signal would have ended us, for whoever waits. */
static enum status die_of_signal(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	sigaction(stopped_by, &action, NULL);
	raise(stopped_by);
	return STATUS_FAILED;
}

/* How messages look. */
struct voice {
	bool verbose;
	bool quiet;
	bool colour;
	bool complained; /* the user has seen an error */
};

static void say(void *data, enum mkrootfs_level level, const char *subject, const char *message,
		const char *hint)
{
	static const struct {
		const char *word, *colour;
	} styles[] = {
		[MKROOTFS_ERROR] = { "", "\033[1;31m" },
		[MKROOTFS_WARNING] = { "warning: ", "\033[1;33m" },
		[MKROOTFS_NOTE] = { "note: ", "\033[2m" },
	};
	struct voice *voice = data;

	if ((level == MKROOTFS_NOTE && !voice->verbose) ||
	    (level == MKROOTFS_WARNING && voice->quiet))
		return;
	voice->complained |= level == MKROOTFS_ERROR;
	fprintf(stderr, "mkrootfs: %s%s%s%s%s%s\n", voice->colour ? styles[level].colour : "",
		styles[level].word, subject ? subject : "", subject ? ": " : "",
		voice->colour ? "\033[0m" : "", message);
	if (hint)
		fprintf(stderr, "  %s\n", hint);
}

static bool wants_colour(const struct options *options, int fd)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	if (options->colour != COLOUR_AUTO)
		return options->colour == COLOUR_ALWAYS;
	return isatty(fd) && !(no_colour && *no_colour) &&
	       !(terminal && strcmp(terminal, "dumb") == 0);
}

/*
 * Where descriptor 0, 1 or 2 is closed, the next file that is opened would get its number, and the
 * messages. O_PATH occupies the number, and refuses reads and writes as a closed one does.
 */
static void keep_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/", O_PATH) < 0)
			return;
}

static bool has_setting(const struct options *options, enum mkrootfs_option option)
{
	for (size_t i = 0; i < options->n_settings; i++)
		if (options->settings[i].option == option)
			return true;
	return false;
}

/* The library never reads the environment: the command sets what it says. */
static int set_environment(struct mkrootfs_plan *plan, const struct options *options)
{
	const struct {
		const char *name;
		enum mkrootfs_option option;
		bool ignored;
	} variables[] = {
		/* The directories of this system's PATH mean nothing in another one's root. */
		{ "PATH", MKROOTFS_PATH, has_setting(options, MKROOTFS_SYSROOT) },
		{ "TMPDIR", MKROOTFS_TMPDIR, false },
		{ "SOURCE_DATE_EPOCH", MKROOTFS_SOURCE_DATE_EPOCH, false },
	};

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *value = getenv(variables[i].name);
		int r;

		/* An empty PATH is one without directories; the others are as good as unset. */
		if (!value || variables[i].ignored ||
		    (!*value && variables[i].option != MKROOTFS_PATH))
			continue;
		r = mkrootfs_plan_set(plan, variables[i].option, value);
		if (r < 0)
			return r;
	}
	return 0;
}

static int check_output(struct mkrootfs_plan *plan, const struct mkrootfs_output *output,
			struct voice *voice)
{
	int r = mkrootfs_output_check(plan, output);

	if (r < 0 || output->format == MKROOTFS_FORMAT_DIRECTORY ||
	    output->format == MKROOTFS_FORMAT_DOCKERFILE ||
	    output->format == MKROOTFS_FORMAT_DEPFILE || strcmp(output->path, "-") != 0 ||
	    !isatty(STDOUT_FILENO))
		return r;
	say(voice, MKROOTFS_ERROR, "standard output", "is a terminal, which shows no archives",
	    "redirect it, or name a file with -o");
	return -EINVAL;
}

static bool shows(const struct options *options, enum mkrootfs_report report)
{
	for (size_t i = 0; i < options->n_reports; i++)
		if (options->reports[i] == report)
			return true;
	return false;
}

static bool writes(const struct options *options, enum mkrootfs_format format)
{
	for (size_t i = 0; i < options->n_outputs; i++)
		if (options->outputs[i].format == format)
			return true;
	return false;
}

static bool shows_only(const struct options *options, enum mkrootfs_report report)
{
	for (size_t i = 0; i < options->n_reports; i++)
		if (options->reports[i] != report)
			return false;
	return options->n_reports > 0 && options->n_outputs == 0;
}

/* Whether a program is run before anything is written. */
static bool runs(const struct options *options)
{
	for (size_t i = 0; i < options->n_settings; i++)
		if (options->settings[i].option == MKROOTFS_CHECK &&
		    strcmp(options->settings[i].value, "run") == 0)
			return true;
	return false;
}

/* Settings that no option is for: they follow from the reports and outputs that are asked for. */
static int set_implied(struct mkrootfs_plan *plan, const struct options *options)
{
	bool json = shows(options, MKROOTFS_JSON);
	const struct {
		bool wanted;
		enum mkrootfs_option option;
		const char *value;
	} implied[] = {
		/* ldd knows nothing of run-time needs, and no other report shows them here. */
		{ shows_only(options, MKROOTFS_LDD) && !runs(options), MKROOTFS_DLOPEN, "none" },
		/* To read the package databases takes longer than all the rest. */
		{ json && writes(options, MKROOTFS_FORMAT_SBOM), MKROOTFS_PACKAGES, "yes" },
		{ json || options->verbose, MKROOTFS_SURVEY, "yes" },
	};

	for (size_t i = 0; i < sizeof(implied) / sizeof(implied[0]); i++) {
		int r = implied[i].wanted
				? mkrootfs_plan_set(plan, implied[i].option, implied[i].value)
				: 0;

		if (r < 0)
			return r;
	}
	return 0;
}

/* Finds every mistake that can be found before any work is done. */
static int make_plan(struct mkrootfs_plan *plan, const struct options *options, struct voice *voice)
{
	int r = set_environment(plan, options);

	if (r < 0)
		return r;
	for (size_t i = 0; i < options->n_settings; i++) {
		r = mkrootfs_plan_set(plan, options->settings[i].option,
				      options->settings[i].value);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < options->n_outputs; i++) {
		r = check_output(plan, &options->outputs[i], voice);
		if (r < 0)
			return r;
	}
	return set_implied(plan, options);
}

static int print_reports(const struct mkrootfs *rootfs, const struct options *options)
{
	bool colour = wants_colour(options, STDOUT_FILENO);

	if (options->n_outputs == 0 && options->n_reports == 0)
		return mkrootfs_print(rootfs, MKROOTFS_TREE, NULL, stdout, colour);
	for (size_t i = 0; i < options->n_reports; i++) {
		int r = mkrootfs_print(rootfs, options->reports[i], options->subjects[i], stdout,
				       colour);

		if (r < 0)
			return r;
	}
	return 0;
}

/* Reports first: one that fails leaves no outputs behind. What is not WHOLE is not written.
 */
static int print_and_write(const struct mkrootfs *rootfs, bool whole, const struct options *options)
{
	int r = print_reports(rootfs, options);

	if (r < 0 || !whole || options->n_outputs == 0)
		return r;
	catch_signals();
	return mkrootfs_write(rootfs, options->outputs, options->n_outputs);
}

/* Returns an outcome of the harvest, after the reports and without outputs, where it is not 0. */
static int harvest(struct mkrootfs_plan *plan, const struct options *options)
{
	struct mkrootfs *rootfs = NULL;
	int outcome;
	int r;

	/* What runs is to be ended, and its directory removed. */
	if (runs(options))
		catch_signals();
	outcome = mkrootfs_harvest(plan, &rootfs);

	if (outcome < 0)
		return outcome;
	r = print_and_write(rootfs, outcome == 0, options);
	mkrootfs_free(rootfs);
	return r < 0 ? r : outcome;
}

/* Carries OPTIONS out under PLAN; *ERROR is -errno where that fails. */
static enum status carry_out(struct mkrootfs_plan *plan, const struct options *options,
			     struct voice *voice, int *error)
{
	int r = make_plan(plan, options, voice);

	*error = r;
	if (r < 0)
		return r == -EINVAL ? STATUS_USAGE : STATUS_FAILED;
	r = harvest(plan, options);
	*error = r < 0 ? r : 0;
	if (r < 0)
		return STATUS_FAILED;
	if (r == MKROOTFS_UNPROVEN)
		return STATUS_FAILED;
	return r == MKROOTFS_INCOMPLETE ? STATUS_NOT_FOUND : STATUS_DONE;
}

static enum status run(const struct options *options, struct voice *voice)
{
	struct mkrootfs_plan *plan = mkrootfs_plan_new();
	enum status status = STATUS_FAILED;
	int error = -ENOMEM;

	if (plan) {
		mkrootfs_plan_log(plan, say, voice);
		mkrootfs_plan_cancel(plan, &stopped_by);
		status = carry_out(plan, options, voice, &error);
	}
	mkrootfs_plan_free(plan);
	if (error < 0 && stopped_by)
		return die_of_signal();
	if (error < 0 && !voice->complained)
		say(voice, MKROOTFS_ERROR, NULL, strerror(-error), NULL);
	return status;
}

/* Makes sure that everything printed has been written. */
static enum status finish_standard_output(struct voice *voice)
{
	errno = 0;
	if (!ferror(stdout) && fflush(stdout) == 0)
		return STATUS_DONE;
	say(voice, MKROOTFS_ERROR, "standard output", strerror(errno ? errno : EIO), NULL);
	return STATUS_FAILED;
}

int main(int count, char **arguments)
{
	struct options options;
	struct voice voice = { 0 };
	enum status status;
	int r;

	keep_standard_descriptors();
	ignore_broken_pipes();
	r = options_parse(&options, count, arguments);
	voice.verbose = options.verbose;
	voice.quiet = options.quiet;
	voice.colour = wants_colour(&options, STDERR_FILENO);
	if (r < 0) {
		say(&voice, MKROOTFS_ERROR, NULL, *options.error ? options.error : strerror(-r),
		    *options.error ? options.error_hint : NULL);
		status = r == -EINVAL ? STATUS_USAGE : STATUS_FAILED;
	} else if (options.help) {
		options_print_help(stdout);
		status = finish_standard_output(&voice);
	} else if (options.version) {
		printf("mkrootfs %s\n", mkrootfs_version());
		status = finish_standard_output(&voice);
	} else {
		status = run(&options, &voice);
	}
	options_free(&options);
	return status;
}
