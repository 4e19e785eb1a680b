"""What a person does to crown: put a candidate before the gate, look back, roll back."""
