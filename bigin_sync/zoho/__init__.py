"""The only room that speaks HTTP: clients of the two products behind one contract."""
