/* to come */ typedef int empty_symbols;
