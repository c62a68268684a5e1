/* to come */ typedef int empty_stage;
