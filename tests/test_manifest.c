#include "suite.h"

static Suite *manifest_suite(void)
{
	return suite_create("manifest");
}

SUITE_MAIN(manifest_suite);
