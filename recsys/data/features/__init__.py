"""Features: what is known of users and of items besides the ratings, as numbers."""
