"""What everything else is made of: identifiers, money, days and months. Imports nothing of ours."""
