"""What is stored of people, how long, and who sees it."""
