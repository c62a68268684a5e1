/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules: each row of the tables is tried on a target that is made of it, so that what is added
 * is tried too. What real targets have in them is the affair of the end-to-end suites.
 */
#include "needs_suite.h"

#include "needs/pattern.h"

/* A text that PATTERN, or the glob of a path, matches; braces go, "[!x]" and "[xy]" are chosen
 * from. */
static const char *instance(const char *pattern)
{
	CLEANUP(buffer) struct buffer out = { 0 };

	for (const char *at = pattern; *at; at++) {
		if (*at == '{' || *at == '}')
			continue;
		if (*at == '[') {
			buffer_add(&out, at[1] == '!' ? "a" : at + 1, 1);
			at = strchr(at, ']');
			continue;
		}
		buffer_add(&out, *at == '*' ? "x" : *at == '?' ? "3" : at, 1);
	}
	return arena_strdup(arena, out.bytes ? out.bytes : "");
}

/* The path that the template of BRING names in a target that is made of BRING. */
static const char *instance_of_path(const struct need_bring *bring, const char *origin)
{
	const char *text = bring->string ? bring->string : bring->file;
	struct pattern_match match = { 0 };
	bool failed = false;
	const char *path;

	if (text)
		ck_assert_msg(pattern_matches(text, instance(text), &match), "%s", text);
	path = pattern_expand(arena, bring->path, &match, origin, "V", false, &failed);
	ck_assert_msg(path, "%s has what nothing captures", bring->path);
	return path_normalize(arena, "/", instance(path));
}

/* C for an object with NAMED and every string that any of RULE's rows looks for, by SYMBOL and
 * SONAME. */
static void compile_object(const char *path, const char *soname, const struct need_rule *rule,
			   const char *named, const char *symbol, bool imported)
{
	CLEANUP(buffer) struct buffer source = { 0 };

	buffer_printf(&source, "const char *const strings[] = { \"%s\", ", named);
	for (size_t i = 0; rule && i < NEED_BRINGS_MAX; i++) {
		buffer_add_string(&source, "\"");
		for (const char *at = rule->brings[i].string ? instance(rule->brings[i].string)
							     : "";
		     *at; at++)
			buffer_printf(&source, "%s%c", *at == '"' ? "\\" : "", *at);
		buffer_add_string(&source, "\", ");
	}
	buffer_add_string(&source, "\"\" };\n");
	if (symbol && imported)
		buffer_printf(&source, "extern int %s(void); int (*used)(void) = %s;\n", symbol,
			      symbol);
	else if (symbol)
		buffer_printf(&source, "int %s(void) { return 0; }\n", symbol);
	ck_assert(scratch_compile(&scratch, path + 1, source.bytes,
				  arena_printf(arena,
					       "-w -fno-builtin -shared -fPIC -nostdlib "
					       "-Wl,-soname,%s",
					       soname)));
}

/* A sign of RULE in an object, and the rest of its process. */
static struct closure_object *make_process(struct process *process, const struct need_rule *rule,
					   const struct need_sign *sign)
{
	bool imported = sign->kind == SIGN_IMPORT;
	const char *symbol = imported || sign->kind == SIGN_EXPORT ? sign->text : NULL;
	const char *soname = sign->kind == SIGN_OBJECT ? instance(sign->text) : "librow.so";
	const char *named = sign->kind == SIGN_PATH ? instance(sign->text) : "";
	struct closure_object *object;
	const char *in = NULL;

	compile_object("/lib/row.so", soname, rule, named, symbol, imported);
	for (size_t i = 0; i < NEED_BRINGS_MAX; i++)
		in = rule->brings[i].in ? rule->brings[i].in : in;
	if (in)
		compile_object("/in/in.so", instance(in), rule, "", NULL, false);
	process_begin(process);
	if (rule->loader)
		process->loader.kind = rule->loader;
	process_add(process, "/works");
	object = process_add(process, "/lib/row.so");
	if (in)
		process_add(process, "/in/in.so");
	return object;
}

static int count_rows(void)
{
	size_t count = 0;

	for (size_t i = 0; i < need_n_rule_tables; i++)
		count += *need_rule_table_sizes[i];
	return (int)count;
}

static const struct need_rule *row(int index)
{
	size_t left = (size_t)index;
	size_t table = 0;

	for (; left >= *need_rule_table_sizes[table]; table++)
		left -= *need_rule_table_sizes[table];
	return &need_rule_tables[table][left];
}

