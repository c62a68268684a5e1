/* to come */ typedef int empty_harvest_path;
