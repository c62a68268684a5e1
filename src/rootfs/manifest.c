/* to come */ typedef int empty_manifest;
