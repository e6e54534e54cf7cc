"""What students get works as it is handed out, away from this repository."""
