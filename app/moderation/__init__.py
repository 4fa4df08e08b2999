"""What may stay: the review queue and the append-only record of every decision."""
