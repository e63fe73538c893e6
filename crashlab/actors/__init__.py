"""Who presses: administrators, those who approve, those who order documents."""
