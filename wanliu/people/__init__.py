"""Who is who: the house's people with their roles and sight, and the clients with names and phones sealed."""
