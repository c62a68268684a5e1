#include "suite.h"

static Suite *base_suite(void)
{
	return suite_create("base");
}

SUITE_MAIN(base_suite);
