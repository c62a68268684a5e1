/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What files say of themselves: strings, symbols, notes; and what the rows' own functions read in
 * configurations and strings.
 */
#include "needs_suite.h"

/*
 * What a file says of itself.
 */

static int collect(void *data, const char *string)
{
	buffer_printf(data, "[%s]", string);
	return 0;
}

/* The strings of the file at PATH that have MARK and the word "mark", in brackets. */
static int collect_marked(void *data, const char *string)
{
	return strstr(string, "mark") ? collect(data, string) : 0;
}

static const char *strings_of(const char *path, char mark)
{
	struct process process;
	const struct closure_object *object;
	CLEANUP(buffer) struct buffer out = { 0 };

	process_begin(&process);
	object = process_add(&process, path);
	ck_assert_int_eq(facts_visit_strings(root, object->loaded.elf, mark, collect_marked, &out),
			 0);
	return arena_strdup(arena, out.bytes ? out.bytes : "");
}

static const struct {
	const char *source;
	char mark;
	const char *strings;
} string_cases[] = {
	{ "const char s[] = \"\\0/mark\";", '/', "[/mark]" },
	{ "const char s[] = \"\\0/mark\\0mark\";", '/', "[/mark]" },
	{ "const char s[] = \"\\0mark\\0/mark\";", '\0', "[mark][/mark]" },
	{ "const char s[] = \"\\0\\1\\2/mark\";", '/', "[/mark]" },
	{ "const char s[] = \"\\0/x\\1mark\";", '/', "" },
	{ "const char s[] = \"\\0/x\\1mark\";", '\0', "[mark]" },
	{ "const char s[] = \"\\0/mark\\n\\n\";", '/', "[/mark\n\n]" },
	{ "const char s[] = \"\\0/a\\nmark\";", '\0', "[mark]" },
	{ "const char s[] = \"\\0/m\xc3\xa4rk mark\";", '/', "[/m\xc3\xa4rk mark]" },
	/* not ended by a NUL */
	{ "const char s[] = \"\\0/mark\\1\";", '/', "" },
};

TEST_EACH(strings_are_found_by_a_mark, ARRAY_SIZE(string_cases))
{
	if (!make_works())
		return;
	ck_assert(scratch_compile(&scratch, "l.so", string_cases[_i].source,
				  "-shared -fPIC -nostdlib"));
	ck_assert_str_eq(strings_of("/l.so", string_cases[_i].mark), string_cases[_i].strings);
}

static const struct {
	const char *source;
	const char *words; /* that have "mark" in them */
} word_cases[] = {
	{ "const char s[] = \"\\0mark\\0/a.mark-1:x_y+(2)$\\0\";", "mark /a.mark-1:x_y+(2)$ " },
	{ "const char s[] = \"\\0a mark\\0mark b\\0#mark\\0mark;\";", "" },
	/* What is before it is no text. */
	{ "const char s[] = \"\\0\\1mark\\0\\nmark2\";", "mark mark2 " },
	{ "const char s[] = \"\\0m\xc3\xa4mark\\0mark\\n\";", "" },
	{ "const char s[] = "
	  "\"\\0mark567890123456789012345678901234567890123456789012345678901234\";",
	  "" },
	{ "const char s[] = "
	  "\"\\0mark56789012345678901234567890123456789012345678901234567890123\";",
	  "mark56789012345678901234567890123456789012345678901234567890123 " },
};

TEST_EACH(words_are_found, ARRAY_SIZE(word_cases))
{
	struct process process;
	const struct closure_object *object;
	CLEANUP(buffer) struct buffer words = { 0 };
	CLEANUP(buffer) struct buffer out = { 0 };

	if (!make_works())
		return;
	ck_assert(scratch_compile(&scratch, "l.so", word_cases[_i].source,
				  "-shared -fPIC -nostdlib"));
	process_begin(&process);
	object = process_add(&process, "/l.so");
	ck_assert_int_eq(facts_read_words(root, object->loaded.elf, &words), 0);
	for (size_t at = 0; at < words.size; at += strlen(words.bytes + at) + 1)
		if (strstr(words.bytes + at, "mark"))
			buffer_printf(&out, "%s ", words.bytes + at);
	ck_assert_str_eq(out.bytes ? out.bytes : "", word_cases[_i].words);
}

