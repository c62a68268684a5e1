/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: what each becomes, and what is refused in which words.
 */
#include "command/options.h"
#include "scratch.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>

enum {
	ARGUMENTS_MAX = 16,
	COLUMNS = 80,
};

/* A command line, parsed. */
struct line {
	char *text;
	char *arguments[ARGUMENTS_MAX + 1];
	struct options options;
	int result;
};

/* Parses WORDS, which single blanks part: two in a row have an empty argument between them. */
static struct line parse(const char *words)
{
	struct line line = { .text = strdup(words), .arguments = { (char *)"mkrootfs" } };
	char *rest = *words ? line.text : NULL;
	int count = 1;

	ck_assert_ptr_nonnull(line.text);
	while (rest) {
		ck_assert_int_lt(count, ARGUMENTS_MAX);
		line.arguments[count++] = strsep(&rest, " ");
	}
	line.result = options_parse(&line.options, count, line.arguments);
	return line;
}

static void line_free(struct line *line)
{
	options_free(&line->options);
	free(line->text);
}

static void append(char *text, size_t room, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char *text, size_t room, const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	ck_assert_int_lt(vsnprintf(text + length, room - length, format, arguments),
			 (int)(room - length));
	va_end(arguments);
}

static const char *const setting_names[] = {
	[MKROOTFS_FILE] = "file",
	[MKROOTFS_SYSROOT] = "sysroot",
	[MKROOTFS_LIBRARY_PATH] = "library-path",
	[MKROOTFS_PRELOAD] = "preload",
	[MKROOTFS_ALLOW_MISSING] = "allow-missing",
	[MKROOTFS_HWCAPS] = "hwcaps",
	[MKROOTFS_ADD] = "add",
	[MKROOTFS_SYMLINK] = "symlink",
	[MKROOTFS_MKDIR] = "mkdir",
	[MKROOTFS_USER] = "user",
	[MKROOTFS_CHOWN] = "chown",
	[MKROOTFS_MTIME] = "mtime",
	[MKROOTFS_BARE] = "bare",
	[MKROOTFS_CHECK] = "check",
	[MKROOTFS_DLOPEN] = "dlopen",
	[MKROOTFS_WITH] = "with",
	[MKROOTFS_WITHOUT] = "without",
	[MKROOTFS_TRACE] = "trace",
	[MKROOTFS_TRACE_TIMEOUT] = "trace-timeout",
	[MKROOTFS_CHECK_PROBE] = "check-probe",
	[MKROOTFS_CHECK_TIMEOUT] = "check-timeout",
	[MKROOTFS_FIX] = "fix",
	[MKROOTFS_ARGUMENT] = "argument",
	[MKROOTFS_PACKAGE_METADATA] = "package-metadata",
	[MKROOTFS_ENTRYPOINT] = "entrypoint",
	[MKROOTFS_CMD] = "cmd",
	[MKROOTFS_ENV] = "env",
	[MKROOTFS_WORKDIR] = "workdir",
	[MKROOTFS_VOLUME] = "volume",
	[MKROOTFS_EXPOSE] = "expose",
	[MKROOTFS_STOP_SIGNAL] = "stop-signal",
	[MKROOTFS_LABEL] = "label",
	[MKROOTFS_TAG] = "tag",
};

