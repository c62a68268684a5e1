#include "suite.h"

static Suite *loader_suite(void)
{
	return suite_create("loader");
}

SUITE_MAIN(loader_suite);
