"""What `spotfi up` brings along: PostgreSQL, certificates, secrets, and the supervisor of the roles."""