/* One byte more than a path may have, and one byte less. */
TEST(strings_are_as_long_as_paths)
{
	static const int lengths[] = { 4094, 4095, 4096, 5000 };
	CLEANUP(buffer) struct buffer source = { 0 };
	CLEANUP(buffer) struct buffer expected = { 0 };

	if (!make_works())
		return;
	buffer_add_string(&source, "const char s[] = \"\\0");
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		buffer_printf(&source, "/mark%0*d\\0", lengths[i] - 5, 7);
		if (lengths[i] <= 4095)
			buffer_printf(&expected, "[/mark%0*d]", lengths[i] - 5, 7);
	}
	buffer_add_string(&source, "\";");
	ck_assert(scratch_compile(&scratch, "l.so", source.bytes, "-shared -fPIC -nostdlib"));
	ck_assert_str_eq(strings_of("/l.so", '/'), expected.bytes);
	ck_assert_str_eq(strings_of("/l.so", '\0'), expected.bytes);
}

TEST(symbols_are_imported_or_exported)
{
	static const char source[] =
		"extern int getaddrinfo(void), pthread_cancel(void) __attribute__((weak));\n"
		"int (*a)(void) = getaddrinfo; int (*b)(void) = pthread_cancel;\n"
		"int tzset(void) { return 0; }\n"
		"__attribute__((visibility(\"hidden\"))) int system(void) { return 0; }\n"
		"int getaddrinfo_(void) { return 0; }";
	const struct symbol_index *index;
	struct texts symbols = { 0 };
	struct process process;
	struct facts facts;

	ck_assert_int_eq(rules_symbols(arena, &symbols), 0);
	index = symbol_index_new(arena, &symbols);
	if (!make_works())
		return;
	ck_assert(scratch_compile(&scratch, "l.so", source, "-w -shared -fPIC -nostdlib"));
	process_begin(&process);
	ck_assert_int_eq(
		facts_read(arena, index, root, process_add(&process, "/l.so")->loaded.elf, &facts),
		0);
	ck_assert(facts_has_symbol(&facts, index, "getaddrinfo", false));
	ck_assert(!facts_has_symbol(&facts, index, "getaddrinfo", true));
	ck_assert(facts_has_symbol(&facts, index, "pthread_cancel", false));
	ck_assert(facts_has_symbol(&facts, index, "tzset", true));
	ck_assert(!facts_has_symbol(&facts, index, "tzset", false));
	ck_assert(!facts_has_symbol(&facts, index, "system", true));
	ck_assert(!facts_has_symbol(&facts, index, "system", false));
	/* Not one of any rule's. */
	ck_assert(!facts_has_symbol(&facts, index, "getaddrinfo_", true));
}

/*
 * What the rows' own functions read.
 */

/* NEED, filled by FN in a process whose one library is of SOURCE and SONAME. */
static void make(struct need *need, struct process *process, need_make_fn *fn, const char *source,
		 const char *soname)
{
	CLEANUP(needs_free) struct needs *needs = NULL;
	const char *value = need->value;

	ck_assert(scratch_compile(
		&scratch, "lib/l.so", source,
		arena_printf(arena, "-w -shared -fPIC -nostdlib -Wl,-soname,%s", soname)));
	process_begin(process);
	process_add(process, "/works");
	needs = needs_new(here(), &no_options);
	*need = (struct need){
		.name = "test",
		.sign = "test",
		.value = value,
		.process = &process->closure,
		.object = process_add(process, "/lib/l.so"),
	};
	/* What the rows before a function bring. */
	if (fn == make_pam)
		ck_assert_int_eq(need_add_paths(needs, need, "/etc/pam.d/*", NULL), 0);
	ck_assert_int_eq(fn(needs, need), 0);
}

