/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options about the image, as those of the plan: each takes a value of the command
 * line, refuses what no image could hold, and puts it into the plan. Return 0, -EINVAL
 * after a diagnostic with OPTION as its subject, or -ENOMEM.
 */
#ifndef MKROOTFS_PLAN_IMAGE_OPTIONS_H
#define MKROOTFS_PLAN_IMAGE_OPTIONS_H

#include "plan/plan.h"

/*
 * Words: a JSON array of strings, or a text that is divided at blanks, with the quotes and
 * backslashes of sh(1). Nothing is expanded. Empty: none.
 */
int image_plan_entrypoint(struct mkrootfs_plan *plan, const char *option, const char *value);
int image_plan_cmd(struct mkrootfs_plan *plan, const char *option, const char *value);

/* KEY=VALUE; the last one of a key counts. */
int image_plan_env(struct mkrootfs_plan *plan, const char *option, const char *value);
int image_plan_label(struct mkrootfs_plan *plan, const char *option, const char *value);

/* An absolute path. */
int image_plan_workdir(struct mkrootfs_plan *plan, const char *option, const char *value);
int image_plan_volume(struct mkrootfs_plan *plan, const char *option, const char *value);

/* PORT[/tcp|/udp] */
int image_plan_expose(struct mkrootfs_plan *plan, const char *option, const char *value);

/* A signal's name, with or without SIG, SIGRTMIN+N, or its number. */
int image_plan_stop_signal(struct mkrootfs_plan *plan, const char *option, const char *value);

/* NAME[:TAG], as docker tag takes it. */
int image_plan_tag(struct mkrootfs_plan *plan, const char *option, const char *value);

#endif