/* OPTIONS as words: what is told to the plan, outputs, reports, and the rest. */
static void describe(const struct options *options, char *text, size_t room)
{
	static const char *const formats[] = {
		[MKROOTFS_FORMAT_AUTO] = "auto",
		[MKROOTFS_FORMAT_DIRECTORY] = "directory",
		[MKROOTFS_FORMAT_TAR] = "tar",
		[MKROOTFS_FORMAT_CPIO] = "cpio",
		[MKROOTFS_FORMAT_OCI] = "oci",
		[MKROOTFS_FORMAT_DOCKER] = "docker",
		[MKROOTFS_FORMAT_DOCKERFILE] = "dockerfile",
		[MKROOTFS_FORMAT_DEPFILE] = "depfile",
		[MKROOTFS_FORMAT_SBOM] = "sbom",
	};
	static const char *const compressions[] = {
		[MKROOTFS_COMPRESS_AUTO] = "",	    [MKROOTFS_COMPRESS_NONE] = "+none",
		[MKROOTFS_COMPRESS_GZIP] = "+gzip", [MKROOTFS_COMPRESS_ZSTD] = "+zstd",
		[MKROOTFS_COMPRESS_XZ] = "+xz",
	};
	static const char *const reports[] = {
		[MKROOTFS_TREE] = "tree", [MKROOTFS_LIST] = "list", [MKROOTFS_LDD] = "ldd",
		[MKROOTFS_JSON] = "json", [MKROOTFS_WHY] = "why",
	};
	static const char *const colours[] = {
		[COLOUR_AUTO] = "",
		[COLOUR_ALWAYS] = " always",
		[COLOUR_NEVER] = " never",
	};

	text[0] = '\0';
	for (size_t i = 0; i < options->n_settings; i++)
		append(text, room, " %s=%s", setting_names[options->settings[i].option],
		       options->settings[i].value);
	for (size_t i = 0; i < options->n_outputs; i++)
		append(text, room, " %s%s%s>%s", formats[options->outputs[i].format],
		       compressions[options->outputs[i].compression],
		       options->outputs[i].force ? "!" : "", options->outputs[i].path);
	for (size_t i = 0; i < options->n_reports; i++)
		append(text, room, " %s%s%s", reports[options->reports[i]],
		       options->subjects[i] ? ":" : "",
		       options->subjects[i] ? options->subjects[i] : "");
	append(text, room, "%s%s%s%s%s", colours[options->colour],
	       options->verbose ? " verbose" : "", options->quiet ? " quiet" : "",
	       options->help ? " help" : "", options->version ? " version" : "");
}

static const struct {
	const char *words;
	const char *meaning;
} taken[] = {
	{ "env", " file=env" },
	{ "a b:/c", " file=a file=b:/c" },
	/* outputs */
	{ "env -o a.tar", " file=env auto>a.tar" },
	{ "-oa.tar env", " file=env auto>a.tar" },
	{ "--output=a.tar env", " file=env auto>a.tar" },
	{ "env -o a.tar -d b -o c.cpio", " file=env auto>a.tar directory>b auto>c.cpio" },
	{ "env -d a --force -d b", " file=env directory!>a directory!>b" },
	{ "env --force -o a.tar -d b", " file=env auto>a.tar directory!>b" },
	{ "env -o - --format cpio", " file=env cpio>-" },
	{ "env -o a -d b --format=tar", " file=env tar>a directory>b" },
	{ "env -o - -d -", " file=env auto>- directory>-" },
	{ "env -d - --tree", " file=env directory>- tree" },
	{ "env -o -x", " file=env auto>-x" },
	{ "env -o a.tar --format oci", " file=env oci>a.tar" },
	{ "env --format docker --compress zstd -o a -d b", " file=env docker+zstd>a directory>b" },
	{ "env --dockerfile D -d r", " file=env dockerfile>D directory>r" },
	{ "env -o a --depfile d --sbom s", " file=env auto>a depfile>d sbom>s" },
	{ "env --depfile D -d r", " file=env depfile>D directory>r" },
	{ "env --sbom a.cdx.json", " file=env sbom>a.cdx.json" },
	{ "env --compress none -o a.tar.gz", " file=env auto+none>a.tar.gz" },
	{ "env --compress=gzip -o - --compress xz", " file=env auto+xz>-" },
	/* reports, in their order */
	{ "env --json --ldd --list --tree", " file=env json ldd list tree" },
	{ "env --list --list", " file=env list list" },
	{ "env --why libc.so.6 --why /x", " file=env why:libc.so.6 why:/x" },
	{ "env --list -o a.tar", " file=env auto>a.tar list" },
	/* what the plan is told, in its order */
	{ "--sysroot / env", " sysroot=/ file=env" },
	{ "env --library-path a:b --preload x --preload y",
	  " file=env library-path=a:b preload=x preload=y" },
	{ "env --hwcaps none --allow-missing x*", " file=env hwcaps=none allow-missing=x*" },
	{ "env --check symbols", " file=env check=symbols" },
	{ "env --check run --check symbols", " file=env check=run check=symbols" },
	{ "env --check run --fix -- -x", " file=env check=run fix=yes argument=-x" },
	{ "env --check run --check-probe tcp:1 --check-timeout 3",
	  " file=env check=run check-probe=tcp:1 check-timeout=3" },
	{ "env --check run -o -", " file=env check=run auto>-" },
	{ "env --dlopen none --with tz=UTC --without certs",
	  " file=env dlopen=none with=tz=UTC without=certs" },
	{ "env --trace --trace-timeout 3 -- -a b",
	  " file=env trace=yes trace-timeout=3 argument=-a argument=b" },
	{ "env --package-metadata", " file=env package-metadata=yes" },
	{ "env -a /etc --add /b:/c", " file=env add=/etc add=/b:/c" },
	{ "env --symlink a:/b --mkdir /d:755", " file=env symlink=a:/b mkdir=/d:755" },
	{ "env -u redis --chown 1:2 --mtime keep --bare",
	  " file=env user=redis chown=1:2 mtime=keep bare=yes" },
	{ "env --library-path ", " file=env library-path=" },
	{ "env --entrypoint a --cmd b --env c=d --workdir /e",
	  " file=env entrypoint=a cmd=b env=c=d workdir=/e" },
	{ "env --volume /f --expose 1 --stop-signal 2 --label g=h --tag i:3",
	  " file=env volume=/f expose=1 stop-signal=2 label=g=h tag=i:3" },
	/* without a FILE */
	{ "-a /etc", " add=/etc" },
	{ "--symlink a:/b", " symlink=a:/b" },
	{ "--mkdir /d", " mkdir=/d" },
	/* general */
	{ "env --color always", " file=env always" },
	{ "env --color=never --color auto", " file=env" },
	{ "env -v", " file=env verbose" },
	{ "env -qv", " file=env verbose" },
	{ "env -v --quiet", " file=env quiet" },
	{ "env -vo a.tar", " file=env auto>a.tar verbose" },
	{ "-h", " help" },
	{ "--help --nonsense", " help" },
	{ "--version -h", " version" },
	{ "env -o - --tree --help", " file=env auto>- tree help" },
	/* short for one option, behind --, and almost an option */
	{ "env --vers", " file=env version" },
	{ "env --lis --verb", " file=env list verbose" },
	{ "-- -x --list", " file=-x file=--list" },
	{ "--list -- env", " file=env list" },
	{ "env --", " file=env" },
	{ "-", " file=-" },
};

