/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/image_options.h"
#include "base/number.h"
#include "base/path.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <string.h>

enum {
	PORT_MAX = 65535,
	SIGNAL_MAX = 64,
	REAL_TIME_MIN = 34,	     /* SIGRTMIN, as glibc and musl have it */
	REAL_TIME_MAX = 30,	     /* between that and SIGRTMAX */
	REPOSITORY_LENGTH_MAX = 255, /* of a reference's NAME */
	TAG_LENGTH_MAX = 128,
};

DEFINE_CLEANUP(json_t *, json_decref);

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_letter(char c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

/* A decimal number at *TEXT from 0 to LIMIT, without zeros before it; moves behind it. */
static bool parse_number(const char **text, unsigned limit, unsigned *out)
{
	const char *behind = *text;
	uint64_t value;

	if (!number_take(&behind, 10, limit, &value) || (**text == '0' && behind > *text + 1))
		return false;
	*text = behind;
	*out = (unsigned)value;
	return true;
}

static int add_word(struct mkrootfs_plan *plan, struct plan_list *words, const char *word,
		    size_t length)
{
	const char **item = plan_list_add(plan, words, sizeof(*item));

	if (!item)
		return -ENOMEM;
	*item = arena_strndup(plan->arena, word, length);
	return *item ? 0 : -ENOMEM;
}

static int parse_array(struct mkrootfs_plan *plan, const char *option, const char *value,
		       struct plan_list *words)
{
	CLEANUP(json_decref) json_t *array = json_loads(value, 0, NULL);
	const json_t *element;
	size_t i;

	if (!array)
		return diag_error_hint(&plan->diag, EINVAL, option,
				       "as in [\"/bin/server\", \"--port\", \"80\"]",
				       "'%s' begins as a JSON array, and is none", value);
	json_array_foreach(array, i, element)
	{
		int r;

		if (!json_is_string(element))
			return diag_error(&plan->diag, EINVAL, option,
					  "'%s' has an element that is no string", value);
		r = add_word(plan, words, json_string_value(element), json_string_length(element));
		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * One word at *TEXT with the quotes of sh(1), into WORD (with room for all of TEXT), whose
 * length is returned; moves behind it. -1 where a quote has no end.
 */
static ssize_t parse_word(const char **text, char *word)
{
	const char *at = *text;
	char *end = word;
	char quote = '\0';

	for (; *at && (quote || !is_one_of(*at, " \t\n")); at++) {
		if (*at == quote) {
			quote = '\0';
		} else if (!quote && is_one_of(*at, "'\"")) {
			quote = *at;
		} else if (*at == '\\' && quote != '\'' && (!quote || is_one_of(at[1], "$`\"\\"))) {
			if (!*++at)
				return -1;
			*end++ = *at;
		} else {
			*end++ = *at;
		}
	}
	*text = at;
	return quote ? -1 : end - word;
}

static int split_words(struct mkrootfs_plan *plan, const char *option, const char *value,
		       struct plan_list *words)
{
	CLEANUP(free) char *word = malloc(strlen(value) + 1);
	const char *rest = value;

	if (!word)
		return -ENOMEM;
	while (*(rest += strspn(rest, " \t\n"))) {
		ssize_t length = parse_word(&rest, word);
		int r;

		if (length < 0)
			return diag_error(&plan->diag, EINVAL, option,
					  "'%s' has a quote without an end", value);
		r = add_word(plan, words, word, (size_t)length);
		if (r < 0)
			return r;
	}
	return 0;
}

static int set_words(struct mkrootfs_plan *plan, const char *option, const char *value,
		     struct plan_list *out)
{
	struct plan_list words = { 0 };
	int r;

	if (!utf8_is_valid(value))
		return diag_error(&plan->diag, EINVAL, option, "'%s' is not UTF-8", value);
	if (value[strspn(value, " \t\n")] == '[')
		r = parse_array(plan, option, value, &words);
	else
		r = split_words(plan, option, value, &words);
	*out = words;
	return r;
}

int image_plan_entrypoint(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	plan->image.has_entrypoint = true;
	return set_words(plan, option, value, &plan->image.entrypoint);
}

int image_plan_cmd(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	return set_words(plan, option, value, &plan->image.cmd);
}

/* What needs no quotes in any file that the key may come to stand in. */
static bool is_key(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] <= ' ' || text[i] > '~' || is_one_of(text[i], "\"'\\$`#"))
			return false;
	return length > 0;
}

static int set_pair(struct mkrootfs_plan *plan, const char *option, const char *value,
		    struct plan_list *pairs)
{
	size_t length = strcspn(value, "=");
	struct image_pair *pair = NULL;
	struct image_pair *known = pairs->items;
	const char *key;

	if (!value[length] || !is_key(value, length))
		return diag_error(&plan->diag, EINVAL, option,
				  "'%s' is not KEY=VALUE, the KEY without blanks and quotes",
				  value);
	if (!utf8_is_valid(value))
		return diag_error(&plan->diag, EINVAL, option, "'%s' is not UTF-8", value);
	key = arena_strndup(plan->arena, value, length);
	if (!key)
		return -ENOMEM;
	for (size_t i = 0; i < pairs->count && !pair; i++)
		if (strcmp(known[i].key, key) == 0)
			pair = &known[i];
	if (!pair)
		pair = plan_list_add(plan, pairs, sizeof(*pair));
	if (!pair)
		return -ENOMEM;
	pair->key = key;
	pair->value = arena_strdup(plan->arena, value + length + 1);
	return pair->value ? 0 : -ENOMEM;
}

int image_plan_env(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	return set_pair(plan, option, value, &plan->image.environment);
}

int image_plan_label(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	return set_pair(plan, option, value, &plan->image.labels);
}

static int parse_path(struct mkrootfs_plan *plan, const char *option, const char *value,
		      const char **out)
{
	if (value[0] != '/' || !utf8_is_valid(value) || has_control(value))
		return diag_error(&plan->diag, EINVAL, option,
				  "'%s' is not an absolute path in UTF-8", value);
	*out = path_normalize(plan->arena, "/", value);
	return *out ? 0 : -ENOMEM;
}

int image_plan_workdir(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	return parse_path(plan, option, value, &plan->image.workdir);
}

int image_plan_volume(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	const char *path = NULL;
	int r = parse_path(plan, option, value, &path);

	if (r < 0)
		return r;
	assert(path);
	if (strcmp(path, "/") == 0)
		return diag_error(&plan->diag, EINVAL, option, "'%s': / cannot be a volume", value);
	return add_word(plan, &plan->image.volumes, path, strlen(path));
}

int image_plan_expose(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	static const char *const protocols[][2] = { { "", "tcp" },
						    { "/tcp", "tcp" },
						    { "/udp", "udp" } };
	const char *rest = value;
	const char **port;
	unsigned number = 0;

	if (parse_number(&rest, PORT_MAX, &number) && number > 0) {
		for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
			if (strcasecmp(rest, protocols[i][0]) != 0)
				continue;
			port = plan_list_add(plan, &plan->image.ports, sizeof(*port));
			if (!port)
				return -ENOMEM;
			*port = arena_printf(plan->arena, "%u/%s", number, protocols[i][1]);
			return *port ? 0 : -ENOMEM;
		}
	}
	return diag_error(&plan->diag, EINVAL, option,
			  "'%s' is not PORT[/tcp|/udp] with a PORT from 1 to 65535", value);
}

