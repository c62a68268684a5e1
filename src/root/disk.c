/* to come */ typedef int empty_disk;
