/* to come */ typedef int empty_list;
