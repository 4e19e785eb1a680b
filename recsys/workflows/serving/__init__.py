"""What a person does with what there is: ask the champion, export, describe data, write an experiment, relocate."""
