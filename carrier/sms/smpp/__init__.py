"""SMS by SMPP 3.4, for an operator whose message centre speaks nothing else."""
