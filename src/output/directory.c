/* to come */ typedef int empty_directory;
