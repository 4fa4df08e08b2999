"""Who takes which time, and the business's day."""
