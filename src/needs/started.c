/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/started.h"
#include "base/error.h"
#include "base/path.h"
#include "needs/command_lines.h"
#include "needs/executables.h"
#include "needs/make.h"
#include "needs/own_paths.h"
#include "needs/shebang.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

enum {
	/* Who names more programs of its own has a list of them, to tell of or to complete. */
	SIBLINGS_MAX = 8,
	LIST_MIN = 4,
	/* Packages of more are collections, of which hardly one starts another. */
	PROGRAMS_MAX = 32,
	BESIDE_MAX = 512,
};

static const char shell_path[] = "/bin/sh";

/* What hands a text to the shell, and what starts a program itself. */
static const char *const shell_calls[] = { "system", "popen" };
static const char *const calls[] = { "execl",  "execle",  "execlp",	 "execv",	"execve",
				     "execvp", "execvpe", "posix_spawn", "posix_spawnp" };

/* What libraries have that start programs for others, by names as a shell would find them. */
static const char *const wrappers[] = {
	"pipecmd_new",
	"pipecmd_new_args",
	"pipecmd_new_argv",
	"pipecmd_new_argstr",
	"pipeline_command_args",
	"pipeline_new_command_args",
	"g_spawn_async",
	"g_spawn_sync",
	"g_spawn_async_with_pipes",
	"g_spawn_async_with_fds",
	"g_spawn_command_line_async",
	"g_spawn_command_line_sync",
	"g_subprocess_new",
	"g_subprocess_newv",
	"g_subprocess_launcher_spawn",
	"g_subprocess_launcher_spawnv",
	"apr_proc_create",
	"uv_spawn",
};

/* Of these, what looks for a bare name where a shell would. */
static const char *const search_calls[] = { "execlp",	    "execvp", "execvpe",
					    "posix_spawnp", "system", "popen" };

/*
 * What manages a machine: packages, accounts, services. In a rootfs there is nothing for it to do.
 */
static const char *const managers[] = {
	"dpkg*",	 "apt*",
	"rpm*",		 "dnf",
	"yum",		 "apk",
	"debconf*",	 "ucf*",
	"adduser",	 "addgroup",
	"deluser",	 "delgroup",
	"user[adm]*",	 "group[adm]*",
	"update-*",	 "invoke-rc.d",
	"deb-systemd-*", "systemctl",
	"systemd-*",	 "init",
	"telinit",	 "shutdown",
	"reboot",	 "service",
	"ldconfig",	 "start-stop-daemon",
};

/*
 * What interprets programs in a language: started without one it is of no use, and which one that
 * is is not known. The shell has a way of its own.
 */
static const char *const interpreters[] = {
	"perl*", "python*", "ruby*", "node*",	"php*",	   "lua*", "tclsh*", "wish*", "guile*",
	"java",	 "javac",   "jar",   "Rscript", "octave*", "erl",  "gawk",   "*awk",  "busybox",
};

/* A string that is the name or path of a program which is related to who names it. */
struct started_name {
	struct need_item item;
	bool sibling; /* it is of the same package */
	bool beside;  /* it stands beside it, where no search path leads */
	bool itself;  /* it is another name of who names it */
};

struct started_reading {
	struct needs *needs;
	struct owning *owning;
	const struct started_subject *subject;
	struct need *need;
	bool shell;	  /* it hands texts to the shell */
	bool searches;	  /* it starts programs by bare names */
	const char *line; /* the command line that is read */
	struct stat stat; /* of the object's file */
	TABLE(struct started_name) named;
	bool composes; /* a name that is beside it is composed of one that it has */
	/* What is beside a program that no search path leads to. */
	const char *directory;
	const struct texts *names; /* NULL: none */
};

static bool imports_any(struct needs *needs, const struct facts *facts, const char *const *symbols,
			size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (facts_has_symbol(facts, needs->index, symbols[i], false))
			return true;
	return false;
}