/* signal(7), with the names of old that runtimes know too. */
static const struct {
	const char *name;
	int number;
} signals[] = {
	{ "ABRT", SIGABRT },
	{ "ALRM", SIGALRM },
	{ "BUS", SIGBUS },
	{ "CHLD", SIGCHLD },
	{ "CLD", SIGCHLD },
	{ "CONT", SIGCONT },
	{ "FPE", SIGFPE },
	{ "HUP", SIGHUP },
	{ "ILL", SIGILL },
	{ "INT", SIGINT },
	{ "IO", SIGIO },
	{ "IOT", SIGABRT },
	{ "KILL", SIGKILL },
	{ "PIPE", SIGPIPE },
	{ "POLL", SIGIO },
	{ "PROF", SIGPROF },
	{ "PWR", SIGPWR },
	{ "QUIT", SIGQUIT },
	{ "SEGV", SIGSEGV },
	{ "STKFLT", 16 },
	{ "STOP", SIGSTOP },
	{ "SYS", SIGSYS },
	{ "TERM", SIGTERM },
	{ "TRAP", SIGTRAP },
	{ "TSTP", SIGTSTP },
	{ "TTIN", SIGTTIN },
	{ "TTOU", SIGTTOU },
	{ "URG", SIGURG },
	{ "USR1", SIGUSR1 },
	{ "USR2", SIGUSR2 },
	{ "VTALRM", SIGVTALRM },
	{ "WINCH", SIGWINCH },
	{ "XCPU", SIGXCPU },
	{ "XFSZ", SIGXFSZ },
	{ "RTMIN", REAL_TIME_MIN },
	{ "RTMAX", REAL_TIME_MIN + REAL_TIME_MAX },
};

