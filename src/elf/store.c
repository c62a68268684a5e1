/* to come */ typedef int empty_store;