static int is_path_variable(void *data, const char *word)
{
	return strcmp(word, "PATH") == 0;
}

/* Whether OBJECT, with FACTS, starts programs by bare names: 1 or 0. Some read $PATH by themselves.
 */
static int searches(struct needs *needs, const struct closure_object *object,
		    const struct facts *facts)
{
	return imports_any(needs, facts, search_calls, ARRAY_SIZE(search_calls)) ||
	       imports_any(needs, facts, wrappers, ARRAY_SIZE(wrappers)) ||
	       TRY(needs_visit_words(needs, object, is_path_variable, NULL));
}

static int is_name(void *data, const char *word)
{
	const char *path;

	return !strchr(word, '/') && TRY(executables_find(data, word, &path)) > 0 &&
	       !command_is_ordinary(word);
}

int started_looks_at(struct needs *needs, const struct belongs_subject *who)
{
	const struct facts *facts;

	if (who->script || who->interprets || !needs_wants(needs, &need_rule_started))
		return 0;
	TRY(needs_facts(needs, who->object->loaded.elf, &facts));
	if (!imports_any(needs, facts, shell_calls, ARRAY_SIZE(shell_calls)) &&
	    !imports_any(needs, facts, calls, ARRAY_SIZE(calls)) &&
	    !imports_any(needs, facts, wrappers, ARRAY_SIZE(wrappers)))
		return 0;
	if (who->object == who->process->objects[0])
		return 1;
	/* Whose a library is takes long to find out, and few name programs. */
	return TRY(searches(needs, who->object, facts)) > 0
		       ? needs_visit_words(needs, who->object, is_name, needs)
		       : 0;
}

int started_add_symbols(struct arena *arena, struct texts *symbols)
{
	/* The others are signs of rows. */
	for (size_t i = 0; i < ARRAY_SIZE(wrappers); i++)
		TRY(texts_add(arena, symbols, wrappers[i]));
	return 0;
}

static bool is_called(const char *path, const char *const *globs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fnmatch(globs[i], path_basename(path), 0) == 0)
			return true;
	return false;
}

static bool is_interpreter(const char *path)
{
	return is_called(path, interpreters, ARRAY_SIZE(interpreters));
}

/* A program that PATH, with links, leads to, and that others than READING's object start it for. */
struct started_program {
	const char *path;
	char *canonical;
	struct stat stat;
};

/*
 * Whether what PATH starts with is an interpreter of programs, by its "#!": such a script has
 * modules that it imports, and is for the machine's administrator more often than for a program.
 */
static int is_interpreted(struct needs *needs, const char *path)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	const struct sysroot *sysroot = needs->sysroot;
	struct shebang shebang = { 0 };
	int r = root_open(sysroot->root, path, &file);

	if (r < 0)
		return needs_absent(needs, path, r);
	r = shebang_read(&file, sysroot->arena, &shebang);
	if (r < 0)
		return needs_absent(needs, path, r);
	return r > 0 && (is_interpreter(shebang.interpreter) ||
			 (shebang.command && is_interpreter(shebang.command)));
}

int started_is_helper(struct needs *needs, const char *path, struct stat *stat, char **canonical)
{
	struct stat own_stat;
	char *own_canonical;

	stat = stat ? stat : &own_stat;
	canonical = canonical ? canonical : &own_canonical;
	if (path_is_kernel(path) || TRY(needs_resolve(needs, path, stat, canonical)) == 0)
		return 0;
	if (!S_ISREG(stat->st_mode) || !(stat->st_mode & 0111) ||
	    strstr(path_basename(*canonical), ".so") || is_interpreter(path) ||
	    is_interpreter(*canonical) || is_called(path, managers, ARRAY_SIZE(managers)))
		return 0;
	return TRY(is_interpreted(needs, *canonical)) == 0;
}

