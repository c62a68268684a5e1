/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Check suite is a file of tests, each a sentence that is true:
 *
 *	TEST(paths_are_joined_with_one_slash)
 *	{
 *		ck_assert_str_eq(...);
 *	}
 *
 *	TEST_EACH(paths_are_normalized, ARRAY_SIZE(paths))
 *	{
 *		ck_assert_str_eq(..., paths[_i].expected);
 *	}
 *
 *	SUITE(path, set_up, tear_down);
 *
 * They run in the file's order, each in a process of its own, between set_up and tear_down (NULL:
 * nothing), and speak TAP to meson. Arguments are words: only tests whose names have one of them
 * are run.
 */
#ifndef MKROOTFS_TESTS_SUITE_H
#define MKROOTFS_TESTS_SUITE_H

#include "base/cleanup.h"

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUITE_TESTS_MAX = 128 };

/* All tests of the file, and how often each is run. */
static struct {
	const TTest *test;
	int times;
} suite_tests[SUITE_TESTS_MAX];
static int suite_n_tests;

/* Before main, as a constructor of each test. */
static inline void suite_add(const TTest *test, int times)
{
	if (suite_n_tests == SUITE_TESTS_MAX)
		abort();
	suite_tests[suite_n_tests].test = test;
	suite_tests[suite_n_tests++].times = times;
}

/* Whether one of WORDS, ended by NULL, is in the test's name; without any, it is asked for. */
static inline bool suite_wants(const TTest *test, char *const *words)
{
	bool wanted = !*words;

	for (; *words; words++)
		wanted = wanted || strstr(test->name, *words);
	return wanted;
}

static inline int suite_run(const char *name, bool shared, SFun set_up, SFun tear_down,
			    char *const *words)
{
	Suite *suite = suite_create(name);
	TCase *tests = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int n_wanted = 0;
	int failed;

	if (shared)
		tcase_add_unchecked_fixture(tests, set_up, tear_down);
	else
		tcase_add_checked_fixture(tests, set_up, tear_down);
	for (int i = 0; i < suite_n_tests; i++) {
		if (!suite_wants(suite_tests[i].test, words))
			continue;
		tcase_add_loop_test(tests, suite_tests[i].test, 0, suite_tests[i].times);
		n_wanted++;
	}
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	if (n_wanted == 0)
		fprintf(stderr, "%s: no test has such a name\n", name);
	return failed || n_wanted == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* A test that is run TIMES times, with _i from 0 on. */
#define TEST_EACH(name, times)                                                                     \
	static void name##_run(int _i CK_ATTRIBUTE_UNUSED);                                        \
	static const TTest name##_test = { #name, name##_run, __FILE__, __LINE__ };                \
	__attribute__((constructor)) static void name##_add(void)                                  \
	{                                                                                          \
		suite_add(&name##_test, (int)(times));                                             \
	}                                                                                          \
	static void name##_run(int _i CK_ATTRIBUTE_UNUSED)

#define TEST(name) TEST_EACH(name, 1)

/* The file's last line. */
#define SUITE(name, set_up, tear_down)                                                             \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		return suite_run(#name, false, set_up, tear_down, argv + 1);                       \
	}                                                                                          \
	struct suite_needs_semicolon

/* The same for a costly set_up: it runs once, before all tests, and what they do to it stays. */
#define SUITE_SHARED(name, set_up, tear_down)                                                      \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		return suite_run(#name, true, set_up, tear_down, argv + 1);                        \
	}                                                                                          \
	struct suite_needs_semicolon

#endif
