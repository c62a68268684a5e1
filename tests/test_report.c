#include "suite.h"

static Suite *report_suite(void)
{
	return suite_create("report");
}

SUITE_MAIN(report_suite);
