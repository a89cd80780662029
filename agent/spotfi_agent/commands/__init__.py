"""What a router can be told to do. A handler per kind; the runtime decides whether and when it may run, and reports."""