/* The number of the signal whose name is NAME without SIG; 0: none. */
static int find_signal(const char *name)
{
	bool down = strncmp(name, "RTMAX-", 6) == 0;
	unsigned offset;

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (strcmp(name, signals[i].name) == 0)
			return signals[i].number;
	if (!down && strncmp(name, "RTMIN+", 6) != 0)
		return 0;
	name += 6;
	if (!parse_number(&name, REAL_TIME_MAX, &offset) || offset == 0 || *name)
		return 0;
	return down ? REAL_TIME_MIN + REAL_TIME_MAX - (int)offset : REAL_TIME_MIN + (int)offset;
}

int image_plan_stop_signal(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	const char *name = strncmp(value, "SIG", 3) == 0 ? value + 3 : value;
	const char *rest = value;
	unsigned number = 0;

	if (parse_number(&rest, SIGNAL_MAX, &number) && number > 0 && !*rest)
		plan->image.stop_signal = arena_strdup(plan->arena, value);
	else if ((number = (unsigned)find_signal(name)) > 0)
		plan->image.stop_signal = arena_printf(plan->arena, "SIG%s", name);
	else
		return diag_error_hint(&plan->diag, EINVAL, option, "as in SIGTERM or 15",
				       "'%s' is not a signal", value);
	plan->image.stop_number = (int)number;
	return plan->image.stop_signal ? 0 : -ENOMEM;
}

/*
 * The grammar of references, github.com/distribution/reference: a component of a path is of
 * lower-case letters and digits, with '.', '_', '__' or any number of '-' between them.
 */
static bool is_component(const char *text, size_t length)
{
	size_t i = 0;

	while (i < length) {
		size_t run = 0;

		while (i + run < length && (is_lower(text[i + run]) || is_digit(text[i + run])))
			run++;
		if (run == 0)
			return false;
		i += run;
		if (i == length)
			return true;
		run = 0;
		while (i + run < length && text[i + run] == text[i] && is_one_of(text[i], "._-") &&
		       run < (text[i] == '-'   ? length
			      : text[i] == '_' ? 2U
					       : 1U))
			run++;
		if (run == 0)
			return false;
		i += run;
	}
	return false;
}

/* A registry: labels of letters, digits and '-' with dots between them, and perhaps a port. */
static bool is_domain(const char *text, size_t length)
{
	size_t host = 0;
	bool edge = true; /* at a label's beginning */

	for (; host < length && text[host] != ':'; host++) {
		char c = text[host];

		if (!is_letter(c) && !is_digit(c) && (edge || !is_one_of(c, ".-")))
			return false;
		if (c == '.' && text[host - 1] == '-')
			return false;
		edge = c == '.';
	}
	if (host == 0 || edge || text[host - 1] == '-')
		return false;
	if (host == length)
		return true;
	for (size_t i = host + 1; i < length; i++)
		if (!is_digit(text[i]))
			return false;
	return host + 1 < length;
}

/* What stands before the first '/' is a registry only where it looks like one, as for docker. */
static bool is_registry(const char *text, size_t length)
{
	return memchr(text, '.', length) || memchr(text, ':', length) ||
	       (length == strlen("localhost") && memcmp(text, "localhost", length) == 0);
}

static bool is_repository(const char *text, size_t length)
{
	const char *end = text + length;
	bool first = true;

	if (length > REPOSITORY_LENGTH_MAX)
		return false;
	for (;;) {
		const char *slash = memchr(text, '/', (size_t)(end - text));
		size_t part = (size_t)((slash ? slash : end) - text);

		if (first && slash && is_registry(text, part) ? !is_domain(text, part)
							      : !is_component(text, part))
			return false;
		if (!slash)
			return true;
		text = slash + 1;
		first = false;
	}
}

static bool is_tag(const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || length > TAG_LENGTH_MAX || is_one_of(text[0], ".-"))
		return false;
	for (size_t i = 0; i < length; i++)
		if (!is_letter(text[i]) && !is_digit(text[i]) && !is_one_of(text[i], "_.-"))
			return false;
	return true;
}

int image_plan_tag(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	const char *slash = strrchr(value, '/');
	const char *colon = strchr(slash ? slash : value, ':');
	size_t length = colon ? (size_t)(colon - value) : strlen(value);

	if (!is_repository(value, length) || (colon && !is_tag(colon + 1)))
		return diag_error_hint(&plan->diag, EINVAL, option,
				       "as in redis:7 or registry.example.org/team/redis:7",
				       "'%s' is not NAME[:TAG]", value);
	plan->image.reference = arena_printf(plan->arena, "%s%s", value, colon ? "" : ":latest");
	return plan->image.reference ? 0 : -ENOMEM;
}
