/* to come */ typedef int empty_root;
