#include "suite.h"

static Suite *cache_suite(void)
{
	return suite_create("cache");
}

SUITE_MAIN(cache_suite);
