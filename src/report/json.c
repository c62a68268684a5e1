/* to come */ typedef int empty_json;
