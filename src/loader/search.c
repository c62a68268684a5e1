/* to come */ typedef int empty_search;