/* 1 where there is one, else 0. */
static int find_program(struct started_reading *reading, const char *path,
			struct started_program *out)
{
	out->path = path;
	return started_is_helper(reading->needs, path, &out->stat, &out->canonical);
}

/* A link or a copy by another name has nothing that is not there already. */
static bool is_itself(const struct started_reading *reading, const struct started_program *program)
{
	return program->stat.st_ino == reading->stat.st_ino &&
	       program->stat.st_dev == reading->stat.st_dev;
}

static int add_program(struct started_reading *reading, const struct started_program *program,
		       const char *why)
{
	const struct need_item item = { .kind = NEED_PATH, .path = program->path, .why = why };

	if (is_itself(reading, program))
		return 0;
	return why ? need_add(reading->needs, reading->need, &item) : -ENOMEM;
}

/* What a command line runs. */
static int add_word(void *data, const struct shell_word *word)
{
	struct started_reading *reading = data;
	struct arena *arena = reading->needs->sysroot->arena;
	struct started_program program;
	const char *path;

	if (word->kind == SHELL_WORD_PROGRAM) {
		path = path_normalize(arena, "/", word->text);
		if (!path)
			return -ENOMEM;
	} else if (TRY(executables_find(reading->needs, word->text, &path)) == 0) {
		return 0;
	}
	return TRY(find_program(reading, path, &program)) > 0
		       ? add_program(reading, &program,
				     arena_printf(arena, "a shell runs \"%s\"", reading->line))
		       : 0;
}

static int knows(void *data, const char *name)
{
	struct started_reading *reading = data;
	const char *path;

	return executables_find(reading->needs, name, &path);
}

/*
 * "beam" may be composed to the "beam.smp" that is beside: the one name that it is the whole
 * beginning of, up to the last dot.
 */
static const char *find_composed(const struct started_reading *reading, const char *name)
{
	const char *const *end = reading->names->items + reading->names->count;
	const char *found = NULL;

	for (const char *const *at = reading->names->items; at < end; at++) {
		const char *dot = strrchr(*at, '.');

		if (!dot || (size_t)(dot - *at) != strlen(name) ||
		    strncmp(*at, name, (size_t)(dot - *at)) != 0)
			continue;
		if (found)
			return NULL;
		found = *at;
	}
	return found;
}

/* What is beside the object's program, where that is in a directory of its own; or NULL. */
static const char *find_beside(const struct started_reading *reading, const char *name)
{
	if (!reading->names || *name == '/')
		return NULL;
	return texts_find(reading->names->items, reading->names->count, name)
		       ? name
		       : find_composed(reading, name);
}

/* Where the program NAME is that the object would start, beside it or in the search path: 1 or 0.
 */
static int find_named(struct started_reading *reading, const char *name, const char **path)
{
	struct arena *arena = reading->needs->sysroot->arena;
	const char *beside = find_beside(reading, name);

	if (*name != '/' && !beside)
		return reading->searches ? executables_find(reading->needs, name, path) : 0;
	*path = beside ? path_join(arena, reading->directory, beside)
		       : path_normalize(arena, "/", name);
	return *path ? 1 : -ENOMEM;
}

/* A program that stands in a directory of its own starts what is beside it. */
static int list_beside(struct started_reading *reading)
{
	const struct started_subject *subject = reading->subject;
	const struct texts *names;

	if (subject->who->object != subject->who->process->objects[0])
		return 0;
	reading->directory = path_dirname(reading->needs->sysroot->arena, subject->owner->path);
	if (!reading->directory)
		return -ENOMEM;
	if (executables_look_in(reading->directory))
		return 0;
	TRY(needs_names(reading->needs, reading->directory, &names));
	/* One that is in a collection says nothing by its place. */
	if (names->count <= BESIDE_MAX)
		reading->names = names;
	return 0;
}

/* What is built from source has its own programs below its own prefix. */
static bool is_of_prefix(const struct owner *owner, const char *canonical)
{
	return !owner->family && strcmp(owner->prefix, "/") != 0 &&
	       strcmp(owner->prefix, "/usr") != 0 && path_is_below(canonical, owner->prefix);
}

