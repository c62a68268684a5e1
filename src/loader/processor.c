/* to come */ typedef int empty_processor;
