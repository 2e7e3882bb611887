"""What people say of answers: kept with their consent, as labelled examples."""
