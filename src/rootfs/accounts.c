/* to come */ typedef int empty_accounts;
