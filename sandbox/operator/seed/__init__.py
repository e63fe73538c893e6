"""The world the operator begins with: companies, numbers, two years of their doings."""
