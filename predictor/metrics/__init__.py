"""What Prometheus reads: `/metrics`."""
