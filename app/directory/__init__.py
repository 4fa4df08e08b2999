"""What comes in from other people's directories, and what goes out to the world."""