TEST_EACH(command_lines_become_settings, ARRAY_SIZE(taken))
{
	struct line line = parse(taken[_i].words);
	char meaning[512];

	describe(&line.options, meaning, sizeof(meaning));
	ck_assert_str_eq(line.options.error, "");
	ck_assert_int_eq(line.result, 0);
	ck_assert_str_eq(meaning, taken[_i].meaning);
	line_free(&line);
}

static const struct {
	const char *words;
	const char *error;
} refused[] = {
	{ "", "no FILE was given" },
	{ "--list", "no FILE was given" },
	{ "--bare -o a.tar", "no FILE was given" },
	{ "--", "no FILE was given" },
	{ "env --nonsense", "unknown option --nonsense" },
	{ "env --nonsense=x", "unknown option --nonsense=x" },
	{ "env --=x", "unknown option --=x" },
	{ "env --l", "ambiguous option --l" },
	{ "env --ver", "ambiguous option --ver" },
	{ "env -x", "unknown option -x" },
	{ "env -vx", "unknown option -x" },
	{ "env -:", "unknown option -:" },
	{ "env -v-", "unknown option --" },
	{ "env -?", "unknown option -?" },
	{ "env -o", "--output needs an argument, FILE" },
	{ "env -vd", "--directory needs an argument, DIR" },
	{ "env --mkdir", "--mkdir needs an argument, PATH[:MODE[:UID:GID]]" },
	{ "env --tree=1", "--tree takes no argument" },
	{ "env --bar=yes", "--bare takes no argument" },
	{ "env --format zip", "--format: 'zip' is not tar, cpio, oci or docker" },
	{ "env --format ", "--format: '' is not tar, cpio, oci or docker" },
	{ "env --depfile D --sbom a.cdx.json",
	  "--depfile needs an output that depends on something, by -o or -d" },
	{ "env --depfile D -o -",
	  "--depfile needs an output that depends on something, by -o or -d" },
	{ "env --dockerfile D -o a.tar", "--dockerfile needs a directory to copy from, by -d" },
	{ "env --dockerfile - -d r --list", "standard output cannot take an output and a report" },
	{ "env --compress bzip2", "--compress: 'bzip2' is not none, gzip, zstd or xz" },
	{ "env --color red", "--color: 'red' is not auto, always or never" },
	{ "env --format tar", "--format is of archives: name one with -o" },
	{ "env -d x --format oci", "--format is of archives: name one with -o" },
	{ "env -d x --compress gzip", "--compress is of archives: name one with -o" },
	{ "env -o a.tar --force", "--force replaces a directory: name one with -d" },
	{ "env --trace -o -",
	  "standard output cannot take an archive and what a traced program writes" },
	{ "env --depfile d", "--depfile needs an output that depends on something, by -o or -d" },
	{ "env -o - -o -", "standard output can take one output only" },
	{ "env -o - --list", "standard output cannot take an output and a report" },
	{ "env --tree -o a.tar -o -", "standard output cannot take an output and a report" },
	{ "env -- -x", "arguments after -- are those of a FILE that --trace or --check run runs" },
	{ "env --check symbols -- -x",
	  "arguments after -- are those of a FILE that --trace or --check run runs" },
	{ "env --fix", "--fix brings what --check run has missed: give that, too" },
	{ "env --check symbols --fix", "--fix brings what --check run has missed: give that, too" },
	{ "env --check-probe tcp:1", "--check-probe asks what --check run runs: give that, too" },
	{ "env --check-timeout 3", "--check-timeout is of --check run: give that, too" },
	{ "env --list -- x",
	  "arguments after -- are those of a FILE that --trace or --check run runs" },
	/* one line, and nothing that a terminal obeys */
	{ "env --a\nb", "unknown option --a?b" },
	{ "env -\033", "unknown option -?" },
	{ "env -\xc3\xa4", "unknown option -?" },
	{ "env --format \x7f\xc2\x9b\033[2J",
	  "--format: '?\?\?\?[2J' is not tar, cpio, oci or docker" },
};