/* How PROGRAM is related to who names it; NAMED's WHY is NULL where it is not. */
static int find_relation(struct started_reading *reading, const struct started_program *program,
			 struct started_name *named)
{
	const struct owner *owner = reading->subject->owner;
	bool sets_id = program->stat.st_mode & (S_ISUID | S_ISGID);

	named->sibling = owner_lists(owner, program->canonical);
	if (named->sibling)
		named->item.why = "it is named, and of the same package";
	else if (is_of_prefix(owner, program->canonical))
		named->item.why = "it is named, and installed beside it";
	else if (!sets_id && TRY(owning_depends_on(reading->owning, owner, program->canonical,
						   &named->item.optional)) > 0)
		named->item.why = "it is named, and of a package that its own depends on";
	/* Who may become another user is for the program that counts on it to say. */
	if (sets_id && !reading->subject->own)
		named->item.why = NULL;
	return 0;
}

static int count_program(void *data, struct view path)
{
	static const char *const places[] = { "/bin/", "/sbin/", "/games/" };
	unsigned *count = data;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (memmem(path.bytes, path.size, places[i], strlen(places[i]))) {
			++*count;
			break;
		}
	return 0;
}

/* Who names most of the programs that its package has, has a list of them. */
static bool is_list(unsigned n_siblings, unsigned n_programs)
{
	return n_siblings > SIBLINGS_MAX ||
	       (n_siblings >= LIST_MIN && n_siblings + 2 >= n_programs);
}

/* Sets *LIST, and *BESIDE: what stands beside it is no list, whatever its package has elsewhere. */
static int find_is_list(const struct started_reading *reading, bool *list, bool *beside)
{
	const struct installed_package *package = reading->subject->owner->package;
	unsigned n_programs = 0;
	unsigned n_siblings = 0;
	unsigned n_beside = 0;

	for (size_t i = 0; i < reading->named.count; i++) {
		n_siblings += reading->named.items[i].sibling;
		n_beside += reading->named.items[i].beside;
	}
	*beside = n_beside < LIST_MIN;
	if (package && n_siblings > 0)
		TRY(installed_visit_paths(owning_installed(reading->owning), package, count_program,
					  &n_programs));
	*list = n_programs > PROGRAMS_MAX || is_list(n_siblings, n_programs);
	return 0;
}

/*
 * What composes the name of a program beside it launches a run-time, and that starts others there
 * by names that stand in its own code.
 */
static int add_run_time(struct started_reading *reading)
{
	const struct texts *names = reading->names;

	for (size_t i = 0; reading->composes && i < names->count; i++) {
		struct need_item item = { .kind = NEED_PATH };
		struct started_program program;

		item.path = path_join(reading->needs->sysroot->arena, reading->directory,
				      names->items[i]);
		if (!item.path)
			return -ENOMEM;
		item.why = "it is of a run-time, and stands beside what launches that";
		if (TRY(find_program(reading, item.path, &program)) > 0 &&
		    owner_lists(reading->subject->owner, program.canonical) &&
		    !is_itself(reading, &program))
			TRY(need_add(reading->needs, reading->need, &item));
	}
	return 0;
}

/* Adds those that are named, now that it is known what all of them are. */
static int add_all_named(struct started_reading *reading)
{
	bool beside;
	bool list;

	TRY(find_is_list(reading, &list, &beside));
	for (size_t i = 0; i < reading->named.count; i++) {
		const struct started_name *named = &reading->named.items[i];

		if ((named->sibling && list && !(named->beside && beside)) || named->itself)
			continue;
		TRY(need_add(reading->needs, reading->need, &named->item));
	}
	return add_run_time(reading);
}

static bool may_be_name(const char *text)
{
	return text[0] == '/' ? !strpbrk(text, " %$*:") : !strpbrk(text, " %$*:/");
}

