/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as what run-time needs are read from: a .note.dlopen, strings for the patterns
 * of all rules, a configuration of character sets and of the name service. The first byte says
 * which.
 */
#include "fuzz.h"

#include "needs/gconv.h"
#include "needs/make.h"
#include "needs/pattern.h"

struct target {
	struct arena *arena;
	struct elf_store *store;
	struct manifest *manifest;
	struct root *root;
	struct sysroot sysroot;
	struct needs *needs;
	struct closure process;
	struct closure_object object;
	struct need need;
};

static const struct diag diag = { 0 };

static void target_cleanup(struct target *target)
{
	needs_free(target->needs);
	root_close(target->root);
	manifest_free(target->manifest);
	elf_store_free(target->store);
	arena_free(target->arena);
}

/* A root with one file of those bytes, and what they may name. */
static void target_open(struct target *target, const char *path, const uint8_t *bytes, size_t size)
{
	static const char *const there[] = { "/usr/lib/gconv/SJIS.so", "/usr/lib/gconv/UTF-16.so" };
	const struct manifest_policy policy = { 0 };
	const struct needs_options options = { .level = NEED_SUGGESTED };

	target->arena = arena_new();
	target->store = elf_store_new();
	target->manifest = manifest_new(&policy, &diag);
	FUZZ_CHECK(target->arena && target->store && target->manifest);
	FUZZ_CHECK(manifest_put_file(target->manifest, path, 0644, size ? bytes : NULL, size,
				     ENTRY_DEFAULT, "fuzz") == 0);
	for (size_t i = 0; i < ARRAY_SIZE(there); i++)
		FUZZ_CHECK(manifest_put_file(target->manifest, there[i], 0644, "", 0, ENTRY_RULE,
					     "fuzz") == 0);
	FUZZ_CHECK(manifest_root(target->manifest, &target->root) == 0);
	target->sysroot = (struct sysroot){
		.arena = target->arena,
		.root = target->root,
		.store = target->store,
		.diag = &diag,
		.working_directory = "/",
	};
	target->needs = needs_new(&target->sysroot, &options);
	FUZZ_CHECK(target->needs);
	target->object.loaded.location = (struct location){ "/x", "/x" };
	target->need.process = &target->process;
	target->need.object = &target->object;
}

static void read_note(const uint8_t *bytes, size_t size)
{
	CLEANUP(target) struct target target = { 0 };

	target_open(&target, "/x", NULL, 0);
	FUZZ_CHECK(need_add_dlopen_note(target.needs, &target.need, bytes, size) == 0);
	for (size_t i = 0; i < target.need.n_items; i++) {
		const struct need_item *item = &target.need.items[i];

		FUZZ_CHECK(item->kind == NEED_LIBRARY && item->path[0] && item->why);
		FUZZ_CHECK(item->level >= NEED_REQUIRED && item->level <= NEED_SUGGESTED);
	}
}

/* What is captured lies within the text. */
static void match_all(const uint8_t *bytes, size_t size)
{
	CLEANUP(free) char *text = calloc(size + 1, 1);

	FUZZ_CHECK(text);
	memcpy(text, bytes, size);
	for (size_t i = 0; i < need_n_rule_tables; i++)
		for (size_t j = 0; j < *need_rule_table_sizes[i]; j++)
			for (size_t k = 0; k < NEED_BRINGS_MAX; k++) {
				const char *pattern = need_rule_tables[i][j].brings[k].string;
				struct pattern_match match;

				if (!pattern || !pattern_matches(pattern, text, &match))
					continue;
				for (size_t n = 0; n < match.count; n++)
					FUZZ_CHECK(match.start[n] >= text &&
						   match.start[n] + match.length[n] <=
							   text + strlen(text));
			}
}

static void configure(const uint8_t *bytes, size_t size)
{
	CLEANUP(target) struct target target = { 0 };
	const struct entry *made;

	/* Beside the modules' own directory, so that one is made there. */
	target_open(&target, "/usr/lib/gconv/gconv-modules.d/x.conf", bytes, size);
	FUZZ_CHECK(gconv_configure(target.needs, target.manifest) == 0);
	made = manifest_find(target.manifest, "/usr/lib/gconv/gconv-modules");
	FUZZ_CHECK(made && made->size <= size + 1);
}

static void read_services(const uint8_t *bytes, size_t size)
{
	CLEANUP(target) struct target target = { 0 };

	target_open(&target, "/etc/nsswitch.conf", bytes, size);
	FUZZ_CHECK(make_nss_modules(target.needs, &target.need) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static void (*const readers[])(const uint8_t *, size_t) = { read_note, match_all, configure,
								    read_services };

	if (size > 0)
		readers[bytes[0] % 4](bytes + 1, size - 1);
	return 0;
}

static const struct fuzz_seed seeds[] = {
	FUZZ_TEXT("\4[{\"feature\":\"a\",\"description\":\"b\",\"priority\":\"required\","
		  "\"soname\":[\"libx.so.1\",\"liby.so\"]},{\"soname\":[]},{\"soname\":\"x\","
		  "\"priority\":1},[]]"),
	FUZZ_TEXT("\4[[[[[[[[[[[[{}]]]]]]]]]]]]"),
	FUZZ_TEXT("\1OPENSSLDIR: \"/usr/lib/ssl\""),
	FUZZ_TEXT("\1/etc/terminfo:/lib/terminfo:/usr/share/terminfo"),
	FUZZ_TEXT("\1*;/usr/share/lua/5.4/?.lua;/usr/share/lua/5.4"),
	FUZZ_TEXT("\2# x\nalias\tMS_KANJI//\tSJIS//\nmodule SJIS// INTERNAL SJIS 1\nmodule "
		  "INTERNAL SJIS// SJIS 1\nalias A// B//\nalias B// A//\nmodule UTF-16// INTERNAL "
		  "UTF-16.so 1\n"),
	FUZZ_TEXT("\3passwd: files systemd # x\nhosts: files mdns4_minimal [NOTFOUND=return] "
		  "dns\n:\nx"),
};

FUZZ_SEEDS(seeds);
