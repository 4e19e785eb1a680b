"""What a person does, a file for each: the functions behind the commands, for notebooks too."""
