"""What a company is billed: its accounts, their bills, and the invoices on screen."""
