"""Shells for people elsewhere: the PTY and what runs on it. Who may have one, and for how long, is the runtime's."""
