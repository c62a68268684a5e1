/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/tasks.h"

#include <signal.h>
#include <sys/syscall.h>

struct trace_task *trace_tasks_find(const struct trace_tasks *tasks, pid_t pid)
{
	struct trace_task *task;

	HASH_FIND(hh, tasks->table, &pid, sizeof(pid), task);
	return task;
}

struct trace_task *trace_tasks_add(struct trace_tasks *tasks, pid_t pid)
{
	struct trace_task *task = trace_tasks_find(tasks, pid);

	if (task)
		return task;
	task = calloc(1, sizeof(*task));
	if (!task)
		return NULL;
	task->pid = pid;
	HASH_ADD(hh, tasks->table, pid, sizeof(task->pid), task);
	if (HASH_HAS(task))
		return task;
	free(task);
	return NULL;
}

bool trace_tasks_own(const struct trace_tasks *tasks, pid_t process)
{
	if (process >= 0)
		return process == 0 || trace_tasks_find(tasks, process);
	for (const struct trace_task *task = tasks->table; task && process != -1;
	     task = task->hh.next)
		if (getpgid(task->pid) == -process)
			return true;
	return false;
}

static void task_remove(struct trace_tasks *tasks, struct trace_task *task)
{
	HASH_DEL(tasks->table, task);
	free(task->directory);
	free(task);
}

void trace_tasks_remove(struct trace_tasks *tasks, pid_t pid)
{
	struct trace_task *task = trace_tasks_find(tasks, pid);

	if (task)
		task_remove(tasks, task);
}

void trace_tasks_clear(struct trace_tasks *tasks)
{
	while (tasks->table)
		task_remove(tasks, tasks->table);
}

void trace_tasks_signal(const struct trace_tasks *tasks, int signal)
{
	for (const struct trace_task *task = tasks->table; task; task = task->hh.next)
		/* A thread's id is no process's. */
		if (syscall(SYS_tgkill, (long)task->pid, (long)task->pid, 0L) == 0)
			kill(task->pid, signal);
}
