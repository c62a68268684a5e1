/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/check_options.h"
#include "base/error.h"
#include "base/number.h"

#include <errno.h>
#include <string.h>

enum {
	TIMEOUT_MAX = 24 * 60 * 60, /* in seconds: a build that waits longer has been forgotten */
};

int check_plan_check(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	if (strcmp(value, "symbols") == 0)
		plan->check_symbols = true;
	else if (strcmp(value, "run") == 0)
		plan->run.wanted = true;
	else
		return diag_error(&plan->diag, EINVAL, option, "'%s' is not symbols or run", value);
	return 0;
}

int check_plan_probe(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	int r = probe_parse(plan->arena, value, &plan->run.probe);

	if (r == -EINVAL)
		return diag_error_hint(&plan->diag, EINVAL, option,
				       "as in tcp:6379, unix:/run/server.sock or http:8080/health",
				       "'%s' is not tcp:PORT, unix:PATH or http:PORT/PATH", value);
	plan->run.probed = r == 0;
	return r;
}

int check_plan_timeout(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	uint64_t seconds;

	if (!number_parse(value, TIMEOUT_MAX, &seconds) || seconds == 0)
		return diag_error(&plan->diag, EINVAL, option,
				  "'%s' is not a number of seconds from 1 to %d", value,
				  TIMEOUT_MAX);
	plan->run.timeout = (unsigned)seconds;
	return 0;
}

int check_plan_fix(struct mkrootfs_plan *plan, const char *option, const char *value)
{
	if (!switch_parse(value, &plan->run.fix))
		return diag_error(&plan->diag, EINVAL, option, "'%s' is not yes or no", value);
	return 0;
}
