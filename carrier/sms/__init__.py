"""SMS by the way the operator has: TMF681."""
