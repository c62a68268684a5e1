#include "suite.h"

static Suite *root_suite(void)
{
	return suite_create("root");
}

SUITE_MAIN(root_suite);
