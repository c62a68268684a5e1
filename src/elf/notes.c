/* to come */ typedef int empty_notes;