TEST(modules_of_pam_are_read_from_its_configuration)
{
	struct process process;
	struct need need = { 0 };

	if (!make_works())
		return;
	scratch_text(&scratch, "etc/pam.d/a",
		     "auth required pam_unix.so nullok # pam_no.so\n"
		     "#auth required pam_no.so\n"
		     "-session [success=1 default=ignore]\tpam_sys.so\n"
		     "auth required /opt/own.so\n"
		     "auth required ../../opt/up.so\n"
		     "auth required *.so\n"
		     "account\trequired pam_last.so");
	for (int i = 0; i < 5; i++)
		scratch_text(
			&scratch,
			((const char *const[]){ "lib/security/pam_unix.so",
						"lib/security/pam_no.so", "lib/security/pam_sys.so",
						"lib/security/pam_last.so", "opt/own.so" })[i],
			"");
	make(&need, &process, make_pam, "const char s[] = \"\\0/lib/security/\";", "libpam.so.0");
	ck_assert_str_eq(list_items(&need),
			 " /etc/pam.d/a /lib/security/pam_unix.so /lib/security/pam_sys.so"
			 " /opt/own.so /lib/security/pam_last.so");
}

TEST(modules_of_the_name_service_are_read_from_nsswitch)
{
	struct process process;
	struct need need = { 0 };

	if (!make_works())
		return;
	scratch_text(&scratch, "etc/nsswitch.conf",
		     "# passwd: none\n"
		     "passwd:\tfiles systemd # ldap\n"
		     "hosts: files mdns4_minimal [NOTFOUND=return] dns mdns4 mdns4\n"
		     "no database systemd2\n"
		     "group: files systemd");
	make(&need, &process, make_nss_modules, "int x;", "libc.so.6");
	ck_assert_uint_eq(need.n_items, 0);
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = { "libnss_systemd.so.2", "libnss_mdns4.so.2",
						     "libnss_mdns4_minimal.so.2" };
		const char *found = strstr(told.bytes, names[i]);

		ck_assert_msg(found, "%s is not told", names[i]);
		ck_assert_msg(!strstr(found + 1, names[i]), "%s is told twice", names[i]);
	}
	ck_assert(!strstr(told.bytes, "ldap") && !strstr(told.bytes, "none") &&
		  !strstr(told.bytes, "files.so") && !strstr(told.bytes, "NOTFOUND") &&
		  !strstr(told.bytes, "systemd2"));
}

static const struct {
	const char *there;
	const char *value;
	const char *items;
} locale_cases[] = {
	{ "de_DE.utf8/LC_TIME", "de_DE.UTF-8",
	  " /usr/lib/locale/de_DE.utf8 /usr/lib/locale/de_DE.utf8/LC_TIME" },
	{ "de_DE.iso885915@euro/LC_TIME", "de_DE.ISO-8859-15@euro",
	  " /usr/lib/locale/de_DE.iso885915@euro"
	  " /usr/lib/locale/de_DE.iso885915@euro/LC_TIME" },
	{ "de_DE.UTF-8/LC_TIME", "de_DE.UTF-8",
	  " /usr/lib/locale/de_DE.UTF-8 /usr/lib/locale/de_DE.UTF-8/LC_TIME" },
	{ "de_DE/LC_TIME", "de_DE", " /usr/lib/locale/de_DE /usr/lib/locale/de_DE/LC_TIME" },
	{ "locale-archive", "de_DE.UTF-8", " /usr/lib/locale/locale-archive" },
	{ "fr_FR/LC_TIME", "de_DE", "" },
	{ "x/LC_TIME", "../locale/x", "" },
	{ "x.y/LC_TIME", "x@y.z", "" },
};

TEST_EACH(locales_are_found_by_every_spelling, ARRAY_SIZE(locale_cases))
{
	struct process process;
	struct need need = { .value = locale_cases[_i].value };

	if (!make_works())
		return;
	scratch_text(&scratch, arena_printf(arena, "usr/lib/locale/%s", locale_cases[_i].there),
		     "");
	make(&need, &process, make_locale, "const char s[] = \"\\0/usr/lib/locale\";", "libc.so.6");
	ck_assert_str_eq(list_items(&need), locale_cases[_i].items);
}