TEST_EACH(mistakes_are_named, ARRAY_SIZE(refused))
{
	struct line line = parse(refused[_i].words);

	ck_assert_int_eq(line.result, -EINVAL);
	ck_assert_str_eq(line.options.error, refused[_i].error);
	line_free(&line);
}

/* Files that the cases below name as @FILE, in the directory of the test. */
static const struct {
	const char *name;
	const char *text;
} argument_files[] = {
	{ "empty", "" },
	{ "comments", "# nothing\n\t# more\n" },
	{ "list", "--list env\n" },
	{ "no-end", "--list\nenv" },
	{ "quoted", "--env 'A=b  c' --label=\"d=\\\"e\\\\ \\n\" --cmd f\\ g 'h'i\"j\"" },
	{ "empty-words", "env --library-path '' --entrypoint \"\"" },
	{ "comment", "env --env A=#b '#c' # d 'e\n--tree\r\n" },
	{ "nested", "a @list b" },
	{ "itself", "env @itself" },
	{ "value", "-o" },
	{ "named", "-o @list env" },
	{ "dashes", "env --trace -- -x" },
	{ "help", "--help --nonsense" },
	{ "quote", "env 'a" },
	{ "double", "env \"a\\\"" },
	{ "backslash", "env a\\" },
	{ "unknown", "env --nonsense" },
	{ "cluster", "-vx" },
	{ "wrong", "env --format zip" },
	{ "needs", "env --mkdir" },
	{ "without", "--list" },
};

static const struct {
	const char *words;
	const char *meaning;
} read_from_files[] = {
	{ "env @empty", " file=env" },
	{ "env @comments", " file=env" },
	{ "@list", " file=env list" },
	{ "@no-end", " file=env list" },
	{ "a --json @list --tree b", " file=a file=env file=b json list tree" },
	{ "@list @list", " file=env file=env list list" },
	{ "@quoted", " env=A=b  c label=d=\"e\\ \\n cmd=f g file=hij" },
	{ "@empty-words", " file=env library-path= entrypoint=" },
	{ "@comment", " file=env env=A=#b file=#c tree" },
	{ "@nested", " file=a file=env file=b list" },
	{ "@dashes -y", " file=env trace=yes argument=-x argument=-y" },
	{ "@help", " help" },
	/* a value, what stands behind --, and a path */
	{ "env -o @list", " file=env auto>@list" },
	{ "@named", " file=env auto>@list" },
	{ "-- @list", " file=@list" },
	{ "./@list", " file=./@list" },
};