/* A string that is the name or path of a program, and nothing else. */
static int add_named(struct started_reading *reading, const char *text)
{
	struct started_name named = { .item.kind = NEED_PATH };
	struct started_program program;
	struct started_name *slot;

	if (!may_be_name(text) || TRY(find_named(reading, text, &named.item.path)) == 0 ||
	    command_is_ordinary(text) || TRY(find_program(reading, named.item.path, &program)) == 0)
		return 0;
	TRY(find_relation(reading, &program, &named));
	if (!named.item.why)
		return 0;
	named.beside = find_beside(reading, text) != NULL;
	reading->composes |= named.beside && named.sibling &&
			     !texts_find(reading->names->items, reading->names->count, text);
	/* There it stands for this one to start it, whatever it weighs. */
	named.item.sure = named.beside && named.sibling;
	named.itself = is_itself(reading, &program);
	slot = TABLE_ADD(reading->needs->sysroot->arena, &reading->named);
	if (!slot)
		return -ENOMEM;
	*slot = named;
	return 0;
}

static int add_shell(struct started_reading *reading, const char *why)
{
	struct need_item item = { .kind = NEED_PATH, .path = shell_path, .why = why };

	if (needs_forbids(reading->needs, "shell") ||
	    TRY(needs_exists(reading->needs, shell_path, NULL)) == 0)
		return 0;
	return need_add(reading->needs, reading->need, &item);
}

static int read_word(void *data, const char *word)
{
	struct started_reading *reading = data;
	const struct started_subject *subject = reading->subject;

	if (!subject->who->idle)
		TRY(add_named(reading, word));
	if (subject->own && (strcmp(word, "/bin/sh") == 0 || strcmp(word, "/usr/bin/sh") == 0))
		return add_shell(reading, "it is named, and programs are started");
	return 0;
}

static int read_line(void *data, const char *text)
{
	struct started_reading *reading = data;
	const struct command_line_reader reader = { knows, add_word, reading };

	reading->line = text;
	return command_line_read(text, &reader);
}

static int read_object(struct started_reading *reading)
{
	const struct started_subject *subject = reading->subject;
	const struct closure_object *object = subject->who->object;

	TRY(list_beside(reading));
	if (reading->shell && subject->own)
		TRY(add_shell(reading, "system and popen hand texts to it"));
	TRY(needs_visit_words(reading->needs, object, read_word, reading));
	TRY(add_all_named(reading));
	return reading->shell && subject->own && !subject->who->idle
		       ? needs_visit_strings(reading->needs, object, '\0', read_line, reading)
		       : 0;
}

int started_decide(struct needs *needs, struct owning *owning,
		   const struct started_subject *subject)
{
	const struct belongs_subject *who = subject->who;
	struct need need = {
		.rule = &need_rule_started,
		.name = need_rule_started.name,
		.program = who->program,
		.process = who->process,
		.object = who->object,
		.followed = true,
		.requested = needs_find_request(needs, need_rule_started.name) != NULL,
	};
	struct started_reading reading = {
		.needs = needs,
		.owning = owning,
		.subject = subject,
		.need = &need,
	};
	const struct facts *facts;
	struct need *kept;

	TRY(needs_facts(needs, who->object->loaded.elf, &facts));
	reading.shell = imports_any(needs, facts, shell_calls, ARRAY_SIZE(shell_calls));
	reading.searches = TRY(searches(needs, who->object, facts)) > 0;
	/* The sign is what notes say while it is filled. */
	need.sign = arena_printf(needs->sysroot->arena, "%s starts programs", subject->owner->path);
	if (!need.sign)
		return -ENOMEM;
	if (TRY(needs_exists(needs, subject->owner->path, &reading.stat)) == 0)
		return 0;
	TRY(read_object(&reading));
	return need.n_items > 0 ? needs_put(needs, &need, &kept) : 0;
}
