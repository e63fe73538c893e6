"""What the company calls a number itself: label and cost centre."""
