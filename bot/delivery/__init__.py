"""What is owed reaches people: messages, SMS, letters, files."""
