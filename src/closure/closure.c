/* to come */ typedef int empty_closure;
