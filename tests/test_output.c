#include "suite.h"

static Suite *output_suite(void)
{
	return suite_create("output");
}

SUITE_MAIN(output_suite);