/* The need of RULE that OBJECT is a sign of, with all levels if WISHED; NULL where there is none.
 */
static struct need *look(const struct need_rule *rule, const struct process *process,
			 const struct closure_object *object, bool requested)
{
	const struct need_request request = {
		.name = rule->name,
		.value = rules_take_value(rule->name) ? "V" : NULL,
	};
	const struct needs_options options = {
		.level = NEED_RECOMMENDED,
		.with = arena_memdup(arena, &request, sizeof(request)),
		.n_with = requested,
	};
	CLEANUP(needs_free) struct needs *needs = needs_new(here(), &options);
	struct need *const *list;
	size_t count;

	ck_assert_int_eq(needs_look(needs, 0, &process->closure, object, NEEDS_AS_ASKED), 0);
	list = needs_list(needs, &count);
	for (size_t i = 0; i < count; i++)
		if (list[i]->rule == rule)
			return list[i];
	return NULL;
}

TEST_EACH(every_row_is_sound, count_rows())
{
	static need_make_fn *const tested[] = { make_gconv,   make_locale,	 make_nss_modules,
						make_pam,     make_dlopen_notes, make_dlopen_names,
						make_helpers, make_font_family,	 make_accounts,
						make_places };
	const struct need_rule *rule = row(_i);
	bool ended = false;

	ck_assert(rule->name && rule->name[0] && rule->why && rule->why[0]);
	ck_assert_msg(!strpbrk(rule->name, " ,="), "%s: --with could not name it", rule->name);
	ck_assert_msg(rule->why[strlen(rule->why) - 1] != '.', "%s: full stop", rule->name);
	ck_assert(rule->level >= NEED_REQUIRED && rule->level <= NEED_SUGGESTED);
	/* What belongs to a program is no row's, nor what a script says: e2e/belongs, e2e/scripts.
	 */
	if (rule == &need_rule_data || rule == &need_rule_started || rule == &need_rule_imports ||
	    rule == &need_rule_commands || rule == &need_rule_ffi || rule == &need_rule_config)
		return;
	ck_assert(rule->signs[0].kind != SIGN_NONE);
	for (size_t i = 0; i < NEED_BRINGS_MAX; i++) {
		const struct need_bring *bring = &rule->brings[i];
		bool known = !bring->make;

		ended |= !bring->path && !bring->library && !bring->make;
		ck_assert_msg(!ended || (!bring->string && !bring->file && !bring->in),
			      "%s: a row of nothing, or behind one", rule->name);
		ck_assert_msg(i > 0 || !ended, "%s brings nothing", rule->name);
		ck_assert(!bring->text || !bring->link);
		/* Patterns know stars and question marks alone. */
		ck_assert_msg(!bring->string || !strchr(bring->string, '['), "%s: %s", rule->name,
			      bring->string);
		ck_assert(!bring->file || !strchr(bring->file, '['));
		ck_assert_msg(!bring->level || bring->level > rule->level, "%s: %s", rule->name,
			      bring->path);
		for (size_t j = 0; j < ARRAY_SIZE(tested); j++)
			known |= bring->make == tested[j];
		ck_assert_msg(known, "%s: its function has no test", rule->name);
	}
}

TEST_EACH(every_sign_triggers, count_rows())
{
	const struct need_rule *rule = row(_i);
	struct process process;
	bool works = make_works();

	for (size_t i = 0; works && i < NEED_SIGNS_MAX && rule->signs[i].kind; i++) {
		const struct need_sign *sign = &rule->signs[i];
		struct closure_object *object;
		const struct need *need;

		/* e2e/needs and e2e/people have these. */
		if (sign->kind == SIGN_NOTE || sign->kind == SIGN_ASKED)
			continue;
		object = make_process(&process, rule, sign);
		need = look(rule, &process, object, false);
		ck_assert_msg(need, "%s: %s is no sign", rule->name, sign->text);
		ck_assert_int_eq(need->level, rule->level);
		ck_assert_int_eq(need->followed, !rule->manual && rule->level < NEED_SUGGESTED);
		ck_assert_str_eq(need->why, rule->why);
		ck_assert_ptr_nonnull(strstr(need->sign, "/lib/row.so "));
		ck_assert(sign->kind == SIGN_OBJECT || strstr(need->sign, sign->text));
		process.list[1] = &process.objects[0];
		ck_assert_msg(!look(rule, &process, &process.objects[0], false),
			      "%s: is triggered by anything", rule->name);
		process.loader.kind = LOADER_MUSL;
		process.list[1] = object;
		ck_assert(!rule->loader || !look(rule, &process, object, false));
	}
}

