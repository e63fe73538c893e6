"""Documents people order as files (S27): what there is, its order, and its figures."""
