/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the Check suites share: a main that runs one suite as meson runs it (TAP) or by
 * hand, and small helpers for prepared directories.
 */
#ifndef MKROOTFS_TESTS_SUITE_H
#define MKROOTFS_TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

#define SUITE_MAIN(make_suite)                                                                     \
	int main(void)                                                                             \
	{                                                                                          \
		SRunner *runner = srunner_create(make_suite());                                    \
		int failed;                                                                        \
                                                                                                   \
		srunner_run_all(runner, CK_ENV);                                                   \
		failed = srunner_ntests_failed(runner);                                            \
		srunner_free(runner);                                                              \
		return failed ? EXIT_FAILURE : EXIT_SUCCESS;                                       \
	}                                                                                          \
	struct suite_main_needs_semicolon

#endif
