"""When, how often and how many: what is due, and who may write."""
