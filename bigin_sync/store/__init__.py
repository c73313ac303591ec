"""The only room that speaks SQL: everything the program remembers."""