TEST(character_sets_are_those_of_the_strings)
{
	struct process process;
	struct need need = { .value = NULL };
	/* glibc's libc has the directory; the need's object is the libc itself here. */
	static const char source[] = "const char s[] = \"\\0/usr/lib/gconv\\0sjis\\0"
				     "MS932//TRANSLIT\\0no set\\0a/b\\0absent\";";

	if (!make_works())
		return;
	scratch_text(&scratch, "usr/lib/gconv/gconv-modules",
		     "# module COMMENT// INTERNAL COMMENT 1\n"
		     "alias\tMS_KANJI//\tSJIS//\n"
		     "alias MS932// IBM943//\n"
		     "alias LOOP// POOL//\nalias POOL// LOOP//\n"
		     "module\tSJIS//\tINTERNAL\tSJIS\t1\n"
		     "module\tINTERNAL\tSJIS//\tSJIS\t1\n"
		     "module ABSENT// INTERNAL ABSENT 1\n"
		     "module UTF-16// INTERNAL UTF-16.so\n" /* the cost may be left out */
		     "module\n");
	scratch_text(&scratch, "usr/lib/gconv/gconv-modules.d/extra.conf",
		     "module IBM943// INTERNAL IBM943 1\nmodule KOI8// INTERNAL KOI8 1");
	scratch_text(&scratch, "usr/lib/gconv/SJIS.so", "");
	scratch_text(&scratch, "usr/lib/gconv/IBM943.so", "");
	scratch_text(&scratch, "usr/lib/gconv/KOI8.so", "");
	make(&need, &process, make_gconv, source, "libc.so.6");
	ck_assert_str_eq(list_items(&need), " /usr/lib/gconv/SJIS.so /usr/lib/gconv/IBM943.so");
	need.value = "ms_kanji";
	make(&need, &process, make_gconv, source, "libc.so.6");
	ck_assert_str_eq(list_items(&need), " /usr/lib/gconv/SJIS.so");
	need.value = "loop";
	make(&need, &process, make_gconv, source, "libc.so.6");
	ck_assert_str_eq(list_items(&need), "");
}

TEST(names_of_libraries)
{
	struct process process;
	struct need need = { 0 };
	static const char source[] =
		"const char s[] = \"\\0libone.so.1\\0libtwo.so\\0/opt/three.so\\0four.so\\0"
		"libfive.so.x\\0lib%s.so\\0lib six.so\\0x/libseven.so.1\\0.so\\0works\\0"
		"libme.so.1\";";

	if (!make_works())
		return;
	make(&need, &process, make_dlopen_names, source, "libme.so.1");
	ck_assert_str_eq(list_items(&need), " libone.so.1 libtwo.so /opt/three.so");
	for (size_t i = 0; i < need.n_items; i++)
		ck_assert(need.items[i].kind == NEED_LIBRARY && need.items[i].why);
	/* Of the C library the rules know. */
	make(&need, &process, make_dlopen_names, source, "libc.so.6");
	ck_assert_str_eq(list_items(&need), "");
}

TEST(helpers_are_programs_that_strings_name)
{
	struct process process;
	struct need need = { 0 };
	static const char source[] =
		"const char s[] = \"\\0/bin/tool\\0/bin/script -x\\0/bin/data\\0/bin/text\\0"
		"/usr/lib/helpers\\0/usr/lib/plugins\\0/bin/none\\0/bin/%s\\0bin/tool\\0"
		"/proc/self/exe\\0/usr/lib\\0/bin/l.so\";";
	static const struct {
		const char *path;
		const char *text;
		mode_t mode;
	} files[] = {
		{ "bin/tool", "\177ELF..", 0755 },
		{ "bin/script", "#!/bin/sh\n", 0755 },
		{ "bin/data", "\177ELF..", 0644 },
		{ "bin/text", "text", 0755 },
		{ "usr/lib/helpers/x", "#!/x\n", 0755 },
		{ "usr/lib/plugins/x.so", "\177ELF", 0755 },
		{ "proc/self/exe", "\177ELF", 0755 },
		{ "bin/l.so", "\177ELF", 0755 },
	};

	if (!make_works())
		return;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char *path = scratch_path(&scratch, files[i].path);

		scratch_text(&scratch, files[i].path, files[i].text);
		ck_assert_int_eq(chmod(path, files[i].mode), 0);
		free(path);
	}
	make(&need, &process, make_helpers, source, "libme.so.1");
	ck_assert_str_eq(list_items(&need), " /bin/tool /bin/script /usr/lib/helpers");
}

