"""A change from its offer to its truth: spec, confirmation, approval, execution."""
