/* to come */ typedef int empty_tree;
