/* to come */ typedef int empty_loader;
