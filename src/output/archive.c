/* to come */ typedef int empty_archive;
