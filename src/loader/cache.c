/* to come */ typedef int empty_cache;
