/* to come */ typedef int empty_object;
