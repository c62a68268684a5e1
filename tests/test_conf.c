#include "suite.h"

static Suite *conf_suite(void)
{
	return suite_create("conf");
}

SUITE_MAIN(conf_suite);
