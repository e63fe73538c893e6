"""What those look at who run this: logs, metrics, health; and trouble on purpose."""
