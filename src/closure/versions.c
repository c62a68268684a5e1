/* to come */ typedef int empty_versions;
