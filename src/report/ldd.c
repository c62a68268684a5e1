/* to come */ typedef int empty_ldd;