/* A note's items: "level path|alternative...", a comma between them; "!" where it is told. */
static const char *read_note(const char *text, size_t size)
{
	CLEANUP(needs_free) struct needs *needs = needs_new(here(), &no_options);
	CLEANUP(buffer) struct buffer out = { 0 };
	struct closure_object object = { .loaded = { .location = { "/x", "/x" } } };
	struct need need = { .name = "dlopen-notes", .sign = "test", .object = &object };

	buffer_reset(&told);
	ck_assert_int_eq(need_add_dlopen_note(needs, &need, text, size), 0);
	for (size_t i = 0; i < need.n_items; i++) {
		const struct need_item *item = &need.items[i];

		ck_assert_int_eq(item->kind, NEED_LIBRARY);
		buffer_printf(&out, "%s%s %s", i > 0 ? "," : "", need_level_name(item->level),
			      item->path);
		for (const char *const *other = item->alternatives; other && *other; other++)
			buffer_printf(&out, "|%s", *other);
	}
	if (told.bytes)
		buffer_add_string(&out, "!");
	return arena_strdup(arena, out.bytes ? out.bytes : "");
}

static const struct {
	const char *text;
	const char *meaning;
} note_cases[] = {
	{ "[]", "" },
	{ "[{\"soname\":[\"a\"]}]", "recommended a" },
	{ "[{\"soname\":[\"a\",\"b\"],\"priority\":\"required\"}]", "required a|b" },
	{ "[{\"soname\":[\"a\"],\"priority\":\"suggested\",\"feature\":\"f\"}]", "suggested a" },
	{ "[{\"soname\":[\"a\"],\"priority\":\"unheard-of\"}]", "recommended a" },
	{ "[{\"soname\":[\"a\"],\"priority\":3,\"feature\":[],\"description\":{}}]",
	  "recommended a" },
	/* The same library for two features: each at its own level, with its own others. */
	{ "[{\"soname\":[\"a\"],\"priority\":\"suggested\"},"
	  "{\"soname\":[\"a\",\"b\"],\"priority\":\"required\"}]",
	  "suggested a,required a|b" },
	{ "[{\"soname\":[\"a\",\"b\"]},{\"soname\":[\"a\",\"c\"]}]",
	  "recommended a|b,recommended a|c" },
	{ "[{\"soname\":[\"a\",\"b\"]},{\"soname\":[\"a\",\"b\"]}]", "recommended a|b" },
	{ "[{\"soname\":[\"\",1,null,\"a\"]},{\"soname\":[]},{\"soname\":\"b\"},{},[],1]",
	  "recommended a" },
	{ "", "!" },
	{ "{}", "!" },
	{ "[{\"soname\":[\"a\"]}", "!" },
	{ "[{\"soname\":[\"a\\u0000b\"]}]", "!" },
	{ "[{\"soname\":[\"\xff\"]}]", "!" },
	{ "null", "!" },
};

TEST_EACH(notes_of_dlopen_are_read, ARRAY_SIZE(note_cases))
{
	ck_assert_str_eq(read_note(note_cases[_i].text, strlen(note_cases[_i].text)),
			 note_cases[_i].meaning);
	/* Padded, as notes may be. */
	ck_assert_str_eq(read_note(arena_printf(arena, "%s%c%c", note_cases[_i].text, 0, 0),
				   strlen(note_cases[_i].text) + 2),
			 note_cases[_i].meaning);
}

TEST(a_note_that_is_deep)
{
	static char text[100000];

	memset(text, '[', sizeof(text));
	ck_assert_str_eq(read_note(text, sizeof(text)), "!");
}

SUITE(needs_made, set_up, tear_down);