static const struct {
	const char *words;
	int result;
	const char *error;
} refused_in_files[] = {
	{ "@quote", -EINVAL, "quote: has a quote that is not closed" },
	{ "@double", -EINVAL, "double: has a quote that is not closed" },
	{ "@backslash", -EINVAL, "backslash: ends in a backslash" },
	{ "@unknown", -EINVAL, "unknown: unknown option --nonsense" },
	{ "@cluster", -EINVAL, "cluster: unknown option -x" },
	{ "@wrong", -EINVAL, "wrong: --format: 'zip' is not tar, cpio, oci or docker" },
	{ "@needs", -EINVAL, "needs: --mkdir needs an argument, PATH[:MODE[:UID:GID]]" },
	{ "@list --nonsense", -EINVAL, "unknown option --nonsense" },
	{ "@list -vx", -EINVAL, "unknown option -x" },
	{ "@without", -EINVAL, "no FILE was given" },
	{ "@itself", -EINVAL,
	  "itself: is one @FILE too many: 64 is the limit, and none may name itself" },
	{ "@nowhere", -ENOENT, "nowhere: No such file or directory" },
	{ "@", -ENOENT, ": No such file or directory" },
	{ "@.", -EISDIR, ".: Is a directory" },
	{ "@a\033b", -ENOENT, "a?b: No such file or directory" },
};

/* A directory with the argument files, which the process enters. */
struct entered {
	struct scratch scratch;
	int before;
};

static void enter_argument_files(struct entered *entered)
{
	scratch_open(&entered->scratch);
	for (size_t i = 0; i < ARRAY_SIZE(argument_files); i++)
		scratch_file(&entered->scratch, argument_files[i].name, argument_files[i].text,
			     strlen(argument_files[i].text));
	entered->before = open(".", O_PATH);
	ck_assert_int_ge(entered->before, 0);
	ck_assert_int_eq(chdir(entered->scratch.path), 0);
}

static void leave(struct entered *entered)
{
	ck_assert_int_eq(fchdir(entered->before), 0);
	close(entered->before);
	scratch_close(&entered->scratch);
}

TEST_EACH(words_of_a_file_stand_for_its_name, ARRAY_SIZE(read_from_files))
{
	struct entered entered;
	struct line line;
	char meaning[512];

	enter_argument_files(&entered);
	line = parse(read_from_files[_i].words);
	describe(&line.options, meaning, sizeof(meaning));
	ck_assert_str_eq(line.options.error, "");
	ck_assert_int_eq(line.result, 0);
	ck_assert_str_eq(meaning, read_from_files[_i].meaning);
	line_free(&line);
	leave(&entered);
}

TEST_EACH(mistakes_in_a_file_are_named_with_it, ARRAY_SIZE(refused_in_files))
{
	struct entered entered;
	struct line line;

	enter_argument_files(&entered);
	line = parse(refused_in_files[_i].words);
	ck_assert_int_eq(line.result, refused_in_files[_i].result);
	ck_assert_str_eq(line.options.error, refused_in_files[_i].error);
	line_free(&line);
	leave(&entered);
}

TEST(a_file_of_options_is_text)
{
	struct entered entered;
	struct line line;

	enter_argument_files(&entered);
	scratch_file(&entered.scratch, "binary", "env\0--list", 10);
	line = parse("@binary");
	ck_assert_int_eq(line.result, -EINVAL);
	ck_assert_str_eq(line.options.error, "binary: has a NUL byte, and is no text");
	line_free(&line);
	leave(&entered);
}

