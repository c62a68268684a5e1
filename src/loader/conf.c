/* to come */ typedef int empty_conf;
