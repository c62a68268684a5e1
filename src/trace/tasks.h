/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes and threads that are traced, by their ids.
 */
#ifndef MKROOTFS_TRACE_TASKS_H
#define MKROOTFS_TRACE_TASKS_H

#include "trace/watch.h"

struct trace_task {
	pid_t pid;
	char *directory;	  /* its working directory, as last seen by name; or NULL */
	struct trace_begun begun; /* the call it is in */
	UT_hash_handle hh;
};

struct trace_tasks {
	struct trace_task *table;
};

/* NULL where there is none. */
struct trace_task *trace_tasks_find(const struct trace_tasks *tasks, pid_t pid);

/* The task PID, made where there is none; NULL when out of memory. */
struct trace_task *trace_tasks_add(struct trace_tasks *tasks, pid_t pid);

/*
 * Whether PROCESS is one of the tasks, or where it is negative, the process group of one, as for
 * kill(2); 0 is always theirs, -1 never.
 */
bool trace_tasks_own(const struct trace_tasks *tasks, pid_t process);

/* Forgets PID, if it is known. */
void trace_tasks_remove(struct trace_tasks *tasks, pid_t pid);
void trace_tasks_clear(struct trace_tasks *tasks);

/* Sends SIGNAL to every process once; what has ended meanwhile does not matter. */
void trace_tasks_signal(const struct trace_tasks *tasks, int signal);

#endif