/* More options than the command line has words. */
TEST(a_file_may_have_thousands_of_words)
{
	enum { N_VARIABLES = 5000 };
	struct entered entered;
	struct line line;
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(stream);
	for (int i = 0; i < N_VARIABLES; i++)
		fprintf(stream, "--env A%d=1 --list -o x%d.tar\n", i, i);
	ck_assert_int_eq(fclose(stream), 0);
	enter_argument_files(&entered);
	scratch_file(&entered.scratch, "many", text, size);
	line = parse("--list @many env");
	/* Standard output takes any number of reports. */
	ck_assert_str_eq(line.options.error, "");
	ck_assert_int_eq(line.result, 0);
	ck_assert_uint_eq(line.options.n_settings, 1 + N_VARIABLES);
	ck_assert_uint_eq(line.options.n_outputs, N_VARIABLES);
	ck_assert_uint_eq(line.options.n_reports, 1 + N_VARIABLES);
	ck_assert_str_eq(line.options.settings[N_VARIABLES - 1].value, "A4999=1");
	line_free(&line);
	leave(&entered);
	free(text);
}

/* A value of any length is told in a message that ends where its room does. */
TEST(long_values_are_cut_in_messages)
{
	char word[4096] = "--color=";
	struct line line;

	memset(word + strlen(word), 'x', sizeof(word) - strlen(word) - 1);
	word[sizeof(word) - 1] = '\0';
	line = parse(word);
	ck_assert_int_eq(line.result, -EINVAL);
	ck_assert_uint_eq(strlen(line.options.error), sizeof(line.options.error) - 1);
	line_free(&line);
}

/* Nothing of one parse is left for the next, wherever it ended. */
TEST(nothing_is_left_of_an_earlier_parse)
{
	for (unsigned i = 0; i < 2; i++) {
		struct line broken = parse("env -vx -o a.tar");
		struct line whole = parse("env -o b.tar");

		ck_assert_int_eq(broken.result, -EINVAL);
		ck_assert_int_eq(whole.result, 0);
		ck_assert_uint_eq(whole.options.n_settings, 1);
		ck_assert_uint_eq(whole.options.n_outputs, 1);
		ck_assert_str_eq(whole.options.outputs[0].path, "b.tar");
		ck_assert(!whole.options.verbose);
		line_free(&broken);
		line_free(&whole);
	}
}

/* What --help prints; the caller frees it. */
static char *help_text(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(stream);
	options_print_help(stream);
	ck_assert_int_eq(fclose(stream), 0);
	return text;
}

/* The name of the long option that a line of --help is about, or NULL. */
static char *option_of(char *line)
{
	char *name = strstr(line, "--");

	if (strncmp(line, "  ", 2) != 0 || !name || name - line != 6)
		return NULL;
	name[2 + strcspn(name + 2, " ")] = '\0';
	return name;
}

TEST(help_fits_a_terminal)
{
	char *text = help_text();
	char *rest = text;

	for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
		ck_assert_uint_le(strlen(line), COLUMNS);
		ck_assert(!*line || line[strlen(line) - 1] != ' ');
	}
	free(text);
}

/* Every option that --help names is one: it misses its argument at most. */
TEST(help_is_true)
{
	char *text = help_text();
	char *rest = text;
	unsigned n_options = 0;

	for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
		char *name = option_of(line);
		struct line parsed;

		if (!name)
			continue;
		parsed = parse(name);
		ck_assert_ptr_null(strstr(parsed.options.error, "unknown"));
		ck_assert_ptr_null(strstr(parsed.options.error, "ambiguous"));
		line_free(&parsed);
		n_options++;
	}
	ck_assert_uint_gt(n_options, 20);
	free(text);
}

static char *read_manual(const char *source)
{
	char path[4096];
	char *text = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/man/mkrootfs.1", source);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_gt(getdelim(&text, &size, '\0', file), 0);
	fclose(file);
	return text;
}

/* The manual has every option that --help has. */
TEST(manual_is_complete)
{
	const char *source = getenv("SOURCE");
	char *manual;
	char *text;
	char *rest;

	/* By hand, outside meson. */
	if (!source)
		return;
	manual = read_manual(source);
	rest = text = help_text();
	for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
		char *name = option_of(line);
		char macro[64];

		if (!name)
			continue;
		snprintf(macro, sizeof(macro), "Fl -%s", name + 2);
		ck_assert_msg(strstr(manual, macro), "%s is not in the manual", name);
	}
	free(text);
	free(manual);
}

SUITE(options, NULL, NULL);
