"""What a person can ask for, written once for the command line and the console."""
