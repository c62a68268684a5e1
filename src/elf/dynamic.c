/* to come */ typedef int empty_dynamic;
