"""What Prometheus reads: facts from database, broker, spool and the processes' own numbers."""