/* Puts into the target what BRING names, and returns what is to come. */
static struct need_item make_item(const struct need_bring *bring, const char *origin)
{
	struct need_item item = { .kind = NEED_LIBRARY, .path = bring->library };

	if (bring->library)
		return item;
	item.path = instance_of_path(bring, origin);
	item.kind = bring->text ? NEED_FILE : bring->link ? NEED_LINK : NEED_PATH;
	if (bring->link) {
		scratch_text(&scratch,
			     path_join(arena, path_dirname(arena, item.path), bring->link) + 1, "");
		item.target = bring->link;
	} else if (bring->path[strlen(bring->path) - 1] == '/') {
		/* Of a tree, what comes is in it. */
		item.path = path_join(arena, item.path, "here/leaf");
		scratch_text(&scratch, item.path + 1, "");
	} else if (!bring->text) {
		scratch_text(&scratch, item.path + 1, "");
	}
	return item;
}

/* What was made for ITEM is in the way of others. */
static void remove_item(const struct need_item *item)
{
	const char *leaf = strstr(item->path, "/here/leaf");
	const char *made =
		leaf ? arena_strndup(arena, item->path, (size_t)(leaf - item->path)) : item->path;
	char *path;

	if (item->kind == NEED_LINK)
		made = path_join(arena, path_dirname(arena, made), item->target);
	path = scratch_path(&scratch, made + 1);
	if (item->kind == NEED_PATH || item->kind == NEED_LINK)
		ck_assert_int_eq(nftw(path, scratch_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
	free(path);
}

/* OBJECT, to stand where a pattern over its own path will find it. */
static void move_object(struct closure_object *object, const char *path)
{
	struct elf_object *elf = arena_memdup(arena, object->loaded.elf, sizeof(*elf));
	char *from = scratch_path(&scratch, "lib/row.so");
	char *to = scratch_path(&scratch, path + 1);

	scratch_directory(&scratch, path_dirname(arena, path) + 1);
	ck_assert(link(from, to) == 0 || errno == EEXIST);
	free(from);
	free(to);
	elf->path = path;
	object->loaded.elf = elf;
	object->loaded.location = (struct location){ path, path };
}

/* ITEM does not come by itself, where what is preferred to it is there. */
static void check_left_out(const struct need_rule *rule, struct process *process,
			   struct closure_object *object, const struct need_item *item)
{
	const char *origin = path_dirname(arena, object->loaded.location.path);
	struct need_item preferred = { 0 };
	const struct need *need;

	for (size_t i = 0; i < NEED_BRINGS_MAX && !preferred.path; i++)
		if (i + 1 < NEED_BRINGS_MAX && rule->brings[i + 1].fallback)
			preferred = make_item(&rule->brings[i], origin);
	open_root();
	need = look(rule, process, object, false);
	ck_assert(need->partial);
	ck_assert_ptr_null(find_item(need, item->kind, item->path));
	if (preferred.path)
		remove_item(&preferred);
}

static void check_bring(const struct need_rule *rule, const struct need_bring *bring,
			struct process *process, struct closure_object *object)
{
	struct need_item item = make_item(
		bring, bring->in ? "/in" : path_dirname(arena, object->loaded.location.path));
	const struct need_item *found;
	const struct need *need;

	open_root();
	need = look(rule, process, object, true);
	found = find_item(need, item.kind, item.path);
	ck_assert_msg(found, "%s: %s does not come; but%s", rule->name, item.path,
		      list_items(need));
	ck_assert(item.kind != NEED_FILE || found->size == strlen(bring->text));
	ck_assert(item.kind != NEED_LINK || strcmp(found->target, item.target) == 0);
	if (bring->level > NEED_RECOMMENDED && rule->level <= NEED_RECOMMENDED)
		check_left_out(rule, process, object, &item);
	process->loader.minor = 34;
	need = look(rule, process, object, true);
	ck_assert(!bring->before_minor || !find_item(need, item.kind, item.path));
	process->loader.minor = 31;
	remove_item(&item);
}

TEST_EACH(every_row_brings, count_rows())
{
	const struct need_rule *rule = row(_i);
	const struct elf_object *elf;
	struct closure_object *object;
	struct process process;

	if (!make_works() || rule->signs[0].kind == SIGN_NOTE)
		return;
	object = make_process(&process, rule, &rule->signs[0]);
	elf = object->loaded.elf;
	for (size_t i = 0; i < NEED_BRINGS_MAX; i++) {
		const struct need_bring *bring = &rule->brings[i];

		if (bring->make || (!bring->path && !bring->library))
			continue;
		object->loaded.elf = elf;
		object->loaded.location = (struct location){ "/lib/row.so", "/lib/row.so" };
		if (bring->file)
			move_object(object, instance(bring->file));
		check_bring(rule, bring, &process, object);
	}
}

TEST(options_decide_what_is_followed)
{
	const struct need_rule *rule = NULL;
	struct process process;
	struct closure_object *object;

	if (!make_works())
		return;
	for (int i = 0; !rule; i++)
		rule = strcmp(row(i)->name, "unwind") == 0 ? row(i) : NULL;
	object = make_process(&process, rule, &rule->signs[0]);
	for (int level = 0; level <= NEED_SUGGESTED; level++) {
		const char *const without = "unwind";
		struct needs_options options = { .level = level, .explore = true };
		CLEANUP(needs_free)
		struct needs *needs = needs_new(here(), &options);
		CLEANUP(needs_free) struct needs *none = NULL;
		struct need *const *list;
		size_t count;

		ck_assert_int_eq(needs_look(needs, 0, &process.closure, object, 0), 0);
		/* The same object, seen again, is no news to the program, but to another. */
		ck_assert_int_eq(needs_look(needs, 0, &process.closure, object, 0), 0);
		list = needs_list(needs, &count);
		ck_assert_uint_eq(count, 1);
		ck_assert_int_eq(list[0]->followed, level >= NEED_REQUIRED);
		ck_assert_uint_eq(list[0]->n_items, 1);
		ck_assert_int_eq(needs_look(needs, 1, &process.closure, object, 0), 0);
		needs_list(needs, &count);
		ck_assert_uint_eq(count, 2);
		options.without = &without;
		options.n_without = 1;
		none = needs_new(here(), &options);
		ck_assert_int_eq(needs_look(none, 0, &process.closure, object, 0), 0);
		needs_list(none, &count);
		ck_assert_uint_eq(count, 0);
	}
}

TEST(requests_are_satisfied_or_not)
{
	static const struct need_request requests[] = { { "tz", "Mars/Phobos" },
							{ "tz", "Europe/Rome" },
							{ "unwind", NULL },
							{ "locale", "xx_XX" } };
	const struct needs_options options = { .with = requests, .n_with = ARRAY_SIZE(requests) };
	CLEANUP(needs_free) struct needs *needs = NULL;
	struct process process;
	size_t at = 0;

	if (!make_works())
		return;
	scratch_text(&scratch, "usr/share/zoneinfo/Europe/Rome", "");
	process_begin(&process);
	process_add(&process, "/works");
	needs = needs_new(here(), &options);
	ck_assert_int_eq(needs_request(needs, 0, &process.closure), 0);
	ck_assert_ptr_eq(needs_unsatisfied(needs, &at), &requests[0]);
	at++;
	ck_assert_ptr_eq(needs_unsatisfied(needs, &at), &requests[3]);
	at++;
	ck_assert_ptr_null(needs_unsatisfied(needs, &at));
	ck_assert(rules_take_value("gconv") && rules_take_value("messages"));
	ck_assert(!rules_take_value("certs") && !rules_take_value("none"));
}

/* What a tree has brought is no name of the file's. */
TEST(names_are_limited_and_trees_are_not)
{
	CLEANUP(needs_free) struct needs *needs = needs_new(here(), &no_options);
	struct need need = { .name = "test", .sign = "sign" };
	struct need_item item = { .kind = NEED_PATH, .tree = "/t" };

	for (int i = 0; i < 6000; i++) {
		item.path = arena_printf(arena, "/t/%d", i);
		ck_assert_int_eq(need_add(needs, &need, &item), 0);
	}
	ck_assert_uint_eq(need.n_items, 6000);
	ck_assert_ptr_null(told.bytes);
	item.tree = NULL;
	for (int i = 0; i < 6000; i++) {
		item.path = arena_printf(arena, "/n/%d", i);
		ck_assert_int_eq(need_add(needs, &need, &item), 0);
	}
	ck_assert_uint_eq(need.n_items, 6000 + 4096);
	ck_assert_ptr_nonnull(strstr(told.bytes, "more than 4096 names"));
	ck_assert_ptr_null(strchr(told.bytes, '\n')[1] ? told.bytes : NULL);
}

SUITE(needs, set_up, tear_down);
