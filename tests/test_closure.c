#include "suite.h"

static Suite *closure_suite(void)
{
	return suite_create("closure");
}

SUITE_MAIN(closure_suite);
