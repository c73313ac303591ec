"""The command line: words and colours for a person, and nothing that decides."""
