/* to come */ typedef int empty_output;
