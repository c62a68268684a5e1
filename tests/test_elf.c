#include "suite.h"

static Suite *elf_suite(void)
{
	return suite_create("elf");
}

SUITE_MAIN(elf_suite);
