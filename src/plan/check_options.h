/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of what is checked before a result is handed out. Each function is a row's of
 * plan_options.c: it takes the option's VALUE into PLAN and returns 0; -EINVAL after a diagnostic
 * about OPTION; -ENOMEM.
 */
#ifndef MKROOTFS_PLAN_CHECK_OPTIONS_H
#define MKROOTFS_PLAN_CHECK_OPTIONS_H

#include "plan/plan.h"

/* "symbols" or "run"; each can be asked for. */
int check_plan_check(struct mkrootfs_plan *plan, const char *option, const char *value);

/* tcp:PORT, unix:PATH or http:PORT/PATH */
int check_plan_probe(struct mkrootfs_plan *plan, const char *option, const char *value);

/* Seconds, at least one. */
int check_plan_timeout(struct mkrootfs_plan *plan, const char *option, const char *value);

/* "yes" or "no" */
int check_plan_fix(struct mkrootfs_plan *plan, const char *option, const char *value);

#endif
